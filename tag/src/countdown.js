// Counts down to the moment the server wrote. The server's clock is believed, not the visitor's.

import { node } from "./dom.js";
import { after } from "./guard.js";

const SECOND_MS = 1000;
/** Seconds of a unit, and how many of it make the next one. */
const UNITS = [
  [86400, Infinity],
  [3600, 24],
  [60, 60],
  [1, 60],
];

export function countdown(part) {
  const { skUntil, skNow, skEnded, skWords } = part.dataset;
  const ahead = Date.now() - skNow;
  const words = skWords.split("|");
  const numbers = UNITS.map(() => node("b"));
  const clock = node("span", { class: "sk-clock", role: "timer" });
  clock.append(...numbers.map((number, place) => node("span", {}, number, ` ${words[place]}`)));
  part.querySelector("time").replaceWith(clock);
  const tick = () => {
    const left = skUntil - (Date.now() - ahead);
    if (left <= 0) return part.replaceChildren(skEnded);
    const seconds = Math.ceil(left / SECOND_MS);
    UNITS.forEach(([size, most], place) => {
      const number = Math.floor(seconds / size) % most; // n % Infinity is n
      numbers[place].textContent = place ? String(number).padStart(2, "0") : number;
    });
    if (part.isConnected) after(left % SECOND_MS || SECOND_MS, tick);
  };
  tick();
}
