// The split view: asks what became of this browser's visitor, and writes it down as it comes.

const EVERY_MS = 700;
const board = document.querySelector("[data-live]");
const part = (name) => board.querySelector(`[data-${name}]`);

/** What was noted of the visit here: entering and leaving segments is seen from one answer to the next. */
let person = "";
let inside = {};
let crossings = [];
let last = "";

function node(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const clock = (ms) => new Date(ms).toLocaleTimeString([], { hour12: false });
const SIGNS = { shown: "✓", "passed over": "✗", "not reached": "–" };

function mark(result) {
  return node("span", { class: "live-mark", "data-result": result, role: "img", "aria-label": result }, SIGNS[result]);
}

function note(life) {
  if (life.person !== person) [person, inside, crossings] = [life.person, life.segments, []];
  const at = Date.now();
  for (const id in life.segments) if (!(id in inside)) crossings.unshift({ id: `in-${id}-${at}`, at, what: "Entered", detail: life.segments[id], crossing: "in" });
  for (const id in inside) if (!(id in life.segments)) crossings.unshift({ id: `out-${id}-${at}`, at, what: "Left", detail: inside[id], crossing: "out" });
  inside = life.segments;
}

function candidate({ id, result, reason }) {
  return node("li", { "data-result": result }, mark(result), node("code", {}, id), node("span", { class: "sub" }, reason));
}

/** Zones with nothing to choose from are left out; those nothing was shown in come last. */
function zones(decision) {
  const shown = ({ candidates }) => candidates.some(({ result }) => result === "shown");
  const found = decision.zones.filter(({ candidates }) => candidates.length).sort((a, b) => shown(b) - shown(a));
  return found.map((zone) =>
    node("section", { class: "live-zone" }, node("h3", {}, zone.title || zone.zone), node("ol", {}, ...zone.candidates.map(candidate))),
  );
}

function show(life) {
  part("name").textContent = life.person ? `${life.name}, ${life.person.slice(2)}` : "Nobody is known here yet.";
  const names = Object.values(life.segments);
  part("segments").replaceChildren(...names.map((name) => node("li", {}, name)));
  part("none").hidden = names.length > 0;
  part("attributes").textContent = Object.entries(life.attributes).map(([name, value]) => `${name}: ${value}`).join(" · ");
  const [decision] = life.decisions;
  if (decision) {
    const count = decision.zones.length;
    part("decided").textContent = `${decision.page} · ${count} zones decided in ${decision.ms.toFixed(2)} ms at ${clock(decision.at)}`;
    part("zones").replaceChildren(...zones(decision));
  }
  const decided = life.decisions.map(({ id, at, ms, page }) => ({ id, at, what: "Decided", detail: `${page}, ${ms.toFixed(2)} ms`, crossing: "decided" }));
  const all = [...life.events, ...crossings, ...decided].sort((a, b) => b.at - a.at);
  part("events").replaceChildren(
    ...all.map(({ at, what, detail, crossing = "" }) =>
      node("li", { "data-crossing": crossing }, node("time", {}, clock(at)), node("b", {}, what), node("span", {}, detail)),
    ),
  );
}

async function ask() {
  try {
    const answer = await fetch(board.dataset.live);
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    const text = await answer.text();
    part("away").hidden = true;
    if (text === last) return;
    last = text;
    const life = JSON.parse(text);
    note(life);
    show(life);
  } catch (error) {
    part("away").hidden = false;
    part("away").textContent = `The server cannot be asked: ${error.message}. What stands here is as it was.`;
  }
}

for (const sign of board.querySelectorAll(".live-key .live-mark")) sign.textContent = SIGNS[sign.dataset.result];

// One question after the other, and none while nobody looks.
async function go() {
  if (!document.hidden) await ask();
  setTimeout(go, EVERY_MS);
}
go();
