// Definitions on hover and focus. Without this file they stand at the end of every page.

const tip = document.createElement("div");
tip.className = "tip";
tip.popover = "manual";
tip.setAttribute("role", "tooltip");
(document.querySelector("main") ?? document.body).append(tip);

let shownFor = null;

function show(term) {
  const sentence = document.getElementById(term.getAttribute("aria-describedby"));
  if (!sentence) return;
  shownFor = term;
  tip.replaceChildren(sentence.textContent);
  if (term.dataset.window) {
    const window_ = document.createElement("small");
    window_.textContent = term.dataset.window;
    tip.append(window_);
  }
  tip.showPopover();
  const place = term.getBoundingClientRect();
  const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
  const below = place.bottom + 6;
  const fits = below + tip.offsetHeight < document.documentElement.clientHeight;
  tip.style.left = `${Math.max(8, Math.min(place.left, room))}px`;
  tip.style.top = `${fits ? below : place.top - tip.offsetHeight - 6}px`;
}

function hide() {
  if (!shownFor) return;
  shownFor = null;
  tip.hidePopover();
}

// The pointer may move from the word onto the definition and stay there (WCAG 1.4.13).
function leave(event) {
  const to = event.relatedTarget;
  if (to instanceof Node && (tip.contains(to) || shownFor?.contains(to))) return;
  setTimeout(() => {
    if (!tip.matches(":hover") && !shownFor?.matches(":hover, :focus-visible")) hide();
  }, 120);
}

for (const term of document.querySelectorAll("button.about")) {
  term.addEventListener("pointerenter", () => show(term));
  term.addEventListener("focus", () => show(term));
  term.addEventListener("click", () => show(term));
  term.addEventListener("pointerleave", leave);
  term.addEventListener("blur", hide);
}
tip.addEventListener("pointerleave", leave);
addEventListener("scroll", hide, { passive: true, capture: true });
addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
});
