// An extra: product data in the page's JSON-LD.

/**
 * The properties of Product Viewed. `id` is the product the page names itself; without it, the only product there is
 * data of, or the first one of a page that says it is a product's. Null when it is not the page of a product.
 */
export function linkedProduct({ product: id, category, type }) {
  const products = linkedProducts();
  const variants = products.flatMap((data) => data.hasVariant ?? []);
  const own = products.length === 1 || type ? products[0] : undefined;
  const product_id = id ?? idOf(own);
  if (!product_id) return null;
  const data = [...products, ...variants].find((each) => idOf(each) === product_id) ?? products[0] ?? {};
  const offer = [data.offers ?? data.hasVariant?.[0]?.offers].flat()[0];
  return {
    product_id: String(product_id),
    name: data.name,
    price: Number(offer?.price ?? offer?.lowPrice) || undefined,
    currency: offer?.priceCurrency,
    brand: data.brand?.name ?? (typeof data.brand === "string" ? data.brand : undefined),
    category: category ?? (typeof data.category === "string" ? data.category : undefined),
  };
}

function idOf(data) {
  return data?.sku ?? data?.productID ?? data?.productGroupID;
}

/** The schema.org Products (or groups of variants) in the page's JSON-LD; broken JSON-LD is passed over. */
function linkedProducts() {
  const products = [];
  for (const script of document.querySelectorAll('script[type="application/ld+json"]')) {
    try {
      const things = [JSON.parse(script.textContent)].flat().flatMap((thing) => thing["@graph"] ?? thing);
      products.push(...things.filter((thing) => [thing["@type"]].flat().some((type) => /^Product(Group)?$/.test(type))));
    } catch {}
  }
  return products;
}
