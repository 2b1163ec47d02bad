// A row of products to be pushed along: by touch and keys as it is, by buttons with a script.

import { node } from "./dom.js";
import { after, on } from "./guard.js";

const SHARE = 0.8;

export function slider(part) {
  const row = part.firstElementChild;
  const signs = [-1, 1];
  const buttons = part.dataset.skWords.split("|").map((words, place) => {
    const button = node("button", { type: "button", class: "sk-push", "aria-label": words }, "‹›"[place]);
    on(button, "click", (event) => {
      event.stopPropagation(); // looking on is no click on the communication
      const way = getComputedStyle(row).direction === "rtl" ? -1 : 1;
      row.scrollBy({ left: way * signs[place] * SHARE * row.clientWidth });
    });
    return button;
  });
  const judge = () => {
    const gone = Math.abs(row.scrollLeft);
    const ends = [gone < 1, gone + row.clientWidth > row.scrollWidth - 1];
    // A button that is disabled would lose the focus.
    buttons.forEach((button, place) => button.setAttribute("aria-disabled", ends[place]));
    part.classList.toggle("sk-whole", ends[0] && ends[1]);
  };
  part.append(...buttons);
  on(row, "scroll", judge, { passive: true });
  on(window, "resize", judge, { passive: true });
  after(0, judge);
}
