// Zones: one question to the server for the whole page, and the answers put in their places.

import { adopt, build, sheet } from "./content.js";
import { beside } from "./extra.js";
import { guard } from "./guard.js";
import { anonymousId, user } from "./ids.js";
import { appearance, reportClicks, reportHover, whenSeen } from "./measure.js";
import { open } from "./overlays.js";
import { pageContext } from "./page.js";
import { post, writeKey } from "./send.js";
import { chosenConsent } from "./store.js";
import { whenTriggered } from "./triggers.js";

/** Later than this, an answer would move what the visitor already reads. */
const PATIENCE_MS = 1500;

/** The shop's own content of each zone we have filled, to be put back. */
const defaults = new WeakMap();

/** Aborts when the page moves on: what still waits to be seen or triggered then never happens. */
let stay = new AbortController();

/** Asks what to show in these zones and shows nothing by itself; rejects when the server is late or fails. */
export async function decide(zones, overlays = false) {
  const consent = chosenConsent() ?? undefined;
  const question = { writeKey, anonymousId: anonymousId(), ...user(), zones, overlays, html: true, page: pageContext(), consent };
  const response = await post("/v1/decide", JSON.stringify(question), { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw new Error(response.status);
  return response.json();
}

let looks;

/** The style sheet, asked for together with the first decision. */
function look() {
  return (looks ??= fetch(beside("look.css"))
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
  const places = [...document.querySelectorAll("[data-sk-zone]")].filter((place) => !takeOver(place, signal));
  let answer = {};
  try {
    const names = new Set(places.map((place) => place.dataset.skZone));
    [answer] = await Promise.all([decide([...names], true), look()]);
  } catch {}
  if (signal.aborted) return;
  const { zones = {}, decision_id: decision } = answer;
  for (const place of places) fill(place, zones[place.dataset.skZone], decision, signal);
  for (const [zone, chosen] of Object.entries(zones)) {
    if (isOverlay(chosen)) whenTriggered(chosen.trigger, signal, () => open(chosen, appearance(zone, chosen, decision)));
  }
}

function isOverlay(chosen) {
  return /popup|notification/.test(chosen?.kind);
}

/** What cannot be shown leaves the default content. */
function fill(place, chosen, decision, signal) {
  if (!chosen || isOverlay(chosen)) return restore(place);
  try {
    const box = build(chosen);
    if (!defaults.has(place)) defaults.set(place, [...place.childNodes]);
    place.replaceChildren(box);
    watch(box, appearance(place.dataset.skZone, chosen, decision), signal);
  } catch {
    restore(place);
  }
}

function watch(box, report, signal) {
  reportClicks(box, report);
  reportHover(box, report);
  whenSeen(box, signal, () => report("Shown"));
}

/** What the shop's server asked for and put in itself is measured as it stands; the next page is decided anew. */
const takeOver = guard((place, signal) => {
  const served = place.querySelector("[data-sk-served]");
  if (!served) return;
  const { decision_id: decision, ...chosen } = JSON.parse(served.dataset.skServed);
  delete served.dataset.skServed;
  watch(adopt(served.firstElementChild, chosen), appearance(place.dataset.skZone, chosen, decision), signal);
  return true;
});

function restore(place) {
  if (defaults.has(place)) place.replaceChildren(...defaults.get(place));
  defaults.delete(place);
}
