// What the page says about itself: its marks and its address. Product data in JSON-LD is read by an extra.

import { extra } from "./extra.js";

/** Where a visit came from: the document's referrer, then the previous address of a single-page shop. */
let referrer = document.referrer;

/** The page's product as Product Viewed tells of it; null on other pages. */
let product;

export function cameFrom(url) {
  referrer = url;
}

/** A mark is a meta element, or else a data attribute of the body. */
function mark(meta, attribute) {
  return document.querySelector(`meta[name="sk:${meta}"]`)?.content || document.body.dataset[attribute] || undefined;
}

/** The page context as decisions understand it. */
export function pageContext() {
  return {
    type: mark("page_type", "skPage"),
    url: location.href,
    title: document.title,
    referrer,
    product: mark("product", "skProduct") ?? product?.product_id,
    category: mark("category", "skCategory"),
  };
}

/** Finds out what product the page shows, before anything asks for it: its marks say so, or else its JSON-LD. */
export async function findProduct() {
  product = null;
  const page = pageContext();
  if ((page.type ?? "product") !== "product") return;
  if (page.product) product = { product_id: page.product, category: page.category };
  try {
    if (document.querySelector("[type^='application/ld+json']")) product = (await extra("product")).linkedProduct(page);
  } catch {}
}

export function viewedProduct() {
  return product;
}
