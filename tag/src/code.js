// Custom code, where the shop permits it: scripts that came as markup are made anew, as only those run.

import { tag } from "./tagscript.js";

const same = (text) => text;
let codePolicy;

export function code(part) {
  codePolicy ??= window.trustedTypes?.createPolicy("shopkeeper-code", { createScript: same, createScriptURL: same });
  for (const old of part.querySelectorAll("script")) {
    const script = document.createElement("script");
    for (const { name, value } of old.attributes) {
      if (name === "src") script.src = codePolicy ? codePolicy.createScriptURL(value) : value;
      else script.setAttribute(name, value);
    }
    script.nonce = tag()?.nonce ?? "";
    script.text = codePolicy ? codePolicy.createScript(old.text) : old.text;
    old.replaceWith(script);
  }
}
