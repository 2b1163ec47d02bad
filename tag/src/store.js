// What the browser remembers between pages: cookie and localStorage where allowed, memory of this page otherwise.

const memory = {};
const YEAR_S = 31536000;

export function load(name) {
  try {
    const text = localStorage.getItem(name);
    if (text !== null) return JSON.parse(text);
  } catch {}
  return memory[name] ?? null;
}

/** Null forgets. Without consent nothing is written to the device, except the choice itself. */
export function save(name, value) {
  memory[name] = value;
  try {
    localStorage.removeItem(name);
    if (value === null || (name !== "sk_consent" && !isMeasured())) return;
    localStorage.setItem(name, JSON.stringify(value));
    memory[name] = null;
  } catch {}
}

/** Changes the list under `name`. All tabs share it, so it is read afresh and written in one go. */
export function change(name, edit) {
  save(name, edit(load(name) ?? []));
}

export function loadCookie(name) {
  try {
    return document.cookie.match(`(?:^|; )${name}=([\\w-]+)`)?.[1];
  } catch {}
}

/** An empty value removes the cookie. */
export function saveCookie(name, value) {
  try {
    document.cookie = `${name}=${value}; Max-Age=${value && isMeasured() ? YEAR_S : 0}; Path=/; SameSite=Lax`;
  } catch {}
}

/** The visitor's choice per purpose, `{measurement, personalisation, marketing}`; null leaves it to the shop's default. */
export function chosenConsent() {
  return load("sk_consent");
}

export function isMeasured() {
  return chosenConsent()?.measurement !== false;
}
