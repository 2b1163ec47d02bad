// The script element of the tag, as an extra finds it.

export const tag = () => document.querySelector("script[data-key]");

/** What the page calls; `data-name` gives it another name. */
export const shopkeeper = () => window[tag()?.dataset.name ?? "shopkeeper"];
