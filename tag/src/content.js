// The inside of every kind: heading, text, image, button, cleaned html and product cards.
// Whatever can be clicked carries data-sk-element, which is the element id that clicks report.

import { address, markup, node } from "./dom.js";
import { on } from "./guard.js";

/** The look of everything; it comes from the server beside the first decision (see zones.js). */
export const sheet = new CSSStyleSheet();

/** Builds the content of an answer. */
export function build({ kind, content, elements, products }) {
  const parts = [
    content.heading && node("h2", {}, content.heading),
    content.text && node("p", {}, content.text),
    content.html && html(content.html, elements),
    content.button && button(content),
  ];
  return node(
    "div",
    { class: `sk-box sk-is-${kind}` },
    content.image && image(content),
    parts.some(Boolean) && node("div", { class: "sk-body" }, ...parts),
    products?.length && node("ul", { class: "sk-cards" }, ...products.map(card)),
  );
}

/** Without a button, the image itself leads to the address. */
function image(content) {
  const picture = node("img", { src: address(content.image), alt: content.image_alt ?? "" });
  const href = !content.button && address(content.href);
  return href ? node("a", { href, "data-sk-element": "image" }, picture) : picture;
}

function button(content) {
  const href = address(content.href);
  return node(href ? "a" : "button", { class: "sk-button", "data-sk-element": "button", href }, content.button);
}

/** The server has cleaned the html. Parts that are no links or buttons by themselves become usable as such. */
function html(source, elements) {
  const parts = markup(source);
  for (const part of parts.querySelectorAll("[data-sk-element]")) {
    const href = address(elements?.[part.dataset.skElement]?.href);
    if (part.matches("a") && href) part.href = part.getAttribute("href") ?? href;
    if (part.matches("a[href], button")) continue;
    part.tabIndex = 0;
    part.setAttribute("role", href ? "link" : "button");
    on(part, "click", () => href && location.assign(href));
    on(part, "keydown", (event) => event.key === "Enter" && part.click());
  }
  return node("div", {}, parts);
}

function card(product) {
  const src = address(product.image);
  const link = node(
    "a",
    { href: address(product.url), "data-sk-element": "product", "data-sk-product": product.id },
    src && node("img", { src, alt: "", loading: "lazy" }),
    node("span", {}, product.name),
    product.price != null && node("span", {}, price(product)),
  );
  return node("li", {}, link);
}

function price({ price, currency }) {
  try {
    return new Intl.NumberFormat(document.documentElement.lang || undefined, { style: "currency", currency }).format(price);
  } catch {
    return `${currency ?? ""} ${price}`;
  }
}
