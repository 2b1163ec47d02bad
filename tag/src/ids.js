// Ids: UUIDv7 for events, a first-party id for the visitor.

import { load, loadCookie, saveCookie } from "./store.js";

let lastMs = 0;
let sequence = 0;

const hex = (number, digits) => number.toString(16).padStart(digits, 0);

/** A UUIDv7. The 12 bits after the time count up within a millisecond, so ids sort as they were made. */
export function uuid7() {
  const now = Date.now();
  sequence = now === lastMs ? sequence + 1 : 0;
  lastMs = now;
  const [top, ...random] = crypto.getRandomValues(new Uint16Array(4));
  const digits = hex(now, 12) + 7 + hex(sequence, 3) + 8 + hex(top & 0xfff, 3) + random.map((each) => hex(each, 4)).join("");
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

let anonymous;

/** The id an earlier page left on the device. */
export function rememberedId() {
  return loadCookie("sk_id");
}

/** The visitor's id; written again on every page, here and by the server, so that it lives a year after the last visit. */
export function anonymousId() {
  if (!anonymous) saveCookie("sk_id", (anonymous = rememberedId() ?? uuid7()));
  return anonymous;
}

/** Also its signature, which the server left beside it. */
export function forgetId() {
  saveCookie("sk_is", "");
  anonymous = saveCookie("sk_id", "");
}

/** Who the shop says the visitor is: `{userId, signature}`, or nothing. */
export function user() {
  return load("sk_user") ?? {};
}
