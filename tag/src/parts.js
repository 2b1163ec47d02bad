// Elements in merchants' html that are no links or buttons by themselves become usable as such.

import { on } from "./guard.js";

export function parts(box, { elements }) {
  for (const part of box.querySelectorAll("[data-sk-element]:not(a[href], button)")) {
    const href = address(elements?.[part.dataset.skElement]?.href);
    if (part.matches("a") && href) {
      part.href = href;
      continue;
    }
    part.tabIndex = 0;
    part.setAttribute("role", href ? "link" : "button");
    on(part, "click", () => href && location.assign(href));
    on(part, "keydown", (event) => {
      if (event.key !== "Enter" && (href || event.key !== " ")) return;
      event.preventDefault();
      part.click();
    });
  }
}

/** An address that may be followed or loaded, or null: never javascript: and its like. */
function address(url) {
  try {
    return url && /^(https?|mailto|tel):/.test(new URL(url, location.href).protocol) ? url : null;
  } catch {
    return null;
  }
}
