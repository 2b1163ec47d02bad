// What the browser remembers between pages: cookie and localStorage where allowed, memory of this page otherwise.

const memory = {};
const YEAR_S = 31536000;

/** While false, nothing is written to the device. Set by consent. */
let durable = true;

export function allowStorage(allowed) {
  durable = allowed;
}

export function load(name) {
  try {
    const text = localStorage.getItem(name);
    if (text !== null) return JSON.parse(text);
  } catch {}
  return memory[name] ?? null;
}

/** Null forgets. `always` is for the consent choice itself, which may be kept whatever it says. */
export function save(name, value, always) {
  memory[name] = value;
  try {
    localStorage.removeItem(name);
    if (value === null || !(durable || always)) return;
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

export function saveCookie(name, value) {
  if (!durable && value) return;
  try {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${name}=${value}; Max-Age=${value ? YEAR_S : 0}; Path=/; SameSite=Lax${secure}`;
  } catch {}
}
