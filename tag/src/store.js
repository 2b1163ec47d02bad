// What the browser remembers between pages: cookie and localStorage where allowed, memory of this page otherwise.

import { guard } from "./guard.js";
import { json } from "./json.js";
import { options } from "./script.js";

const memory = {};
const YEAR_S = 31536000;

export function load(name) {
  try {
    return memory[name] ?? JSON.parse(localStorage.getItem(name));
  } catch {}
}

/** Null forgets. Without consent nothing is written to the device, except the choice itself. */
export function save(name, value) {
  memory[name] = value;
  try {
    localStorage.removeItem(name);
    if (value == null || (name !== "sk_consent" && !mayKnow())) return;
    localStorage.setItem(name, json(value));
    memory[name] = null;
  } catch {}
}

export const loadCookie = guard((name) => document.cookie.match(`(?:^|; )${name}=([\\w-]+)`)?.[1]);

/** True while the visitor has yet to be asked: everything is kept in memory, and nothing is sent. */
export let pending = options.consent && !load("sk_consent");

/** An empty value removes the cookie. */
export const saveCookie = guard((name, value) => {
  document.cookie = `${name}=${value}; Max-Age=${value && mayKnow() ? YEAR_S : 0}; Path=/; SameSite=Lax`;
});

/**
 * The visitor's choice per purpose, `{measurement, personalisation, marketing}`; without one the shop's default holds.
 * Global Privacy Control refuses marketing for whoever has not been asked.
 */
export function chosenConsent() {
  return load("sk_consent") ?? (navigator.globalPrivacyControl ? { marketing: false } : undefined);
}

export function hold(whether) {
  pending = whether;
}

/** Whether the visitor may be told from others, here and at the server. */
export function mayKnow() {
  return !pending && chosenConsent()?.measurement !== false;
}
