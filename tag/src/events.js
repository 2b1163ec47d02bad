// Events in the Segment shape, and what a shop may call.

import { anonymousId, forgetId, rememberedId, user, uuid7 } from "./ids.js";
import { pageContext, viewedProduct } from "./page.js";
import { enqueue } from "./send.js";
import { change, chosenConsent, isMeasured, save } from "./store.js";

function emit(type, fields) {
  const { userId, signature } = user();
  enqueue({
    messageId: uuid7(),
    timestamp: new Date(),
    type,
    anonymousId: anonymousId(),
    userId,
    ...fields,
    context: {
      page: { ...pageContext(), path: location.pathname, search: location.search },
      locale: navigator.language,
      consent: chosenConsent() ?? undefined,
      signature,
    },
  });
}

export function track(event, properties = {}) {
  if (isMeasured()) emit("track", { event, properties });
}

export function page(name, properties) {
  const { type: page_type, product: product_id, ...rest } = pageContext();
  const path = location.pathname;
  if (isMeasured()) emit("page", { name, properties: { ...rest, path, page_type, product_id, ...properties } });
}

export function productView() {
  const product = viewedProduct();
  if (product) track("Product Viewed", product);
}

/** From here on every event carries the user id; `signature` proves it to the server. */
export function identify(userId, traits = {}, { signature } = {}) {
  save("sk_user", { userId: String(userId), signature });
  if (isMeasured()) emit("identify", { traits });
}

/** Log-out: the next visitor of this browser is somebody else. */
export function reset() {
  save("sk_user", null);
  forgetId();
}

/** Keeps the visitor's choice. A refusal is told to the server if it knows the visitor; then nothing stays on the device. */
export function consent(purposes) {
  const before = chosenConsent();
  const known = isMeasured() && rememberedId();
  const choice = { ...before, ...purposes };
  if (JSON.stringify(choice) === JSON.stringify(before)) return;
  save("sk_consent", choice);
  if (known || isMeasured()) emit("track", { event: "Consent Changed", properties: choice });
  if (isMeasured()) return;
  reset();
  change("sk_queue", (queue) => queue);
}
