// Whom the page is seen as: only decisions see it, nothing of it is stored.

import { node } from "./dom.js";
import { on } from "./guard.js";

const DEVICES = { "": "as it is", desktop: "desktop", mobile: "mobile", tablet: "tablet" };
const STATES = { "": "by its rule", in: "in", out: "out" };

/** The form; `pose` is told the persona. */
export function personaForm({ segments, audiences }, persona, pose) {
  const { device = "", segments: given = {}, audiences: joined = [] } = persona;
  const fresh = tick("new", "Somebody new: no history, not logged in", persona.new);
  const state = (id) => (id in given ? (given[id] ? "in" : "out") : "");
  const form = node(
    "form",
    {},
    fresh,
    choice("device", "Device", DEVICES, device),
    segments.length && group("Segments", segments.map(({ id, name }) => choice(`s:${id}`, name, STATES, state(id)))),
    audiences.length && group("Audiences", audiences.map((name) => tick(`a:${name}`, name, joined.includes(name)))),
    node("p", { class: "buttons" }, node("button", {}, "See it so"), node("button", { type: "reset" }, "As I am")),
  );
  on(form, "submit", (event) => {
    event.preventDefault();
    const said = new FormData(form);
    const states = segments.map(({ id }) => [id, said.get(`s:${id}`)]).filter(([, state]) => state);
    pose({
      new: said.has("new"),
      device: said.get("device"),
      segments: Object.fromEntries(states.map(([id, state]) => [id, state === "in"])),
      audiences: audiences.filter((name) => said.has(`a:${name}`)),
    });
  });
  on(form, "reset", (event) => {
    event.preventDefault();
    for (const box of form.querySelectorAll("[type=checkbox]")) box.checked = false;
    for (const list of form.querySelectorAll("select")) list.value = "";
    pose({});
  });
  return form;
}

function tick(name, label, checked) {
  return node("label", {}, node("input", { type: "checkbox", name, checked: checked ? "" : null }), label);
}

function choice(name, label, options, value) {
  const list = node("select", { name });
  for (const [key, words] of Object.entries(options)) {
    list.append(node("option", { value: key, selected: key === value ? "" : null }, words));
  }
  return node("label", {}, list, label);
}

function group(title, parts) {
  return node("fieldset", {}, node("legend", {}, title), ...parts);
}
