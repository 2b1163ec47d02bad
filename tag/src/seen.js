// What counts as seen.

import { after } from "./guard.js";

const SEEN_SHARE = 0.5;
/** Of a box larger than 970 by 250 pixels, less need be visible. */
const LARGE_PX = 242500;
const LARGE_SHARE = 0.3;
const SEEN_MS = 1000;

/** Calls `seen` once, when enough of the box has been visible for `ms` on end in a tab that is itself visible. */
export function whenSeen(box, listen, seen, ms = SEEN_MS) {
  let inView;
  let timer;
  const judge = () => {
    clearTimeout(timer);
    if (inView && !document.hidden) timer = after(ms, come);
  };
  const come = () => {
    observer.disconnect();
    if (box.isConnected) seen();
  };
  const observer = new IntersectionObserver(
    (entries) => {
      const { intersectionRatio, boundingClientRect: rect } = entries.at(-1);
      const now = intersectionRatio >= (rect.width * rect.height > LARGE_PX ? LARGE_SHARE : SEEN_SHARE);
      if (now === inView) return;
      inView = now;
      judge();
    },
    { threshold: [LARGE_SHARE, SEEN_SHARE] },
  );
  observer.observe(box);
  listen(document, "visibilitychange", judge);
}
