// An extra: what lies behind the page, for the shop's staff. `?sk_debug=...` opens it with a token the server has signed;
// it stays open in this tab until it ends. Meanwhile nothing that happens here is told to the server, so nothing counts.

import { json } from "./json.js";
import { openPanel } from "./panel.js";
import { options } from "./script.js";
import { post, staff } from "./send.js";
import { refresh } from "./zones.js";

const SETTLED = /([?&])sk_debug=[^&#]*&?/;

/** The token and the persona last as long as the tab; where storage is blocked, as long as the page. */
const tab = (() => {
  try {
    return sessionStorage;
  } catch {
    return {};
  }
})();

/** Asks whether the token is good. If not, the page goes on as visitors have it, with a hint in the console. */
export async function begin() {
  const token = take();
  let persona = read();
  let first;
  try {
    const response = await post("d", json({ writeKey: options.key, zones: [], debug: token }));
    first = await response.json();
    if (!response.ok) throw new Error(first.message);
  } catch ({ message }) {
    forget();
    console.info(`shopkeeper: there is no debug view. ${message} The page is as visitors have it.`);
    return;
  }
  const end = Date.now() + first.debug.left_ms;

  function leave() {
    for (const name of Object.keys(staff)) delete staff[name];
    forget();
    panel.close();
    refresh();
  }

  const panel = openPanel(first.debug, persona, {
    leave,
    pose(chosen) {
      persona = chosen;
      tab.sk_debug_as = json(chosen);
      refresh();
    },
  });
  Object.defineProperty(staff, "asks", {
    configurable: true,
    enumerable: true,
    get() {
      if (Date.now() < end) return { debug: token, persona };
      console.info("shopkeeper: the debug view has ended. The page is as visitors have it, and counts.");
      queueMicrotask(leave);
    },
  });
  staff.event = panel.event;
  staff.hears = panel.answer;
}

/** The token of this tab, taken out of the address: neither reloads nor other scripts of the page need it. */
function take() {
  const given = location.search.match(/[?&]sk_debug=([^&]*)/)?.[1];
  if (!given) return tab.sk_debug;
  const clean = location.href.replace(SETTLED, "$1").replace(/[?&](?=#|$)/, "");
  history.replaceState(history.state, "", clean);
  return (tab.sk_debug = decodeURIComponent(given));
}

function read() {
  try {
    return JSON.parse(tab.sk_debug_as) ?? {};
  } catch {
    return {};
  }
}

function forget() {
  delete tab.sk_debug;
  delete tab.sk_debug_as;
}
