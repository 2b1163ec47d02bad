// What few pages need lies in files of its own, fetched when it is used: tag/build.py makes one of each of EXTRAS.
// They come in by import(), which strict policies allow to a script they trust, nonce and all.

import { pause } from "./guard.js";
import { beside } from "./script.js";

/** The build puts in the version of all files together, and what the extras use of the core. */
export const VERSION = "dev";
const CORE = () => [];

const asked = {};

/** The exports of an extra, to everybody who asked in a task of their own; rejects when it cannot be had. */
export function extra(name) {
  return (asked[name] ??= import(beside(`${name}.${VERSION}.js`)).then((file) => file.default(CORE()))).then(pause);
}
