// An extra: the visitor's choice as other consent tools of the page know it.

import { guard, on } from "./guard.js";
import { ofGoogle, ofShopify, ofTcf } from "./purposes.js";

/** Calls `choose` with the purposes a tool permits, now and whenever the visitor changes the choice. */
export function follow(tools, choose) {
  const tell = guard((purposes) => purposes && choose(purposes));
  if (/google/.test(tools)) google(tell);
  if (/tcf/.test(tools)) once(() => window.__tcfapi, () => __tcfapi("addEventListener", 2, (data, fine) => fine && tell(ofTcf(data))));
  if (/shopify/.test(tools)) once(() => window.Shopify?.customerPrivacy, shopify(tell));
}

/** Tools come when they come: looks for one until the page has been open for a minute. */
function once(there, begin, tries = 240) {
  if (there()) guard(begin)();
  else if (tries) setTimeout(() => once(there, begin, tries - 1), 250);
}

/** Consent Mode v2 lives in the dataLayer: gtag("consent", "default" or "update", {...}). */
function google(tell) {
  const layer = (window.dataLayer ??= []);
  const state = {};
  const hear = guard((entry) => {
    if (entry?.[0] !== "consent" || !/^(default|update)$/.test(entry[1])) return;
    Object.assign(state, entry[2]);
    tell(ofGoogle(state));
  });
  [...layer].forEach(hear);
  const { push } = layer;
  layer.push = function (...entries) {
    entries.forEach(hear);
    return push.apply(this, entries);
  };
}

function shopify(tell) {
  const ask = () => tell(ofShopify(window.Shopify.customerPrivacy));
  return () => {
    on(document, "visitorConsentCollected", ask);
    ask();
  };
}
