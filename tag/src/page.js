// What the page says about itself: its marks, its address and its product data.

/** Where a visit came from: the document's referrer, then the previous address of a single-page shop. */
let referrer = document.referrer;

export function cameFrom(url) {
  referrer = url;
}

/** A mark is a meta element, or else a data attribute of the body. */
function mark(meta, attribute) {
  return document.querySelector(`meta[name="sk:${meta}"]`)?.content || document.body?.dataset[attribute] || undefined;
}

/** The page context as /v1/decide understands it. */
export function pageContext() {
  return {
    type: mark("page_type", "skPage"),
    url: location.href,
    title: document.title,
    referrer,
    product: mark("product", "skProduct"),
    category: mark("category", "skCategory"),
  };
}

/** The properties of Product Viewed, or null when this is not the page of a product. */
export function viewedProduct() {
  const page = pageContext();
  if (!page.product || (page.type && page.type !== "product")) return null;
  const data = linkedProduct();
  const offer = [data.offers].flat()[0];
  return {
    product_id: page.product,
    name: data.name,
    price: Number(offer?.price ?? offer?.lowPrice) || undefined,
    currency: offer?.priceCurrency,
    category: page.category ?? (typeof data.category === "string" ? data.category : undefined),
  };
}

/** The first schema.org Product in the page's JSON-LD; broken JSON-LD is passed over. */
function linkedProduct() {
  for (const script of document.querySelectorAll('script[type="application/ld+json"]')) {
    try {
      const things = [JSON.parse(script.textContent)].flat().flatMap((thing) => thing["@graph"] ?? thing);
      const product = things.find((thing) => [thing["@type"]].flat().includes("Product"));
      if (product) return product;
    } catch {}
  }
  return {};
}
