"""The storefront as a Starlette application, to be mounted at `/shop`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qsl

from itsdangerous import BadSignature, URLSafeSerializer
from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from shopkeeper.model.time import from_datetime
from shopkeeper.simulator.catalogue import CURRENCY, DEFAULT_SEED, MOUNT, Item, catalogue
from shopkeeper.simulator.storefront.basket import Cart, line_properties, order_properties, read_cart
from shopkeeper.simulator.storefront.personas import PERSONAS, cart_of, past, persona, traits_of, user_of
from shopkeeper.simulator.storefront.pictures import SIZE, picture, still_life
from shopkeeper.simulator.storefront.server import message_id, send_events, sign

SHOP_NAME = "Fern & Fable"
_HERE = Path(__file__).parent
_CART, _CUSTOMER, _PERSONA = "shop_cart", "shop_customer", "shop_persona"
_CACHED = {"Cache-Control": "public, max-age=3600"}
_ORDERS_SHOWN = 1000
_ANONYMOUS = re.compile(r"^[\w-]{8,64}$")


def storefront(write_key: str, secret_key: str, base_url: str, *, seed: int = DEFAULT_SEED) -> Starlette:
    """The shop's pages. `base_url` is where its server finds shopkeeper's API, without a path."""
    return _Storefront(write_key, secret_key, base_url, seed).app()


class _Storefront:
    """Pages and forms. What a visitor has is in cookies; orders are kept in memory for their confirmation pages."""

    def __init__(self, write_key: str, secret_key: str, base_url: str, seed: int) -> None:
        self.secret_key, self.base_url = secret_key, base_url
        self.catalogue = catalogue(seed)
        self.orders: dict[str, Cart] = {}
        self.signer = URLSafeSerializer(secret_key, salt="customer")
        self.pages = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=select_autoescape(),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.pages.filters["euros"] = euros
        self.pages.globals.update(
            shop=SHOP_NAME,
            mount=MOUNT,
            write_key=write_key,
            ranges=self.catalogue.ranges,
            personas=PERSONAS,
            currency=CURRENCY,
            version=token_hex(4),
        )

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self.home),
                Route("/c/{slug}", self.category),
                Route("/p/{id}", self.product),
                Route("/cart", self.cart),
                Route("/cart/lines", self.change_cart, methods=["POST"]),
                Route("/checkout", self.checkout, methods=["GET", "POST"]),
                Route("/thanks/{order}", self.thanks),
                Route("/login", self.login, methods=["GET", "POST"]),
                Route("/logout", self.logout, methods=["POST"]),
                Route("/be/{persona}", self.be, methods=["POST"]),
                Route("/assets/p/{id}.svg", self.product_picture),
                Route("/assets/scene/{name}.svg", self.scene),
                Route("/assets/{file}", asset),
            ],
            exception_handlers={404: self.not_found},
        )

    def page(self, request: Request, template: str, kind: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A page with what the bar shows: cart, customer and persona."""
        customer = self.customer(request)
        body = self.pages.get_template(template).render(
            kind=kind,
            cart=self.cart_in(request),
            customer=customer,
            signature=sign(self.secret_key, customer["id"]) if customer else "",
            persona=request.cookies.get(_PERSONA, ""),
            **values,
        )
        return HTMLResponse(body, status, headers={"Cache-Control": "no-store"})

    async def home(self, request: Request) -> Response:
        popular = sorted(self.catalogue.items.values(), key=lambda item: -item.popularity)[:8]
        newest = sorted(self.catalogue.items.values(), key=lambda item: -item.product.created_at)[:8]
        return self.page(request, "home.html", "home", popular=popular, newest=newest)

    async def category(self, request: Request) -> Response:
        slug = request.path_params["slug"]
        shelf = next((shelf for shelf in self.catalogue.ranges if shelf.slug == slug), None)
        if shelf is None:
            raise HTTPException(404)
        orders = {
            "popular": lambda i: -i.popularity,
            "price": lambda i: i.cents,
            "new": lambda i: -i.product.created_at,
        }
        chosen = request.query_params.get("sort", "popular")
        items = sorted(self.catalogue.of(slug), key=orders.get(chosen, orders["popular"]))
        return self.page(request, "category.html", "category", shelf=shelf, items=items, sort=chosen, category=slug)

    async def product(self, request: Request) -> Response:
        item = self.item(request.path_params["id"])
        shelf = next(shelf for shelf in self.catalogue.ranges if shelf.slug == item.product.category)
        beside = [other for other in self.catalogue.of(shelf.slug) if other.id != item.id][:4]
        return self.page(
            request,
            "product.html",
            "product",
            item=item,
            shelf=shelf,
            beside=beside,
            category=shelf.slug,
            product_id=item.id,
            properties=line_properties(item),
        )

    async def cart(self, request: Request) -> Response:
        return self.page(request, "cart.html", "cart")

    async def checkout(self, request: Request) -> Response:
        cart = self.cart_in(request)
        if not cart.lines:
            return RedirectResponse(f"{MOUNT}/cart", 303)
        if request.method == "GET":
            return self.page(request, "checkout.html", "checkout", properties=order_properties("", cart))
        order_id = f"FF-{token_hex(4).upper()}"
        self.orders[order_id] = cart
        if len(self.orders) > _ORDERS_SHOWN:
            del self.orders[next(iter(self.orders))]
        await send_events(self.base_url, self.secret_key, [self.order_event(request, order_id, cart)])
        answer = RedirectResponse(f"{MOUNT}/thanks/{order_id}", 303)
        answer.delete_cookie(_CART, path=MOUNT)
        return answer

    async def thanks(self, request: Request) -> Response:
        order = request.path_params["order"]
        if order not in self.orders:
            raise HTTPException(404)
        return self.page(request, "thanks.html", "confirmation", order=order, bought=self.orders[order])

    async def not_found(self, request: Request, _problem: Exception) -> Response:
        return self.page(request, "not_found.html", "other", status=404)

    async def change_cart(self, request: Request) -> Response:
        """Add (`add`) or set (`set`) a quantity of a product; JSON for the page's script, a redirect for a form."""
        form = await fields(request)
        item, cart = self.item(form.get("product", "")), self.cart_in(request)
        wanted = form.get("add") or form.get("set") or "1"
        if not re.fullmatch(r"\d{1,3}", wanted):
            raise HTTPException(400, "A quantity is a whole number.")
        before = cart.quantity(item)
        cart = cart.with_quantity(item, int(wanted) if "set" in form else before + int(wanted))
        if "json" in request.headers.get("accept", ""):
            change = cart.quantity(item) - before
            answer: Response = JSONResponse(
                {"count": cart.count, "change": change, "properties": line_properties(item)}
            )
        else:
            answer = RedirectResponse(f"{MOUNT}/cart", 303)
        answer.set_cookie(_CART, cart.cookie(), path=MOUNT, samesite="lax")
        return answer

    async def login(self, request: Request) -> Response:
        if request.method == "GET":
            return self.page(request, "login.html", "login", problem="")
        email = (await fields(request)).get("email", "").strip().lower()
        if not re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,200}", email):
            return self.page(
                request,
                "login.html",
                "login",
                status=400,
                problem="Please give an e-mail address, such as ada@example.com.",
            )
        name = email.split("@")[0].replace(".", " ").title()
        answer = RedirectResponse(f"{MOUNT}/", 303)
        self.remember(answer, f"customer-{message_id('customer', email)[:8]}", traits_of(name, email))
        return answer

    async def logout(self, _request: Request) -> Response:
        answer = RedirectResponse(f"{MOUNT}/", 303)
        answer.delete_cookie(_CUSTOMER, path=MOUNT)
        answer.delete_cookie(_PERSONA, path=MOUNT)
        return answer

    async def be(self, request: Request) -> Response:
        """Become a persona: a new browser as far as shopkeeper can tell, with that person's log-in, cart and past."""
        one = persona(request.path_params["persona"])
        if one is None:
            raise HTTPException(404)
        today = datetime.now(UTC).date()
        if events := past(one, self.catalogue, today):
            await send_events(self.base_url, self.secret_key, events)
        answer = RedirectResponse(f"{MOUNT}/", 303)
        answer.delete_cookie("sk_id", path="/")
        answer.delete_cookie(_CUSTOMER, path=MOUNT)
        if user := user_of(one, today):
            self.remember(answer, user, traits_of(one.name, one.email) | one.traits)
        answer.set_cookie(_CART, cart_of(one, self.catalogue).cookie(), path=MOUNT, samesite="lax")
        answer.set_cookie(_PERSONA, one.id, path=MOUNT, samesite="lax")
        return answer

    def order_event(self, request: Request, order_id: str, cart: Cart) -> dict[str, Any]:
        """Order Completed with every id the shop's server knows: its customer, and the tag's cookie."""
        now = datetime.now(UTC)
        event: dict[str, Any] = {
            "type": "track",
            "event": "Order Completed",
            "messageId": message_id(self.secret_key, order_id, str(from_datetime(now))),
            "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "properties": order_properties(order_id, cart),
            "context": {"userAgent": request.headers.get("user-agent", "")},
        }
        if customer := self.customer(request):
            event["userId"] = customer["id"]
        if _ANONYMOUS.match(anonymous := request.cookies.get("sk_id", "")):
            event["anonymousId"] = anonymous
        if not event.keys() & {"userId", "anonymousId"}:
            event["userId"] = f"guest-{order_id}"
        return event

    def cart_in(self, request: Request) -> Cart:
        return read_cart(request.cookies.get(_CART, ""), self.catalogue)

    def remember(self, answer: Response, user: str, traits: dict[str, str]) -> None:
        value = self.signer.dumps({"id": user, "traits": traits})
        answer.set_cookie(_CUSTOMER, str(value), path=MOUNT, samesite="lax", httponly=True)

    def customer(self, request: Request) -> dict[str, Any] | None:
        """`{"id", "traits"}` of whoever is logged in."""
        try:
            known: dict[str, Any] = self.signer.loads(request.cookies.get(_CUSTOMER, ""))
        except BadSignature:
            return None
        return known

    def item(self, ident: str) -> Item:
        if ident not in self.catalogue.items:
            raise HTTPException(404)
        return self.catalogue.items[ident]

    async def product_picture(self, request: Request) -> Response:
        return svg(picture(self.item(request.path_params["id"])))

    async def scene(self, request: Request) -> Response:
        """`hero`, or three products of a category side by side."""
        name = request.path_params["name"]
        if name == "hero":
            staples = ("tidal-mug", "garden-sencha", "boston-fern")
            return svg(still_life([self.item(ident) for ident in staples], SIZE * 2, "plants"))
        items = self.catalogue.of(name)
        if not items:
            raise HTTPException(404)
        chosen = list({item.form: item for item in reversed(items)}.values())
        chosen += [item for item in items if item not in chosen]
        return svg(still_life(chosen[:3], SIZE * 3 // 2, name))


def euros(cents: int) -> str:
    """`1250` -> `€12.50`."""
    return f"€{cents // 100:,}.{cents % 100:02d}"


async def fields(request: Request) -> dict[str, str]:
    """The fields of a posted form."""
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), max_num_fields=20))


async def asset(request: Request) -> Response:
    known = {"shop.css": "text/css", "shop.js": "text/javascript"}
    file = request.path_params["file"]
    if file not in known:
        raise HTTPException(404)
    return FileResponse(_HERE / "assets" / file, media_type=known[file], headers=_CACHED)


def svg(body: str) -> Response:
    return Response(body, media_type="image/svg+xml", headers=_CACHED)
