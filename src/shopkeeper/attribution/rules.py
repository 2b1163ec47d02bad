"""What may earn credit, and which touch of several does. Pure.

Source: PRODUCT.md sections 4.2 (order credit) and 4.3 (product credit). Everything is ordered by (at, event id).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from shopkeeper.model.time import DAY, HOUR

Key = tuple[int, bytes]
Same = Callable[[str], str]
"""Maps a product to the id that stands for it and all its variants."""


class Interaction(msgspec.Struct, frozen=True):
    """One act of a person with a communication, or a cart movement (acts `added` and `removed`)."""

    at: int
    event_id: bytes
    act: str
    """shown, clicked, hovered, discarded, added, removed."""
    person: str
    device: str
    session: int
    """Start of the session it belongs to."""
    communication: str = ""
    element: str = ""
    product: str = ""
    """The product clicked in a recommender, or moved in or out of the cart."""
    zone: str = ""
    version: int | None = None
    device_class: str = ""
    """desktop, mobile or tablet; empty where the sender did not say."""

    @property
    def order(self) -> Key:
        return (self.at, self.event_id)


class Touch(msgspec.Struct, frozen=True):
    """An interaction with what its definition adds: kind, campaign, and the products a click counts for."""

    at: int
    event_id: bytes
    act: str
    communication: str
    campaign: str
    kind: str
    element: str
    zone: str
    products: frozenset[str] = frozenset()

    @property
    def order(self) -> Key:
        return (self.at, self.event_id)


class Defined(NamedTuple):
    """What the version served says of an interaction's communication and element."""

    campaign: str
    kind: str
    products: frozenset[str]
    """Those the element counts for."""
    recommends: bool
    """It shows recommended products."""


class Sale(NamedTuple):
    """An order as attribution sees it: its place in time and its products with their net values."""

    order_id: str
    at: int
    event_id: bytes
    net: int
    lines: tuple[tuple[int, str, int], ...]
    """(line number, product standing for its variants, net value)"""

    @property
    def order(self) -> Key:
        return (self.at, self.event_id)


class CartMove(NamedTuple):
    """A product put into the cart or taken out of it."""

    at: int
    event_id: bytes
    product: str
    added: bool


class Rules(msgspec.Struct, frozen=True):
    """The choices of a shop, in microseconds."""

    order_lookback: int = 24 * HOUR
    product_lookback: int = 7 * DAY
    credit_products_in_cart: bool = False

    @property
    def reach(self) -> int:
        """How far an interaction can reach forward to an order."""
        return max(self.order_lookback, self.product_lookback)


def may_earn(act: str, kind: str) -> bool:
    """Whether an interaction is a touch: a click for every kind; a hover for notifications; a discard never."""
    return act == "clicked" or (act == "hovered" and kind == "notification")


def order_winner(sale: Sale, touches: Sequence[Touch], lookback: int) -> Touch | None:
    """The last touch before the order, at most `lookback` old (both ends inclusive). `touches` ascending."""
    winner = None
    for touch in touches:
        if touch.order >= sale.order:
            break
        if touch.at >= sale.at - lookback:
            winner = touch
    return winner


def product_winners(
    sales: Sequence[Sale], clicks: Sequence[Touch], moves: Sequence[CartMove], emptied: Sequence[Key], rules: Rules
) -> dict[tuple[str, int], Touch]:
    """(order id, line number) -> the click that earns it. All arguments ascending, of one person; `emptied` are the
    moments of all orders up to the last sale, also of those too old to be among the sales.

    A click on a product earns the lines of that product in the first later order holding it, within the lookback;
    among the clicks that may earn it the last wins; a click on what lies in the cart at that moment does not count.
    """
    winners: dict[tuple[str, int], Touch] = {}
    bought = {product for sale in sales for _, product, _ in sale.lines}
    by_product: dict[str, list[Touch]] = {}
    for click in clicks:
        # A coupon may count for thousands of products, of which a person buys few.
        for product in click.products & bought:
            by_product.setdefault(product, []).append(click)
    if not by_product:
        return winners
    previous: dict[str, Key] = {}
    for sale in sales:
        for product in {product for _, product, _ in sale.lines}:
            if product in by_product:
                after = previous.get(product, (-1, b""))
                earning = [
                    c
                    for c in by_product[product]
                    if after < c.order < sale.order
                    and c.at >= sale.at - rules.product_lookback
                    and (rules.credit_products_in_cart or not in_cart(product, c.order, moves, emptied))
                ]
                if earning:
                    for number, own, _ in sale.lines:
                        if own == product:
                            winners[sale.order_id, number] = earning[-1]
            previous[product] = sale.order
    return winners


def in_cart(product: str, at: Key, moves: Sequence[CartMove], orders: Sequence[Key]) -> bool:
    """Whether the product lay in the cart just before `at`: added, not removed, and no order since."""
    last = None
    for move in moves:
        if (move.at, move.event_id) >= at:
            break
        if move.product == product:
            last = move
    if last is None or not last.added:
        return False
    return not any((last.at, last.event_id) < order < at for order in orders)


def touches_of(interactions: Iterable[Interaction], definitions: Mapping[bytes, Defined], same: Same) -> list[Touch]:
    """The interactions that are touches, with what their definitions add.

    A click counts for the products of its element, and in a recommender for the product clicked.
    """
    touches = []
    for i in interactions:
        defined = definitions.get(i.event_id)
        if defined is None or not may_earn(i.act, defined.kind):
            continue
        campaign, kind, products, recommends = defined
        if i.act != "clicked":
            products = frozenset()
        elif i.product and recommends:
            products = products | {same(i.product)}
        touches.append(Touch(i.at, i.event_id, i.act, i.communication, campaign, kind, i.element, i.zone, products))
    return sorted(touches, key=lambda t: t.order)
