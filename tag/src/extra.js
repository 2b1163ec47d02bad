// What few pages need lies in files of its own, fetched when it is used. They come in by import(), which strict policies
// allow to a script they trust, nonce and all.

const source = document.currentScript.src;
const asked = {};

/** The exports of an extra; rejects when it cannot be had. */
export function extra(name) {
  return (asked[name] ??= import(beside(`${name}.js`)));
}

/** The server's other addresses lie beside the script. */
export function beside(file) {
  return new URL(file, source);
}
