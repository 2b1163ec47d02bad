"""Small random shops: a handful of devices, users, products and orders, and everything that can be said about them.

Times come from a short list, so that ties, session gaps and lookbacks are hit often. Every event may arrive in several
copies that differ in what a sender or a request may vary: the corrected time, the key, the flags, consent.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from hypothesis import strategies as st

from shopkeeper.campaigns import parse_file
from shopkeeper.events import Sender, decode_event, read_event, sign
from shopkeeper.model.definitions import Product
from shopkeeper.model.events import WITHHELD, Event, Flag
from shopkeeper.model.time import DAY, HOUR, MINUTE, format_time, parse_time

START = parse_time("2026-03-01T09:00:00Z")
SECRET = "sk_of_the_test"
SHOP = parse_file("""
shop: {name: Tiny, currency: EUR, time_zone: Europe/Amsterdam}
zones:
  hero: {kind: block}
  overlay: {kind: popup}
  corner: {kind: notification}
campaigns:
  tea:
    name: Tea
    status: published
    communications:
      hero-tea:
        kind: block
        zone: hero
        content: {heading: Tea}
        elements:
          button: {href: /tea, join: tea-lovers, set: {favourite: tea}, products: [tea]}
          plain: {href: /}
        variants:
          control: {}
          loud: {content: {heading: TEA}, elements: {button: {join: loud-lovers, products: [cup]}}}
      pop-tea:
        kind: popup
        zone: overlay
        content: {heading: More tea}
        elements: {button: {set: {favourite: popped}}}
  cups:
    name: Cups
    status: published
    communications:
      note-cup:
        kind: notification
        zone: corner
        content: {heading: Cup}
        elements: {button: {join: cup-lovers, products: [cup]}}
""")
PRODUCTS = [
    Product("tea", "Tea", price=1000, currency="EUR", category="Drinks > Tea", tags=("gift",), stock=7),
    Product("tea-green", "Green tea", price=1100, currency="EUR", variant_of="tea"),
    Product("cup", "Cup", price=500, currency="EUR", extra={"colour": "Blue"}, stock=3),
]

_TICKS = (0, 10 * MINUTE, 30 * MINUTE - 1, 30 * MINUTE, HOUR, 3 * HOUR, DAY - 1, DAY, DAY + 1, 2 * DAY)
_FAR = (0, 7 * DAY - 1, 7 * DAY, 7 * DAY + 1, 9 * DAY, 21 * DAY)
moments = st.builds(lambda far, near: START + far + near, st.sampled_from(_FAR), st.sampled_from(_TICKS))
devices = st.sampled_from(["d1", "d2", "d3"])
users = st.sampled_from(["ann", "bob"])
products = st.sampled_from(["tea", "tea-green", "cup"])
communications = st.sampled_from(["hero-tea", "pop-tea", "note-cup"])


class Call(NamedTuple):
    """One call as its sender wrote it, and when it happened by the sender's clock."""

    body: dict[str, Any]
    at: int


class Copy(NamedTuple):
    """How one copy of a call arrives: how much later its corrected time is, with which key and flags."""

    late: int
    server: bool
    flags: int
    consent: bool | None


def _track(name: str, **properties: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    said = st.fixed_dictionaries(properties)
    return said.map(lambda p: {"type": "track", "event": name, "properties": {k: v for k, v in p.items() if v != ""}})


_line = st.fixed_dictionaries(
    {"product_id": products, "price": st.sampled_from([10, 5.5, 0.01]), "quantity": st.sampled_from([1, 2])}
)
_order = st.sampled_from(["o1", "o2", "o3"])
_versions = st.sampled_from(["", "", 1, "1/loud", "1/control", "1/none"])
_acts = st.sampled_from(["Shown", "Clicked", "Clicked", "Hovered", "Discarded", "Withheld", "Delivered"]).flatmap(
    lambda act: _track(
        f"Communication {act}",
        communication_id=communications,
        version=_versions,
        element_id=st.sampled_from(["", "button", "button", "plain"]),
        product_id=st.sampled_from(["", "", "tea-green", "cup"]),
    )
)
_promotions = _track(
    "Promotion Clicked", promotion_id=st.sampled_from(["hero-tea", "elsewhere"]), element_id=st.just("button")
)
_cart = st.sampled_from(["Product Added", "Product Added", "Product Removed"]).flatmap(
    lambda name: _track(name, product_id=products)
)
_orders = st.one_of(
    *(
        _track(
            name,
            order_id=_order,
            products=st.lists(_line, min_size=1, max_size=3),
            total=st.sampled_from(["", 20]),
            discount=st.sampled_from(["", 3]),
            currency=st.sampled_from(["", "", "EUR", "USD", "JPY"]),
        )
        for name in ("Order Completed", "Order Completed", "Order Completed", "Order Updated")
    ),
    _track(
        "Order Refunded",
        order_id=_order,
        refund=st.sampled_from(["", 2.5, 100]),
        products=st.lists(
            st.fixed_dictionaries({"product_id": products, "quantity": st.sampled_from([1, 2])}), max_size=1
        ),
    ),
    _track("Order Cancelled", order_id=_order),
)
_identify = st.fixed_dictionaries(
    {
        "type": st.just("identify"),
        "traits": st.dictionaries(st.sampled_from(["email", "size"]), st.sampled_from(["x", "y", None, 7]), max_size=2),
    }
)
_pages = st.just({"type": "page"})
_alias = st.builds(lambda user, device: {"type": "alias", "userId": user, "previousId": device}, users, devices | users)
_spoken = st.one_of(_pages, _acts, _acts, _promotions, _cart, _orders, _orders, _identify, _identify)
_named = st.builds(
    lambda body, who: body | who,
    _spoken,
    st.one_of(
        devices.map(lambda d: {"anonymousId": d}),
        devices.map(lambda d: {"anonymousId": d}),
        st.builds(lambda d, u: {"anonymousId": d, "userId": u}, devices, users),
        users.map(lambda u: {"userId": u}),
    ),
)


def _calls(bodies: st.SearchStrategy[dict[str, Any]], at: st.SearchStrategy[int] = moments) -> st.SearchStrategy[Call]:
    return st.builds(
        lambda body, signed, at: Call(_with_signature(body) if signed else body, at), bodies, st.booleans(), at
    )


anything = _calls(st.one_of(_named, _named, _named, _alias))
strangers = _calls(
    st.one_of(
        st.builds(
            lambda body, device, user: body | {"anonymousId": device} | ({"userId": user} if user else {}),
            st.one_of(_pages, _acts, _identify, _identify, _orders),
            st.sampled_from(["d1", "d2"]),
            st.sampled_from(["ann", "bob", None]),
        ),
        _alias,
    )
)
"""Who is who: two devices that two people share and claim."""
_tea_click = _track("Communication Clicked", communication_id=st.just("hero-tea"), element_id=st.just("button"))
_tea_moves = st.sampled_from(["Product Added", "Product Added", "Product Removed"]).flatmap(
    lambda name: _track(name, product_id=st.just("tea"))
)
_tea_orders = st.builds(
    lambda number, product: {
        "type": "track",
        "event": "Order Completed",
        "properties": {"order_id": f"o{number}", "products": [{"product_id": product, "price": 10}]},
    },
    st.integers(1, 6),
    st.sampled_from(["tea", "tea", "cup"]),
)
buyer = _calls(
    st.one_of(_tea_click, _tea_moves, _tea_orders, _tea_orders, _orders).map(lambda body: body | {"anonymousId": "d1"}),
    st.sampled_from([START + days * DAY + hours * HOUR for days, hours in ((0, 0), (9, 0), (18, 0), (18, 1), (18, 2))]),
)
"""One person's clicks on tea, tea in the cart and out of it, and orders, further apart than any lookback reaches."""
_touches = st.sampled_from(["Clicked", "Clicked", "Clicked", "Hovered"]).flatmap(
    lambda act: _track(
        f"Communication {act}",
        communication_id=communications,
        version=_versions,
        element_id=st.sampled_from(["button", "button", "plain"]),
    )
)
_sold = st.builds(
    lambda number, bought, more: {
        "type": "track",
        "event": "Order Completed",
        "properties": {"order_id": f"o{number}", "products": [{"product_id": p, "price": 10} for p in bought], **more},
    },
    st.integers(1, 5),
    st.lists(products, min_size=1, max_size=3),
    st.sampled_from([{}, {}, {"total": 17.01}, {"currency": "USD"}]),
)
shoppers = _calls(
    st.builds(
        lambda body, who: body | who,
        st.one_of(_touches, _touches, _touches, _cart, _sold, _sold, _sold, _orders),
        st.sampled_from([{"anonymousId": "d1"}, {"anonymousId": "d1"}, {"anonymousId": "d2"}, {"userId": "ann"}]),
    ),
    st.builds(lambda far, near: START + far + near, st.sampled_from(_FAR[:3]), st.sampled_from(_TICKS[:8])),
)
"""Clicks, carts and orders close together: most orders have touches to choose from."""
copies = st.one_of(
    st.builds(Copy, late=st.just(0), server=st.booleans(), flags=st.just(0), consent=st.none()),
    st.builds(
        Copy,
        late=st.sampled_from([0, 0, 0, 1, 40 * MINUTE]),
        server=st.sampled_from([False, True, True]),
        flags=st.sampled_from([0, 0, 0, int(Flag.BOT)]),
        consent=st.sampled_from([None, None, True, False]),
    ),
)


def _with_signature(body: dict[str, Any]) -> dict[str, Any]:
    if "userId" not in body:
        return body
    return body | {"context": {"signature": sign(body["userId"], SECRET).decode()}}


@st.composite
def worlds(draw: st.DrawFn, most: int = 14) -> list[Event]:
    """Every copy of every event of a little shop, in the order of the calls."""
    calls = draw(st.sampled_from([anything, strangers, buyer, shoppers]))
    said = draw(st.lists(st.tuples(calls, st.lists(copies, min_size=1, max_size=2)), min_size=2, max_size=most))
    return _arrived(said)


@st.composite
def busy_worlds(draw: st.DrawFn) -> list[Event]:
    """Every event of a little shop once or twice, in which there is much to attribute."""
    plain = st.builds(Copy, late=st.just(0), server=st.just(True), flags=st.just(0), consent=st.none())
    said = draw(st.lists(st.tuples(shoppers, st.lists(plain, min_size=1, max_size=1)), min_size=8, max_size=24))
    return _arrived(said)


def _arrived(said: list[tuple[Call, list[Copy]]]) -> list[Event]:
    arrived: list[Event] = []
    for number, (call, variations) in enumerate(said):
        arrived.extend(arrive(call, f"m{number}", copy) for copy in variations)
    return arrived


def arrive(call: Call, message_id: str, copy: Copy) -> Event:
    """The event that intake makes of one copy of a call."""
    body = call.body | {"messageId": message_id, "timestamp": format_time(call.at)}
    if copy.consent is not None:
        body["context"] = body.get("context", {}) | {"consent": {"measurement": copy.consent}}
    wire = decode_event(json.dumps(body).encode())
    received = call.at + MINUTE + copy.late
    server = copy.server or body.get("event") == WITHHELD  # which nobody else may say
    sender = Sender(server, received, format_time(call.at + MINUTE), copy.flags, {}, SECRET)
    return read_event(wire, sender, message_id)
