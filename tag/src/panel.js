// The panel of the debug view: each zone with its candidates, whom the page is seen as, and what happened. It lives in a
// shadow root, as do the frames around the zones, so that neither the page's styles nor ours reach the other.

import css from "./panel.css";
import { node } from "./dom.js";
import { on } from "./guard.js";
import { outlines } from "./outlines.js";
import { personaForm } from "./persona.js";
import { chosenConsent, mayKnow } from "./store.js";
import { places } from "./zones.js";

const SIGNS = { chosen: ["✓", "shown"], failed: ["✗", "passed over"], "not reached": ["–", "not reached"] };
const KINDS = { popup: "pop-up", notification: "notification" };
const SERVED = "The shop's server put its content in: nothing was asked here.";
const MOST_LOGGED = 200;

/** Opens it; `acts` are `leave` and `pose`. It is told every event and every answer. */
export function openPanel(behind, persona, acts) {
  const host = node("div");
  const root = host.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet();
  style.replaceSync(css);
  root.adoptedStyleSheets = [style];

  const zones = node("div");
  const log = node("ol", { class: "log" });
  const status = node("p", { class: "quiet", role: "status" });
  const inside = node("p", { class: "quiet" });
  const body = node(
    "div",
    { class: "body", tabindex: 0, role: "group", "aria-label": "What lies behind the page" },
    node("p", { class: "note" }, "Nothing you do here is counted, and clicks have no effects."),
    status,
    part("Zones", zones, true),
    part("See the page as", node("div", {}, inside, personaForm(behind, persona, acts.pose))),
    part("What happened here", log, true),
  );
  const fold = node("button", { type: "button", "aria-expanded": true }, "Fold");
  const leave = node("button", { type: "button" }, "Leave");
  const panel = node(
    "aside",
    { "aria-label": "shopkeeper debug view" },
    node("header", {}, node("strong", {}, "shopkeeper"), node("span", {}, "debug view"), fold, leave),
    body,
  );
  root.append(panel);
  document.body.append(host);
  on(fold, "click", () => {
    body.hidden = !body.hidden;
    fold.setAttribute("aria-expanded", !body.hidden);
    fold.textContent = body.hidden ? "Unfold" : "Fold";
  });
  on(leave, "click", acts.leave);

  let explained = {};
  let triggers = {};
  let unknown = {};
  const frames = outlines(root, (name) => {
    if (body.hidden) fold.click();
    const heading = [...zones.querySelectorAll("h3")].find((each) => each.dataset.zone === name);
    heading?.scrollIntoView({ block: "nearest" });
    heading?.focus();
  });

  function draw() {
    const here = places();
    const onPage = new Set(here.map((place) => place.dataset.skZone));
    const names = [...new Set([...onPage, ...Object.keys(explained)])];
    const shown = names.filter((name) => onPage.has(name) || explained[name].length);
    zones.replaceChildren(...shown.map((name) => zone(name, onPage.has(name))));
    if (!shown.length) zones.append(node("p", { class: "quiet" }, "This page has no zone: mark one with data-sk-zone."));
    frames.draw(here, verdict);
  }

  const verdict = (name) => explained[name]?.find(({ result }) => result === "chosen")?.communication ?? "";

  function zone(name, onPage) {
    const { title, kind } = behind.zones[name] ?? {};
    const candidates = explained[name] ?? [];
    const heading = node("h3", { tabindex: -1, "data-zone": name }, title !== name && title && `${title} `, node("code", {}, name));
    const why = unknown[name] ?? (name in explained ? candidates.length ? "" : "No campaign has content for it." : SERVED);
    const where = onPage ? "" : (KINDS[kind] ?? "not on this page");
    return node(
      "section",
      { class: "zone" },
      node("header", {}, heading, where && node("span", { class: "quiet" }, where), onPage && jump(name)),
      why && node("p", { class: "quiet" }, why),
      triggers[name] && node("p", { class: "quiet" }, `It comes forward on: ${triggers[name]}.`),
      candidates.length && node("ol", {}, ...candidates.map(candidate)),
    );
  }

  function jump(name) {
    const button = node("button", { type: "button", "aria-label": `Go to ${name} on the page` }, "Go to");
    on(button, "click", () => {
      places()
        .find((place) => place.dataset.skZone === name)
        ?.scrollIntoView({ block: "center" });
      frames.flash(name);
    });
    return button;
  }

  return {
    answer(answer) {
      const here = new Set(places().map((place) => place.dataset.skZone));
      const all = Object.entries({ ...explained, ...answer.explain });
      explained = Object.fromEntries(all.filter(([name]) => name in answer.explain || here.has(name)));
      const over = Object.entries(answer.zones).filter(([name, chosen]) => chosen && KINDS[behind.zones[name]?.kind]);
      triggers = Object.fromEntries(over.map(([name, { trigger }]) => [name, said(trigger)]));
      unknown = Object.fromEntries((answer.errors ?? []).map(({ zone, message }) => [zone, message]));
      const count = Object.keys(answer.explain).length;
      const who = mayKnow() ? "" : ", by the page alone: measuring is not permitted";
      status.textContent = `${count} zones decided in ${answer.ms.toFixed(2)} ms${who}.`;
      const names = answer.debug.segments.filter((each) => each.inside).map((each) => each.name);
      inside.textContent = `Segments that campaigns ask for, and they are in: ${names.join(", ") || "none"}.`;
      draw();
    },
    event(event) {
      log.prepend(happened(event));
      log.children[MOST_LOGGED]?.remove();
    },
    close() {
      frames.close();
      host.remove();
    },
  };
}

function part(title, content, open) {
  return node("details", { class: "part", open: open ? "" : null }, node("summary", {}, node("h2", {}, title)), content);
}

function candidate({ communication, result, reason, test }) {
  const [sign, word] = SIGNS[result];
  return node(
    "li",
    { class: result.replace(" ", "-") },
    node("span", { role: "img", "aria-label": word, class: "sign" }, sign),
    node("code", {}, communication),
    node("span", { class: "quiet" }, reason ? (test ? `${test}: ${reason}` : reason) : "something above it was shown"),
  );
}

/** A trigger in a line, as `delay seconds 5 and (scroll share 0.5 or exit_intent)`. */
function said({ on: name, any, all, ...fields }) {
  if (!name) return (any ?? all).map((each) => (each.on ? said(each) : `(${said(each)})`)).join(any ? " or " : " and ");
  const given = Object.entries(fields).filter(([, value]) => value != null && value !== false && value !== "");
  return [name, ...given.flat()].join(" ");
}

/** An event in a line; what it holds folds out. */
function happened({ type, event, name, properties = {}, traits, timestamp, context }) {
  const what = event ?? (type === "page" ? "Page view" : type);
  const { communication_id, product_id, product, title, order_id, url } = properties;
  const detail = communication_id ?? order_id ?? product_id ?? name ?? title ?? product ?? url ?? "";
  const held = JSON.stringify({ properties: traits ?? properties, consent: context.consent ?? chosenConsent() }, null, 1);
  const time = new Date(timestamp).toLocaleTimeString([], { hour12: false });
  return node(
    "li",
    {},
    node("details", {}, node("summary", {}, node("time", {}, time), " ", node("b", {}, what), " ", node("span", { class: "quiet" }, `${detail}`)), node("pre", {}, held)),
  );
}
