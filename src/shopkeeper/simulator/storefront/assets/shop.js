// The page's part of the shop: cart without reloading, personas, and telling shopkeeper what happened.

const mount = "/shop";

/** Calls a method of the tag, or leaves the call for it to find when it arrives. */
function tell(method, ...values) {
  const tag = (window.shopkeeper ??= {});
  if (typeof tag[method] === "function") tag[method](...values);
  else (tag.q ??= []).push([method, values]);
}

const customer = document.body.dataset.customer;
if (customer) {
  const { userId, traits, signature } = JSON.parse(customer);
  if (sessionStorage.getItem("shop_told") !== userId) {
    tell("identify", userId, traits, { signature });
    sessionStorage.setItem("shop_told", userId);
  }
}

/** A new person at this browser: forget who it was. The tag may have its own way to; its stored ids go as well. */
function forget() {
  window.shopkeeper?.reset?.();
  for (const store of [localStorage, sessionStorage])
    for (const name of Object.keys(store)) if (/^(sk_|shop_)/.test(name)) store.removeItem(name);
}

const persona = document.querySelector("#persona");
persona?.addEventListener("change", () => {
  if (!persona.value) return;
  forget();
  persona.form.action = persona.dataset.base + persona.value;
  persona.form.submit();
});
document.querySelector("[data-logout]")?.addEventListener("submit", forget);

function say(text) {
  const toast = document.querySelector("[data-toast]");
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (toast.hidden = true), 3500);
}

/** Sends the form of a cart line; resolves to what changed. */
async function changeCart(form) {
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`the shop answered ${answer.status}`);
  const { count, change, properties } = await answer.json();
  const event = change > 0 ? "Product Added" : "Product Removed";
  if (change) tell("track", event, { ...properties, quantity: Math.abs(change) });
  for (const badge of document.querySelectorAll("[data-cart-count]")) badge.textContent = count;
  return { change, properties };
}

document.querySelector("form[data-add]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const { change, properties } = await changeCart(event.target);
    say(change ? `${properties.name} is in your cart.` : "That is as many as we can pack.");
  } catch {
    event.target.submit();
  }
});

for (const form of document.querySelectorAll("form[data-set]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await changeCart(form);
      location.reload();
    } catch {
      form.submit();
    }
  });
  form.elements.set.addEventListener("change", () => form.requestSubmit());
}

const checkout = document.querySelector("form[data-checkout]");
if (checkout) tell("track", "Checkout Started", JSON.parse(checkout.dataset.checkout));
if (document.body.dataset.skPage === "cart") tell("track", "Cart Viewed", { url: location.href });
