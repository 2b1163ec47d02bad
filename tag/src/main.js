// Where it starts: the calls the shop made before we came, the first visit, and visits without a new document.

import { consent, identify, page, productView, reset, track } from "./events.js";
import { after, guard, on } from "./guard.js";
import { cameFrom } from "./page.js";
import { writeKey } from "./send.js";
import { decide, refresh } from "./zones.js";

/** Single-page shops change the address first and the page a moment later. */
const SETTLE_MS = 100;

let current = location.href;

function visit() {
  page();
  productView();
  refresh();
}

function moved() {
  const withoutHash = (url) => url.split("#")[0];
  if (withoutHash(location.href) === withoutHash(current)) return;
  cameFrom(current);
  current = location.href;
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
}

function start() {
  const shopkeeper = (window.shopkeeper ??= {});
  if (shopkeeper.decide || !writeKey) return;
  const calls = shopkeeper.q ?? [];
  const api = { page, track, identify, reset, consent, refresh };
  for (const [name, act] of Object.entries(api)) shopkeeper[name] = guard(act);
  shopkeeper.decide = decide;
  for (const [name, args] of calls) shopkeeper[name]?.(...args);
  watchNavigation();
  visit();
}

if (document.readyState === "loading") on(document, "DOMContentLoaded", start);
else start();
