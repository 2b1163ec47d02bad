// What counts as seen, clicked and hovered.

import { track } from "./events.js";
import { after, on } from "./guard.js";
import { flush } from "./send.js";

const SEEN_SHARE = 0.5;
const SEEN_MS = 1000;
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

/** Calls `seen` once at least half of the box has been visible for a whole second, in a tab that is itself visible. */
export function whenSeen(box, signal, seen) {
  let inView;
  let timer;
  const judge = () => {
    clearTimeout(timer);
    if (inView && !document.hidden) timer = after(SEEN_MS, () => (stop(), seen()));
  };
  const observe = (entries) => {
    inView = entries.at(-1).intersectionRatio >= SEEN_SHARE;
    judge();
  };
  const observer = new IntersectionObserver(observe, { threshold: SEEN_SHARE });
  const stop = () => {
    observer.disconnect();
    inView = false;
    judge();
  };
  observer.observe(box);
  on(document, "visibilitychange", judge, { signal });
  on(signal, "abort", stop);
}

/** Reports clicks on the parts of the box that can be clicked, at once: the click may leave the page. */
export function reportClicks(box, report, clicked) {
  on(box, "click auxclick", (event) => {
    const part = event.target.closest("[data-sk-element], a, button");
    if (!part || event.button === 2) return;
    report("Clicked", { element_id: part.dataset.skElement, product_id: part.dataset.skProduct });
    flush();
    clicked?.();
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
