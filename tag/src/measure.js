// What counts as clicked, discarded and hovered.

import { track } from "./events.js";
import { after, on } from "./guard.js";
import { flush } from "./send.js";

const HOVER_MS = 300;

/** One appearance of a communication: a function that reports an act upon it. */
export function appearance(zone, answer, decision) {
  return (act, more) =>
    track(`Communication ${act}`, {
      communication_id: answer.communication,
      version: answer.version,
      zone,
      decision_id: decision,
      products: answer.products?.map(({ id, strategy }) => [id, strategy]),
      ...more,
    });
}

/**
 * Reports clicks on the parts of the box that can be clicked, at once: the click may leave the page.
 * What the author marks with data-sk-close is a "no thanks" and no click.
 */
export function reportClicks(box, report) {
  on(box, "click auxclick", ({ target, button }) => {
    const part = target.closest("[data-sk-close], [data-sk-element], a, button");
    if (!part || button === 2) return;
    const { skClose, skElement: element_id, skProduct: product_id } = part.dataset;
    report(skClose == null ? "Clicked" : "Discarded", { element_id, product_id });
    flush();
  });
}

let pointer;
on(document, "pointermove", ({ clientX, clientY }) => (pointer = [clientX, clientY]), { capture: true, passive: true });

/** True when the pointer's last known place is inside the box, or not known: then it has not come from outside. */
function pointerWasInside(box) {
  const { left, right, top, bottom } = box.getBoundingClientRect();
  return !pointer || (pointer[0] >= left && pointer[0] <= right && pointer[1] >= top && pointer[1] <= bottom);
}

/**
 * Reports the first hover: a pointer that moved in from outside and stayed, or focus brought in with Tab.
 * A box that opens or scrolls under a still pointer also gets pointerenter, but the pointer was there before.
 * Focus is judged by the release of Tab inside the box, as opening a dialog moves focus by itself.
 */
export function reportHover(box, report) {
  let done;
  let timer;
  const hovered = () => {
    if (!done) report("Hovered");
    done = true;
  };
  on(box, "pointerenter", (event) => {
    if (event.pointerType !== "touch" && !pointerWasInside(box)) timer = after(HOVER_MS, hovered);
  });
  on(box, "pointerleave", () => clearTimeout(timer));
  on(box, "keyup", (event) => event.key === "Tab" && hovered());
}
