// Events in the Segment shape, and what a shop may call.

import { choose, chosenConsent, isMeasured } from "./consent.js";
import { anonymousId, forgetAnonymous, isRemembered, setUser, user, uuid7 } from "./ids.js";
import { pageContext, viewedProduct } from "./page.js";
import { enqueue } from "./send.js";
import { change } from "./store.js";

const LIBRARY = { name: "shopkeeper-tag", version: "0.1" };

function emit(type, fields) {
  const { url, title, referrer } = pageContext();
  const { userId, signature } = user();
  enqueue({
    messageId: uuid7(),
    timestamp: new Date(),
    type,
    anonymousId: anonymousId(),
    userId,
    ...fields,
    context: {
      page: { url, path: location.pathname, search: location.search, title, referrer },
      locale: navigator.language,
      library: LIBRARY,
      consent: chosenConsent(),
      signature,
    },
  });
}

export function track(event, properties = {}) {
  if (isMeasured()) emit("track", { event, properties });
}

export function page(name, properties) {
  if (!isMeasured()) return;
  const { type, product, ...rest } = pageContext();
  const path = location.pathname;
  emit("page", { name, properties: { ...rest, path, page_type: type, product_id: product, ...properties } });
}

export function productView() {
  const product = viewedProduct();
  if (product) track("Product Viewed", product);
}

/** From here on every event carries the user id; `signature` proves it to the server. */
export function identify(userId, traits = {}, { signature } = {}) {
  setUser({ userId: String(userId), signature });
  if (isMeasured()) emit("identify", { traits });
}

/** Log-out: the next visitor of this browser is somebody else. */
export function reset() {
  setUser(null);
  forgetAnonymous();
}

/** Keeps the visitor's choice. A refusal is told to the server once, then nothing of the visitor stays on the device. */
export function consent(purposes) {
  const known = isRemembered();
  if (!choose(purposes)) return;
  if (isMeasured() || known) emit("track", { event: "Consent Changed", properties: { ...chosenConsent() } });
  if (isMeasured()) return;
  reset();
  change("sk_queue", (queue) => queue);
}

