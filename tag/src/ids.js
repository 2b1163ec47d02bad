// Ids: UUIDv7 for events, a first-party id for the visitor.

import { load, loadCookie, save, saveCookie } from "./store.js";

let lastMs = 0;
let sequence = 0;

const hex = (number, digits) => number.toString(16).padStart(digits, "0");

/** A UUIDv7. The 12 bits after the time count up within a millisecond, so ids sort as they were made. */
export function uuid7() {
  const now = Date.now();
  sequence = now === lastMs ? sequence + 1 : 0;
  lastMs = now;
  const time = hex(now, 12);
  const [variant, ...random] = crypto.getRandomValues(new Uint16Array(4));
  const node = random.map((number) => hex(number, 4)).join("");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(sequence, 3)}-${hex(0x8000 | (variant & 0x3fff), 4)}-${node}`;
}

let anonymous;

/** The id an earlier page left on the device, or this one. */
export function rememberedId() {
  return loadCookie("sk_id") ?? load("sk_id");
}

/** The visitor's id; written again on every page so that it lives a year after the last visit. */
export function anonymousId() {
  return (anonymous ??= keepId(rememberedId() ?? uuid7()));
}

function keepId(id) {
  saveCookie("sk_id", id ?? "");
  save("sk_id", id);
  return id;
}

export function forgetId() {
  anonymous = keepId(null);
}

/** Who the shop says the visitor is: `{userId, signature}`, or nothing. */
export function user() {
  return load("sk_user") ?? {};
}
