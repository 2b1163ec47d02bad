// An extra: the kinds that need more than markup, each in its own module, registered in one list.

import { capture } from "./capture.js";
import { code } from "./code.js";
import { countdown } from "./countdown.js";
import { guard } from "./guard.js";
import { parts } from "./parts.js";
import { quiz } from "./quiz.js";
import { slider } from "./slider.js";

const KINDS = { capture, code, countdown, quiz, slider };

/** Brings a box to life; one part that fails leaves the others alone. */
export function enliven(box, answer) {
  guard(parts)(box, answer);
  for (const part of box.querySelectorAll("[data-sk-part]")) guard(KINDS[part.dataset.skPart])(part, answer);
}
