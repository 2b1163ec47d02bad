// An extra: what the shop tells Google Analytics 4, told to us in Segment's words. Both ways of telling end in the
// dataLayer: gtag("event", name, params) pushes its arguments, tag managers push {event, ecommerce}.

import { track } from "./events.js";
import { guard } from "./guard.js";
import { viewedProduct } from "./page.js";
import { translate } from "./ga4.js";

let followed;

/** Tells what the layer holds already and what is pushed from now on. */
export function follow(layer) {
  if (followed) return;
  followed = layer;
  const tell = guard((entry) => {
    for (const [name, properties] of translate(entry)) if (!isTold(name, properties)) track(name, properties);
  });
  [...layer].forEach(tell);
  const { push } = layer;
  layer.push = function (...entries) {
    entries.forEach(tell);
    return push.apply(this, entries);
  };
}

/** The page's marks or its JSON-LD have told of this view. */
function isTold(name, { product_id }) {
  return name === "Product Viewed" && viewedProduct()?.product_id === String(product_id);
}
