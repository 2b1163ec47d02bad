// The inside of every kind, drawn and cleaned by the server. Whatever can be clicked carries data-sk-element, which is
// the element id that clicks report.

import { markup } from "./dom.js";
import { extra } from "./extra.js";

/** The look of everything; it comes from the server beside the first decision (see zones.js). */
export const sheet = new CSSStyleSheet();

/** What needs more than markup: kinds that move or ask, and elements that are no links or buttons by themselves. */
const LIVELY = "[data-sk-part], [data-sk-element]:not(a[href], button)";

/** Builds the content of an answer. */
export const build = (answer) => adopt(markup(answer.html).firstElementChild, answer);

/** Puts a box of markup to work. Style attributes come under another name, as strict policies forbid them. */
export function adopt(box, answer) {
  for (const part of box.querySelectorAll("[data-sk-style]")) part.style.cssText = part.dataset.skStyle;
  if (box.querySelector(LIVELY)) extra("kinds").then((kinds) => kinds.enliven(box, answer)).catch(() => {});
  return box;
}
