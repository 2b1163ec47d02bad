// A quiz: one step is shown at a time. Answers are elements, so a click on one is reported and has its effects at once.

import { on } from "./guard.js";

export function quiz(part) {
  const steps = [...part.querySelectorAll("[data-sk-step]")];
  const show = (id) => {
    for (const step of steps) step.hidden = step.dataset.skStep !== id;
    const shown = steps.find((step) => !step.hidden);
    (shown.querySelector("legend, h2, h3") ?? shown.querySelector("button, a")).focus();
  };
  on(part, "click", (event) => {
    const button = event.target.closest("[data-sk-next], [data-sk-restart]");
    if (!button) return;
    if (button.dataset.skElement) return show(button.dataset.skNext);
    // Going on or back is no click on the communication; the answers that were ticked are.
    event.stopPropagation();
    if (button.matches("[data-sk-restart]")) return restart(part, steps, show);
    const step = button.closest("[data-sk-step]");
    const ticked = [...step.querySelectorAll(":checked")];
    const note = step.querySelector("[data-sk-choose]");
    note.textContent = ticked.length ? "" : note.dataset.skChoose;
    if (!ticked.length) return;
    for (const box of ticked) box.parentNode.nextSibling.click();
    show(button.dataset.skNext);
  });
}

function restart(part, steps, show) {
  for (const box of part.querySelectorAll(":checked")) box.checked = false;
  show(steps[0].dataset.skStep);
}
