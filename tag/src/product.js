// An extra: product data in the page's JSON-LD.

const SCRIPTS = "script[type^='application/ld+json']";
const PRODUCT = /(^|[/:])Product(Group)?$/;
/** Characters: what is longer is no name, and must not make the event too large to be taken. */
const TEXT = 500;
const ADDRESS = 2000;

/**
 * The properties of Product Viewed. `id` is the product the page names itself; without it, the only product there is
 * data of, or the first one of a page that says it is a product's. Null when it is not the page of a product.
 */
export function linkedProduct({ product: id, category, type }) {
  const products = linkedProducts();
  const variants = products.flatMap((data) => listed(data.hasVariant));
  const own = products.length === 1 || type ? products[0] : undefined;
  const product_id = id ?? idOf(own);
  if (!product_id) return null;
  const data = [...products, ...variants].find((each) => idOf(each) === product_id) ?? products[0] ?? {};
  const offers = listed(data.offers ?? listed(data.hasVariant)[0]?.offers).flatMap((offer) => [offer, ...listed(offer.offers)]);
  const priced = offers.flatMap((offer) => [offer, ...listed(offer.priceSpecification)]).find(priceOf);
  return {
    product_id,
    name: text(data.name),
    price: priceOf(priced),
    currency: text((priced?.priceCurrency ? priced : offers[0])?.priceCurrency),
    brand: text(data.brand),
    category: category ?? text(data.category),
    image_url: address(data.image),
    availability: text(offers.find((offer) => offer.availability)?.availability),
  };
}

/** What may stand alone or in a list, and is a thing. */
function listed(value) {
  return [value].flat().filter((each) => each && typeof each === "object");
}

function idOf(data) {
  return text(data?.sku, 255) || text(data?.productID, 255) || text(data?.productGroupID, 255);
}

function priceOf(offer) {
  return Number(offer?.price || offer?.lowPrice) || undefined;
}

/** Words, however they are wrapped: alone, as the first of a list, as a thing's name or value. */
function text(value, most = TEXT) {
  const said = [value].flat()[0];
  const plain = said?.name ?? said?.["@value"] ?? said;
  return /string|number/.test(typeof plain) ? String(plain).trim().slice(0, most) || undefined : undefined;
}

/** The address of the first picture, as seen from the page; pictures that are written out are none. */
function address(value) {
  const said = [value].flat()[0];
  const found = said?.url ?? said?.contentUrl ?? said?.["@id"] ?? said;
  if (typeof found !== "string" || !found || found.length > ADDRESS) return;
  try {
    const { href, protocol } = new URL(found, document.baseURI);
    if (/^https?:$/.test(protocol)) return href;
  } catch {}
}

/** The schema.org Products (or groups of variants) in the page's JSON-LD; broken JSON-LD is passed over. */
function linkedProducts() {
  const products = [];
  for (const script of document.querySelectorAll(SCRIPTS)) {
    try {
      const things = listed(JSON.parse(script.textContent)).flatMap((thing) => listed(thing["@graph"] ?? thing));
      for (const thing of things.flatMap((thing) => [thing, ...listed(thing.mainEntity)])) {
        if ([thing["@type"]].flat().some((type) => PRODUCT.test(type))) products.push(thing);
      }
    } catch {}
  }
  return products;
}
