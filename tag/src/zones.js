// Zones: one question to the server for the whole page, and the answers put in their places.

import { adopt, build, sheet } from "./content.js";
import { VERSION } from "./extra.js";
import { guard, on, pause } from "./guard.js";
import { anonymousId, user } from "./ids.js";
import { json } from "./json.js";
import { appearance, reportClicks, reportHover } from "./measure.js";
import { open } from "./overlays.js";
import { pageContext } from "./page.js";
import { beside, options } from "./script.js";
import { whenSeen } from "./seen.js";
import { post, staff } from "./send.js";
import { chosenConsent, mayKnow, save } from "./store.js";
import { whenTriggered } from "./triggers.js";

/** Later than this, an answer would move what the visitor already reads. */
const PATIENCE_MS = 1500;

/** The shop's own content of each zone we have filled, to be put back. */
const defaults = new WeakMap();

/** Aborts when the page moves on: what still waits to be seen or triggered then never happens. */
let stay = new AbortController();

export const places = () => [...document.querySelectorAll("[data-sk-zone]")];

/** Asks what to show in these zones and shows nothing by itself; rejects when the server is late or fails. */
export async function decide(zones, more) {
  const who = mayKnow()
    ? { anonymousId: anonymousId(), ...user(), consent: chosenConsent() }
    : { consent: { ...chosenConsent(), measurement: false } };
  const question = { writeKey: options.key, ...who, zones, page: pageContext(), ...more, ...staff.asks };
  const response = await post("d", json(question), { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw new Error(response.status);
  const answer = await response.json();
  staff.hears?.(answer);
  return answer;
}

let looks;

/** The style sheet, asked for together with the first decision. */
async function look() {
  await (looks ??= fetch(beside(`look.${VERSION}.css`))
    .then((response) => response.text())
    .then((css) => {
      sheet.replaceSync(css);
      document.adoptedStyleSheets.push(sheet);
    }));
}

/** Decides all zones of the page anew. A zone without an answer shows the shop's default content. */
export async function refresh() {
  stay.abort();
  stay = new AbortController();
  const { signal } = stay;
  const listen = (target, types, act) => on(target, types, act, { signal, capture: true, passive: true });
  const taken = places().filter((place) => takeOver(place, listen));
  const free = () => places().filter((place) => !taken.includes(place));
  const names = new Set(free().map((place) => place.dataset.skZone));
  let answer = {};
  try {
    [answer] = await Promise.all([decide([...names], { overlays: true, html: true }), look()]);
  } catch {}
  if (signal.aborted) return;
  signal.onabort = () => (answer.left = 0);
  const { zones = {}, decision_id: decision } = answer;
  // All heights before anything is changed, and each zone in a task of its own: the page is laid out once, not for each.
  const heights = free().map((place) => [place, place.offsetHeight]);
  for (const [place, height] of heights) {
    await pause();
    if (signal.aborted) return;
    fill(place, height, zones[place.dataset.skZone], decision, listen);
  }
  await pause();
  for (const [zone, chosen] of Object.entries(zones)) {
    const show = () => open(chosen, appearance(zone, chosen, decision));
    if (isOverlay(chosen)) whenTriggered(chosen.trigger, answer, listen, show);
  }
}

const isOverlay = (chosen) => /popup|notification/.test(chosen?.kind);

/** What cannot be shown leaves the default content. What is smaller than what was there leaves room, so nothing moves. */
function fill(place, height, chosen, decision, listen) {
  if (!chosen || isOverlay(chosen)) return restore(place);
  try {
    const box = build(chosen);
    const report = appearance(place.dataset.skZone, chosen, decision);
    if (!defaults.has(place)) defaults.set(place, [...place.childNodes]);
    place.style.minHeight = `${height}px`;
    place.replaceChildren(box);
    measure(box, report, listen);
  } catch {
    restore(place);
  }
}

function measure(box, report, listen) {
  reportClicks(box, report);
  reportHover(box, report);
  whenSeen(box, listen, () => report("Shown"));
}

/** What the shop's server asked for and put in itself is measured as it stands; the next page is decided anew. */
const takeOver = guard((place, listen) => {
  const served = place.querySelector("[data-sk-served]");
  if (!served) return;
  const { decision_id: decision, ...chosen } = JSON.parse(served.dataset.skServed);
  delete served.dataset.skServed;
  measure(adopt(served.firstElementChild, chosen), appearance(place.dataset.skZone, chosen, decision), listen);
  return true;
});

function restore(place) {
  if (defaults.has(place)) place.replaceChildren(...defaults.get(place));
  defaults.delete(place);
}
