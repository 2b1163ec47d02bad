// Events in the Segment shape, and what a shop may call.

import { anonymousId, forgetId, rememberedId, user, uuid7 } from "./ids.js";
import { json } from "./json.js";
import { pageContext, viewedProduct } from "./page.js";
import { enqueue, keepQueue } from "./send.js";
import { chosenConsent, hold, mayKnow, pending, save } from "./store.js";
import { heard } from "./visits.js";

/** Events that wait for the visitor's choice; in memory only. */
let held = [];
const MOST_HELD = 100;

function emit(type, fields) {
  const event = draft(type, fields);
  if (mayKnow()) release(event);
  else if (pending && held.length < MOST_HELD) held.push(event);
}

/** An event as it happened, but for whose it is. */
function draft(type, fields) {
  const page = { ...pageContext(), path: location.pathname, search: location.search };
  const context = { page, locale: navigator.language };
  return { messageId: uuid7(), timestamp: new Date().toISOString(), type, ...fields, context };
}

function release(event) {
  const { userId, signature } = user();
  const context = { ...event.context, consent: chosenConsent(), signature };
  enqueue({ ...event, anonymousId: anonymousId(), userId, context });
}

export function track(event, properties = {}) {
  heard.dispatchEvent(new CustomEvent("track", { detail: { event, properties } }));
  emit("track", { event, properties });
}

export function page(name, properties) {
  const { type: page_type, product: product_id, ...rest } = pageContext();
  emit("page", { name, properties: { ...rest, path: location.pathname, page_type, product_id, ...properties } });
}

export function productView() {
  const product = viewedProduct();
  if (product) track("Product Viewed", product);
}

/** From here on every event carries the user id; `signature` proves it to the server. */
export function identify(userId, traits = {}, { signature } = {}) {
  save("sk_user", { userId: String(userId), signature });
  emit("identify", { traits });
}

/** Log-out: the next visitor of this browser is somebody else. */
export function reset() {
  save("sk_user");
  forgetId();
}

/**
 * Keeps the visitor's choice: `granted`, `denied`, `pending`, or purposes such as `{marketing: false}`. What was held is
 * sent or forgotten. A refusal is told to the server if it knows the visitor; then nothing stays on the device.
 */
export function consent(choice) {
  const known = mayKnow() && rememberedId();
  hold(choice === "pending");
  if (pending) return;
  const before = chosenConsent();
  const all = choice === "granted";
  const purposes = all || choice === "denied" ? { measurement: all, personalisation: all, marketing: all } : choice;
  const after = { ...before, ...purposes };
  save("sk_consent", after);
  if (mayKnow()) held.forEach(release);
  held = [];
  if (json(after) === json(before)) return;
  if (known || mayKnow()) release(draft("track", { event: "Consent Changed", properties: after }));
  if (mayKnow()) return;
  reset();
  keepQueue((queue) => queue);
}
