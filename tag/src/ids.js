// Ids: UUIDv7 for events, a first-party id for the visitor.

import { load, loadCookie, save, saveCookie } from "./store.js";

let lastMs = 0;
let sequence = 0;

/** A UUIDv7. The 12 bits after the time count up within a millisecond, so ids sort as they were made. */
export function uuid7() {
  const now = Date.now();
  sequence = now === lastMs ? sequence + 1 : 0;
  lastMs = now;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i++) bytes[i] = now / 2 ** (40 - 8 * i);
  bytes[6] = 0x70 | (sequence >> 8);
  bytes[7] = sequence;
  bytes[8] = 0x80 | (bytes[8] & 63);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

let anonymous;

/** The visitor's id; written again on every page so that it lives a year after the last visit. */
export function anonymousId() {
  anonymous ??= keepAnonymous(loadCookie("sk_id") ?? load("sk_id") ?? uuid7());
  return anonymous;
}

function keepAnonymous(id) {
  saveCookie("sk_id", id);
  save("sk_id", id);
  return id;
}

/** True when an earlier page, or this one, left the visitor's id on the device. */
export function isRemembered() {
  return Boolean(loadCookie("sk_id") ?? load("sk_id"));
}

export function forgetAnonymous() {
  anonymous = undefined;
  saveCookie("sk_id", "");
  save("sk_id", null);
}

/** Who the shop says the visitor is: `{userId, signature}`, or nothing. */
export function user() {
  return load("sk_user") ?? {};
}

export function setUser(known) {
  save("sk_user", known);
}
