// Events of Google Analytics 4 in Segment's e-commerce words. Pure.

/** GA4's name -> ours, and whether each item is an event of its own. */
const NAMES = {
  view_item: ["Product Viewed", true],
  view_item_list: ["Product List Viewed"],
  select_item: ["Product Clicked", true],
  search: ["Products Searched"],
  view_search_results: ["Products Searched"],
  add_to_cart: ["Product Added", true],
  remove_from_cart: ["Product Removed", true],
  add_to_wishlist: ["Product Added to Wishlist", true],
  view_cart: ["Cart Viewed"],
  begin_checkout: ["Checkout Started"],
  add_payment_info: ["Payment Info Entered"],
  purchase: ["Order Completed"],
};

/** Our events `[name, properties]` for an entry of the dataLayer; none for what is not commerce. */
export function translate(entry) {
  const [command, said, given] = entry?.[0] === "event" ? entry : ["event", entry?.event, entry];
  const found = Object.hasOwn(NAMES, said) && NAMES[said];
  if (!found || command !== "event") return [];
  const params = { ...given, ...given?.ecommerce };
  const [name, single] = found;
  const products = [params.items ?? []].flat().map((item, place) => product(item, place, params));
  if (single) return products.map((each) => [name, each]);
  const whole = {
    products: products.length ? products : undefined,
    currency: params.currency,
    value: number(params.value),
    coupon: params.coupon,
    ...LISTS[name]?.(params),
  };
  return [[name, whole]];
}

const LISTS = {
  "Product List Viewed": ({ item_list_id: list_id, item_list_name: category }) => ({ list_id, category, value: undefined }),
  "Products Searched": ({ search_term: query }) => ({ query }),
  "Order Completed": ({ transaction_id: order_id, tax, shipping }) => ({ order_id, tax: number(tax), shipping: number(shipping) }),
};

function product(item, place, { currency, item_list_id, item_list_name }) {
  return {
    product_id: item.item_id ?? item.id,
    name: item.item_name ?? item.name,
    brand: item.item_brand,
    category: item.item_category,
    variant: item.item_variant,
    price: number(item.price),
    quantity: number(item.quantity),
    currency: item.currency ?? currency,
    position: item.index ?? place,
    list_id: item.item_list_id ?? item_list_id ?? item.item_list_name ?? item_list_name,
  };
}

/** Shops write numbers as texts too. */
function number(value) {
  return value == null || value === "" || isNaN(value) ? undefined : Number(value);
}
