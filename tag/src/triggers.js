// When a pop-up or notification comes forward. The rarer conditions lie in an extra, moments.js.

import { extra } from "./extra.js";
import { after, guard } from "./guard.js";
import { load, save } from "./store.js";

/** Exit intent is not believed earlier: pointers cross the top of the page on their way in. */
const EXIT_AFTER_S = 2;
/** A click on a link takes the pointer with it. */
const CLICK_MS = 1000;
const FIELDS = "input, select, textarea, [contenteditable]";

/** Each calls `fire` when its condition holds, maybe often; `listen` hears as long as the page stays. */
const TRIGGERS = {
  load: (fire) => fire(),
  delay: (fire, { seconds }) => after(seconds * 1000, fire),
  scroll: (fire, { share }, listen) =>
    listen(window, "scroll", () => scrollY >= share * (document.documentElement.scrollHeight - innerHeight) && fire()),
  exit_intent: (fire, { seconds, touch }, listen) => {
    let clicked = 0;
    listen(document, "click", () => (clicked = Date.now()));
    const judge = ({ pointerType, relatedTarget, clientY }) => {
      const left = pointerType === "mouse" && !relatedTarget && clientY <= 0 && Date.now() - clicked > CLICK_MS;
      if (left && !document.activeElement?.matches(FIELDS)) fire();
    };
    after((seconds ?? EXIT_AFTER_S) * 1000, async () => {
      listen(document, "pointerout", judge);
      if (touch && matchMedia("(hover: none)").matches) (await extra("moments")).leavingByTouch(fire, listen);
    });
  },
};

/** Conditions stand alone or in `any` and `all`; each holds from the moment it first did. */
const watch = guard(async (trigger, answer, listen, fire) => {
  const { on: name, any, all } = trigger;
  const parts = any ?? all;
  if (!parts) return (TRIGGERS[name] ?? (await extra("moments")).MOMENTS[name])(guard(fire), trigger, listen, answer);
  const open = new Set(parts);
  for (const part of parts) watch(part, answer, listen, () => open.delete(part) && (any || !open.size) && fire());
});

/** The box that came last. */
let onScreen;

/**
 * Calls `act` once, when the trigger's condition holds in a visible tab; it gives back the box it opened.
 * Interruptions keep a distance of `gap_s` seconds: one that comes too early, or while another's box is open, waits;
 * and there are no more than there are `left` of the visitor's attention.
 */
export function whenTriggered(trigger, answer, listen, act) {
  const come = () => {
    const early = document.hidden || onScreen?.isConnected ? 500 : load("sk_last") + answer.gap_s * 1000 - Date.now();
    if (early > 0) return after(early, come);
    if (answer.left-- <= 0) return;
    onScreen = act();
    save("sk_last", Date.now());
  };
  watch({ all: [trigger] }, answer, listen, come);
}
