// What the visitor allows, per purpose. No choice means the shop's default, which the server knows.

import { allowStorage, load, save } from "./store.js";

/** `{measurement, personalisation, marketing}` as far as chosen, else undefined. */
export function chosenConsent() {
  return load("sk_consent") ?? undefined;
}

export function isMeasured() {
  return chosenConsent()?.measurement !== false;
}

/** Keeps the choice and answers whether it is a new one. */
export function choose(purposes) {
  const before = chosenConsent();
  const choice = { ...before, ...purposes };
  save("sk_consent", choice, true);
  allowStorage(isMeasured());
  return JSON.stringify(choice) !== JSON.stringify(before);
}

allowStorage(isMeasured());
