// What triggers want to know of the visit: how many pages it has had, and what just happened.

import { load, save } from "./store.js";

const GAP_MS = 1800000;

/** Tells of every tracked event, `{event, properties}`, as `track`. */
export const heard = new EventTarget();

/** Counts a page view. A visit ends half an hour after its last one. */
export function countView() {
  const now = Date.now();
  const { views = 0, at = 0 } = load("sk_visit") ?? {};
  save("sk_visit", { views: now - at < GAP_MS ? views + 1 : 1, at: now });
}
