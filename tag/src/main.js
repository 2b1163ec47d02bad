// Where it starts: the calls the shop made before we came, the first visit, and visits without a new document.

import { consent, identify, page, productView, reset, track } from "./events.js";
import { extra } from "./extra.js";
import { after, guard, on, pause } from "./guard.js";
import { cameFrom, findProduct } from "./page.js";
import { options, shopkeeper } from "./script.js";
import { mayKnow } from "./store.js";
import { countView } from "./visits.js";
import { decide, refresh } from "./zones.js";

/** Single-page shops change the address first and the page a moment later. */
const SETTLE_MS = 100;

const here = () => location.href.split("#")[0];
let current;

const visit = guard(async () => {
  countView();
  await pause();
  await findProduct();
  await pause();
  guard(refresh)(); // the events are made while the answer is on its way
  await pause();
  page();
  productView();
});

function moved() {
  if (current === here()) return;
  cameFrom(current);
  current = here();
  visit();
}

/** The shop's own navigation goes on whatever happens to us. */
function watchNavigation() {
  const { pushState } = history;
  history.pushState = function (...args) {
    pushState.apply(this, args);
    after(SETTLE_MS, moved);
  };
  on(window, "popstate", () => after(SETTLE_MS, moved));
  on(window, "pageshow", ({ persisted }) => persisted && visit());
}

/** Who was a stranger and is not any more, or the reverse, is shown other things. */
function choose(choice) {
  const before = mayKnow();
  consent(choice);
  if (mayKnow() !== before) return refresh();
}

const start = guard(async () => {
  // Whether the shop's staff may look behind the page, the server says before anything is told or asked.
  try {
    if (/[?&]sk_debug=/.test(location.search) || sessionStorage.sk_debug) await (await extra("debug")).begin();
  } catch {}
  await pause(); // the browser has enough to do where it calls us
  current = here();
  const api = { page, track, identify, reset, consent: choose, refresh };
  for (const name in api) shopkeeper[name] = guard(api[name]);
  shopkeeper.decide = decide;
  shopkeeper.q?.forEach(([name, args]) => shopkeeper[name](...args));
  watchNavigation();
  visit();
  await pause();
  follow("adapters", options.consent);
  follow("room", shopkeeper.room);
  mirror();
  on(window, "load", mirror, { once: true });
});

const follow = guard(async (name, what) => what && (await extra(name)).follow(what, choose));

/** Shops that tell Google Analytics of their commerce tell us by it. */
function mirror() {
  follow("mirror", options.mirror !== "off" && window[options.layer ?? "dataLayer"]);
}

const ready = () => (document.readyState === "loading" ? on(document, "DOMContentLoaded", start) : start());
if (document.prerendering) on(document, "prerenderingchange", ready, { once: true });
else ready();
