// Custom code, where the shop permits it: scripts that came as markup are made anew, as only those run.

import { script } from "./script.js";

const same = (text) => text;
let codePolicy;

export function code(part) {
  codePolicy ??= window.trustedTypes?.createPolicy("shopkeeper-code", { createScript: same, createScriptURL: same });
  for (const old of part.querySelectorAll("script")) {
    const fresh = document.createElement("script");
    for (const { name, value } of old.attributes) {
      if (name === "src") fresh.src = codePolicy ? codePolicy.createScriptURL(value) : value;
      else fresh.setAttribute(name, value);
    }
    fresh.nonce = script.nonce;
    fresh.text = codePolicy ? codePolicy.createScript(old.text) : old.text;
    old.replaceWith(fresh);
  }
}
