// An extra: the conditions that fewer pop-ups and notifications wait for.

import { after } from "./guard.js";
import { whenSeen } from "./seen.js";
import { load } from "./store.js";
import { heard } from "./visits.js";

/** Exit intent: up so many pixels within so many milliseconds, away so long, or still so long. */
const UP_PX = 300;
const UP_MS = 300;
const AWAY_MS = 10000;
const STILL_S = 30;

const SIGN = { "Product Added": 1, "Product Removed": -1 };

/** The cart's value after an event: lines add and take away; whoever states the whole is believed. */
function worth(cart, { event, properties: { price, quantity = 1, value } }) {
  if (event === "Order Completed") return 0;
  if (/^(Cart|Checkout) /.test(event) && value != null) return +value;
  return Math.max(0, cart + (SIGN[event] * price * quantity || 0));
}

export const MOMENTS = {
  seen: (fire, { selector }, listen) =>
    document.querySelectorAll(selector).forEach((part) => whenSeen(part, listen, fire, 0)),
  inactivity: (fire, { seconds }, listen) => {
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = after(seconds * 1000, fire);
    };
    wait();
    listen(window, "pointermove pointerdown keydown scroll", wait);
  },
  click: (fire, { selector }, listen) => listen(document, "click", ({ target }) => target.closest(selector) && fire()),
  page_view: (fire, { count }) => load("sk_visit").views >= count && fire(),
  cart_value: (fire, { value }, listen, { cart = 0 }) => {
    const judge = () => cart >= value && fire();
    judge();
    listen(heard, "track", ({ detail }) => {
      cart = worth(cart, detail);
      judge();
    });
  },
  event: (fire, { name }, listen) => listen(heard, "track", ({ detail }) => detail.event === name && fire()),
};

/** Exit intent on a touch screen, where it is a guess. */
export function leavingByTouch(fire, listen) {
  let last = scrollY;
  let top = last;
  let at = 0;
  let left;
  listen(window, "scroll", () => {
    const now = Date.now();
    if (scrollY > last || now - at > UP_MS) [top, at] = [Math.max(last, scrollY), now];
    if (top - scrollY >= UP_PX) fire();
    last = scrollY;
  });
  listen(document, "visibilitychange", () => {
    if (document.hidden) left = Date.now();
    else if (Date.now() - left >= AWAY_MS) fire();
  });
  MOMENTS.inactivity(fire, { seconds: STILL_S }, listen);
}
