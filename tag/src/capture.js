// A field for an e-mail address. Giving it is a click on the element `capture`, which the server keeps as pending.

import { track } from "./events.js";
import { on } from "./guard.js";

export function capture(part, { communication, version }) {
  const note = part.querySelector("[role=status]");
  const field = part.querySelector("[type=email]");
  on(part, "click", (event) => event.stopPropagation()); // pressing the button is not yet giving an address
  on(part, "submit", (event) => {
    event.preventDefault();
    const bad = [...part.elements].find((each) => !each.checkValidity());
    field.setAttribute("aria-invalid", bad === field);
    note.textContent = bad ? (bad === field ? part.dataset.skBad : bad.validationMessage) : "";
    if (bad) return bad.focus();
    const email = field.value.trim();
    track("Communication Clicked", { communication_id: communication, version, element_id: "capture", email });
    part.replaceChildren(note);
    note.textContent = part.dataset.skThanks;
  });
}
