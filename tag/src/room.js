// An extra: remembers how much room the zones of this page needed. The inline loader reserves it on the next page,
// before anything is painted, so that nothing has to move when an answer comes.

import { on } from "./guard.js";
import { save } from "./store.js";
import { places } from "./zones.js";

export function follow() {
  on(document, "visibilitychange", remember);
}

function remember() {
  const range = document.createRange();
  const rules = places().map((place) => {
    range.selectNodeContents(place);
    const height = Math.round(range.getBoundingClientRect().height);
    return `[data-sk-zone="${CSS.escape(place.dataset.skZone)}"]{min-height:${height}px}`;
  });
  if (rules.length) save("sk_room", rules.join(""));
}
