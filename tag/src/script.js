// The script element the page wrote: the shop's key, what the page wants, and where the server is.

export const script = document.currentScript;
export const options = script.dataset;

/** What the page calls; `data-name` gives it another name. */
export const shopkeeper = (window[options.name ?? "shopkeeper"] ??= {});

// A second copy on the page ends here, before it listens to anything.
if (shopkeeper.here || !options.key) throw 0;
shopkeeper.here = true;

/** The server's other addresses lie beside the script, under whatever prefix the shop serves it. */
export function beside(file) {
  return new URL(file, script.src);
}
