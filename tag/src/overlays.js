// Pop-ups and notifications: boxes over the page, each in a shadow root of its own.

import { build, sheet } from "./content.js";
import { node } from "./dom.js";
import { after, on } from "./guard.js";
import { reportClicks, reportHover } from "./measure.js";

const CLOSE_AFTER_S = 7;

/** Kinds on screen now: there is at most one pop-up and one notification at a time. */
const showing = new Set();

/**
 * Shows the answer's box; `report` tells what becomes of it.
 * A pop-up is a native modal dialog: the browser keeps the focus inside and gives it back.
 * A notification leaves by itself, but not while the pointer or the focus is on it; after that its time starts anew.
 */
export function open(answer, report) {
  const { kind } = answer;
  if (showing.has(kind)) return;
  const isPopup = kind === "popup";
  const content = build(answer);
  const { heading, text, image_alt: alt } = answer.content;
  const button = node("button", { class: "sk-close", "aria-label": "Close" }, "×");
  const box = node("div", { class: "sk-frame" }, content, button);
  const frame = node(isPopup ? "dialog" : "div", { class: `sk-over sk-${kind}`, "aria-label": heading || text || alt });
  if (!isPopup) frame.role = "status";
  const host = node("div");
  const root = host.attachShadow({ mode: "open" });
  let timer;
  const close = () => {
    clearTimeout(timer);
    frame.close?.();
    host.remove();
    showing.delete(kind);
  };
  const discard = () => {
    if (!host.isConnected) return;
    report("Discarded");
    close();
  };
  const wait = () => {
    clearTimeout(timer);
    if (!frame.matches(":hover, :focus-within")) timer = after((answer.close_after_s ?? CLOSE_AFTER_S) * 1000, close);
  };
  on(button, "click", discard);
  on(frame, "cancel", discard);
  on(frame, "keydown", (event) => event.key === "Escape" && discard());
  on(frame, "click", (event) => event.target === frame && discard());
  reportClicks(content, report, close);
  root.adoptedStyleSheets = [sheet];
  root.append(frame);
  document.body.append(host);
  showing.add(kind);
  // A live region announces what comes into it once it is in the page.
  frame.append(box);
  if (isPopup) frame.showModal();
  else {
    on(frame, "pointerenter pointerleave focusin focusout", () => after(0, wait));
    wait();
  }
  reportHover(box, report);
  report("Shown");
  return host;
}
