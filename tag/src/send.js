// The way to the server: a queue that survives pages and failures, and posts that survive navigation.

import { after, guard, on } from "./guard.js";
import { change, load } from "./store.js";

const script = document.currentScript;
export const writeKey = script.dataset.key;
const origin = new URL(script.src).origin;

const WAIT_MS = 250;
const SLOWEST_RETRY_MS = 60000;
const MOST_KEPT = 100;
/** Of an event and of a batch: browsers refuse keepalive bodies over 64 KB, and a character may take three bytes. */
const MOST_CHARS = 20000;

/** Serialised events that a request is carrying. An event stays the same text for ever, so a retry is the same event. */
const underWay = new Set();
let failures = 0;
let timer;

/** The text body has no content type of its own, so browsers send it as text/plain, without a preflight. */
export function post(path, body, options) {
  return fetch(origin + path, { method: "POST", credentials: "omit", body, ...options });
}

export function enqueue(event) {
  const text = JSON.stringify(event);
  if (text.length < MOST_CHARS) change("sk_queue", (queue) => [...queue, text].slice(-MOST_KEPT));
  flushIn(WAIT_MS);
}

function flushIn(ms) {
  timer ??= after(ms, flush);
}

function nextBatch() {
  let chars = 0;
  return (load("sk_queue") ?? []).filter((text) => !underWay.has(text) && (chars += text.length) < MOST_CHARS);
}

function pack(batch) {
  const head = JSON.stringify({ writeKey, sentAt: new Date() }).slice(0, -1);
  return `${head},"batch":[${batch}]}`;
}

/** Sends what waits. What the server understood is done, accepted or not; anything else is tried again. */
export const flush = guard(async () => {
  clearTimeout(timer);
  timer = undefined;
  const batch = nextBatch();
  if (!batch.length) return;
  batch.forEach((text) => underWay.add(text));
  let status = 0;
  try {
    status = (await post("/v1/b", pack(batch), { keepalive: true })).status;
  } catch {}
  batch.forEach((text) => underWay.delete(text));
  if (status && status < 500 && status !== 429) {
    failures = 0;
    forget(batch);
    if (nextBatch().length) flushIn(0);
  } else {
    flushIn(Math.min(2 ** failures++ * 1000, SLOWEST_RETRY_MS));
  }
});

/**
 * A beacon has no answer, and browsers do drop some: the events stay for the next page, which sends them again.
 * The server knows their ids and counts them once.
 */
function flushAtEnd() {
  const batch = nextBatch();
  if (batch.length) navigator.sendBeacon(`${origin}/v1/b`, pack(batch));
}

function forget(batch) {
  change("sk_queue", (queue) => queue.filter((text) => !batch.includes(text)));
}

on(window, "pagehide", flushAtEnd);
on(document, "visibilitychange", () => document.hidden && flushAtEnd());
