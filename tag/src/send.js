// The way to the server: a queue that survives pages and failures, and posts that survive navigation.

import { after, guard, on } from "./guard.js";
import { json } from "./json.js";
import { beside, options } from "./script.js";
import { load, save } from "./store.js";

const WAIT_MS = 250;
const SLOWEST_RETRY_MS = 60000;
const MOST_KEPT = 100;
/** Of an event and of a batch: browsers refuse keepalive bodies over 64 KB, and a character may take three bytes. */
const MOST_CHARS = 20000;

/** What requests are carrying: a click does not wait for the answer to what went before. */
const underWay = new Set();
let failures = 0;
let timer;

/** What the extra `debug` puts in between for the shop's staff: it keeps events to itself, adds to questions, hears answers. */
export const staff = {};

/** The text body has no content type of its own, so browsers send it as text/plain, without a preflight. */
export function post(path, body, more) {
  return fetch(beside(path), { method: "POST", body, ...more });
}

/** Serialised events not yet known to have arrived, of all tabs. An event stays the same text, so a retry is the same. */
const queue = () => load("sk_queue") ?? [];

export function keepQueue(edit) {
  save("sk_queue", edit(queue()).slice(-MOST_KEPT));
}

export function enqueue(event) {
  if (staff.event) return staff.event(event);
  const text = json(event);
  if (text.length < MOST_CHARS) keepQueue((queue) => [...queue, text]);
  flushIn(WAIT_MS);
}

function flushIn(ms) {
  timer ??= after(ms, flush);
}

function nextBatch() {
  let chars = 0;
  return queue().filter((text) => !underWay.has(text) && (chars += text.length) < MOST_CHARS);
}

function pack(batch) {
  const head = json({ writeKey: options.key, sentAt: new Date().toISOString() }).slice(0, -1);
  return `${head},"batch":[${batch}]}`;
}

/** Sends what waits. What the server understood is done, accepted or not; anything else is tried again. */
export const flush = guard(async () => {
  clearTimeout(timer);
  timer = null;
  const batch = nextBatch();
  if (!batch.length) return;
  batch.forEach((text) => underWay.add(text));
  let status = 0;
  try {
    status = (await post("b", pack(batch), { keepalive: true })).status;
  } catch {}
  batch.forEach((text) => underWay.delete(text));
  if (status && status < 500 && status !== 429) {
    failures = 0;
    keepQueue((queue) => queue.filter((text) => !batch.includes(text)));
  } else failures++;
  if (queue().length) flushIn(failures && Math.min(2 ** failures * 500, SLOWEST_RETRY_MS));
});

/**
 * A beacon has no answer, and browsers do drop some: the events stay for the next page, which sends them again.
 * The server knows their ids and counts them once.
 */
on(document, "visibilitychange", () => {
  const batch = nextBatch();
  if (document.hidden && batch.length) navigator.sendBeacon(beside("b"), pack(batch));
});
on(window, "online", flush);
