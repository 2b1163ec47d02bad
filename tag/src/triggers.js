// When a pop-up or notification comes forward.

import { after, on } from "./guard.js";

/** Exit intent is not believed earlier: pointers cross the top of the page on their way in. */
const EXIT_AFTER_MS = 2000;

const TRIGGERS = {
  load: (fire) => fire(),
  delay: (fire, { seconds }) => after(seconds * 1000, fire),
  scroll: (fire, { share }, signal) => {
    const judge = () => scrollY >= share * (document.documentElement.scrollHeight - innerHeight) && fire();
    on(window, "scroll", judge, { signal, passive: true });
  },
  exit_intent: (fire, trigger, signal) => {
    const judge = (event) => event.pointerType === "mouse" && !event.relatedTarget && event.clientY <= 0 && fire();
    after(EXIT_AFTER_MS, () => on(document, "pointerout", judge, { signal }));
  },
};

/** Calls `act` at most once, when the trigger's condition holds in a visible tab, unless `signal` aborts before. */
export function whenTriggered(trigger, signal, act) {
  let fired;
  const fire = () => {
    if (fired || signal.aborted) return;
    if (document.hidden) return on(document, "visibilitychange", fire, { signal, once: true });
    fired = true;
    act();
  };
  TRIGGERS[trigger?.on ?? "load"](fire, trigger, signal);
}
