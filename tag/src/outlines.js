// Frames around the zones of the page, drawn over it: nothing of the page is touched, so nothing moves.

import { node } from "./dom.js";
import { on } from "./guard.js";

const SMALLEST_PX = 24;
const EVERY_MS = 300;

/** `choose` is told which zone's label was pressed. */
export function outlines(root, choose) {
  const layer = node("nav", { class: "frames", "aria-label": "Zones of the page" });
  root.prepend(layer);
  let frames = [];
  const sizes = new ResizeObserver(() => settle());

  function draw(places, verdict) {
    layer.replaceChildren();
    sizes.disconnect();
    frames = places.map((place) => {
      const name = place.dataset.skZone;
      const said = verdict(name);
      const label = node("button", { type: "button" }, `${name}: ${said || "default content"}`);
      on(label, "click", () => choose(name));
      const frame = node("div", { class: said ? "frame filled" : "frame" }, label);
      layer.append(frame);
      sizes.observe(place);
      return { name, place, frame };
    });
    layer.hidden = !frames.length;
    settle();
  }

  function settle() {
    for (const { place, frame } of frames) {
      const { left, top, width, height } = place.getBoundingClientRect();
      frame.classList.toggle("high", top < SMALLEST_PX);
      frame.hidden = !place.isConnected || !width;
      Object.assign(frame.style, {
        translate: `${left}px ${top}px`,
        width: `${width}px`,
        height: `${Math.max(height, SMALLEST_PX)}px`,
      });
    }
  }

  const gone = new AbortController();
  const quiet = { signal: gone.signal, capture: true, passive: true };
  on(window, "scroll", settle, quiet);
  on(window, "resize", settle, quiet);
  // Pages move for reasons of their own: pictures that come, menus that open.
  const timer = setInterval(settle, EVERY_MS);

  return {
    draw,
    flash(name) {
      for (const each of frames) each.frame.classList.toggle("marked", each.name === name);
    },
    close() {
      gone.abort();
      sizes.disconnect();
      clearInterval(timer);
      layer.remove();
    },
  };
}
