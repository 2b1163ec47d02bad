"""From a candidate to what a visitor sees of it: the answer's JSON, prepared where it is the same for everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from shopkeeper.campaigns import Placed, Plan
from shopkeeper.campaigns.rules import Page
from shopkeeper.conditions import cart_worth
from shopkeeper.content import Absent, Drawn, Scene, Words, draw, label_of
from shopkeeper.decisions.rules import Candidate, Offered, Visitor
from shopkeeper.model.content import Content
from shopkeeper.model.definitions import Communication, Product
from shopkeeper.model.events import version_text
from shopkeeper.model.money import decimal_text, minor_units
from shopkeeper.recommenders import Pick, Shelves
from shopkeeper.timelines import Timeline
from shopkeeper.visitors.profile import name_of

_encode = msgspec.json.Encoder().encode
Shown = tuple[msgspec.Raw, msgspec.Raw]
"""A zone's part of the answer, twice: with its content as fields, and as markup."""


class Easel(NamedTuple):
    """What the shop brings to every picture."""

    words: Words
    shop: Mapping[str, str]
    plan: Plan
    cards: dict[str, str]
    """Cards of products, as they are drawn."""

    @classmethod
    def of(cls, plan: Plan) -> Easel:
        """That of the definitions in force."""
        shop = plan.shop
        said = {"name": shop.name, "currency": shop.currency, "language": shop.language}
        return cls(Words(shop.language, plan.file.strings), said, plan, {})

    def over(self, communication: Communication) -> str:
        """The kind of its zone where that lies over the page, else nothing."""
        zone = self.plan.zones.get(communication.zone)
        return zone.kind if zone and zone.kind != "block" else ""

    def scene(self, at: int) -> Scene:
        """The scene of a moment, with nobody looking."""
        return Scene(self.words, self.plan.shop.currency, self.plan.zone, at, cards=self.cards)


def still(placed: Placed, easel: Easel) -> Shown | None:
    """The answer for a communication that looks alike to everybody; None when nothing of it can be shown."""
    try:
        over = easel.over(placed.communication)
        return wires(placed, draw(placed.communication, easel.scene(0), over=bool(over)), (), over)
    except Absent:
        return None


def wires(placed: Placed, drawn: Drawn, picks: Sequence[Pick], over: str = "") -> Shown:
    """What the browser may know of a communication: content and targets, never effects or rules.

    `over` is the kind of box that holds it where it lies over the page: a quiz may be asked in a pop-up.
    """
    c = drawn.said
    version = version_text(placed.version, placed.variant)
    head = {"communication": placed.id, "campaign": placed.campaign_id, "kind": c.kind, "version": version}
    tail: dict[str, Any] = {
        "elements": {name: {"href": element.href} for name, element in c.elements.items()},
        "trigger": c.trigger.told(),
        "close_after_s": c.close_after_s if c.kind == "notification" else None,
    }
    fields = {**head, "content": _fields(c), **tail}
    markup = {**head, "kind": over or c.kind, "html": drawn.html, "label": label_of(c), **tail}
    if picks:
        fields["products"] = [product_fields(pick) for pick in picks]
        markup["products"] = [{"id": pick.product.id, "strategy": pick.strategy} for pick in picks]
    return msgspec.Raw(_encode(fields)), msgspec.Raw(_encode(markup))


_PLAIN = ("heading", "text", "image", "image_alt", "button", "href")


def _fields(communication: Communication) -> dict[str, Any]:
    content: Content = communication.content
    title = communication.recommender.title if communication.recommender else ""
    rest = {
        name: getattr(content, name)
        for name in content.__struct_fields__
        if name not in (*_PLAIN, "html") and getattr(content, name)
    }
    if communication.quiz is not None:
        rest["quiz"] = {
            "questions": {
                id: {"text": q.text, "multiple": q.multiple, "answers": {name: a.text for name, a in q.answers.items()}}
                for id, q in communication.quiz.questions.items()
            }
        }
    if content.capture is not None:
        rest["capture"] = {name: getattr(content.capture, name) for name in ("button", "label", "consent", "thanks")}
    plain = {name: getattr(content, name) for name in _PLAIN}
    return {**plain, "heading": content.heading or title, "html": content.html or None, **rest}


def product_fields(pick: Pick) -> dict[str, Any]:
    """A product of a recommender as the API tells it."""
    product = pick.product
    price = product.sale_price if product.sale_price is not None else product.price
    return {
        "id": product.id,
        "name": product.name,
        "price": decimal_text(price, product.currency) if price is not None else None,
        "currency": product.currency,
        "url": product.url,
        "image": product.image,
        "reason": pick.reason,
        "strategy": pick.strategy,
    }


class Painter:
    """Draws the communications of one page for one visitor; what that needs is found out at most once."""

    def __init__(
        self, easel: Easel, shelves: Shelves, visitor: Visitor, page: Page, timeline: Callable[[], Timeline]
    ) -> None:
        self._easel = easel
        self._shelves = shelves
        self._visitor = visitor
        self._page = page
        self._timeline = timeline

    def __call__(self, candidate: Candidate, offered: Offered) -> tuple[Shown | None, str]:
        """The answer's part, or None and the reason why there is nothing to show."""
        communication = candidate.placed.communication
        scene = self._easel.scene(self._visitor.moment.at)._replace(
            values=lambda: self._values(communication, offered.picks),
            cart=lambda: self._cart,
            offers=offered.picks,
            results=offered.results,
        )
        try:
            over = self._easel.over(communication)
            return wires(candidate.placed, draw(communication, scene, over=bool(over)), offered.picks, over), ""
        except Absent as absent:
            return None, str(absent)

    @cached_property
    def _cart(self) -> int:
        """Minor units; nothing of what a visitor did is looked at where they permit no personalisation."""
        return cart_worth(self._timeline(), self._visitor.moment.at) if self._visitor.personal else 0

    def _values(self, communication: Communication, picks: Sequence[Pick]) -> Mapping[str, Any]:
        progress = communication.content.progress
        goal = minor_units(progress.goal, self._easel.plan.shop.currency) if progress else 0
        return {
            **self._common,
            "products": [_told(pick.product) | {"reason": pick.reason} for pick in picks],
            "cart": _Cart(self, goal),
        }

    @cached_property
    def _common(self) -> dict[str, Any]:
        page = self._page
        seen = self._shelves.products.get(page.product)
        return {
            "visitor": self._told_visitor(),
            "page": {"type": page.type, "url": page.url, "product": page.product, "category": page.category},
            "product": _told(seen) if seen else None,
            "shop": self._easel.shop,
        }

    def _told_visitor(self) -> dict[str, Any]:
        profile = self._visitor.profile
        if not self._visitor.personal:
            return {"known": False, "name": "", "orders": 0, "spent": 0, "attributes": {}, "audiences": []}
        attributes = {name: held.value for name, held in profile.attributes.items() if held.value is not None}
        named = profile.user is not None or "name" in attributes or "first_name" in attributes
        return {
            "known": profile.user is not None,
            "name": name_of(profile) if named else "",
            "orders": profile.orders,
            "spent": profile.spent,
            "attributes": attributes,
            "audiences": sorted(profile.audiences),
        }


class _Cart(Mapping[str, int]):
    """The visitor's cart in a template, looked up when one speaks of it: `value`, and what is `missing` to the goal."""

    def __init__(self, painter: Painter, goal: int) -> None:
        self._painter = painter
        self._goal = goal

    def __getitem__(self, name: str) -> int:
        if name not in ("value", "goal", "missing"):
            raise KeyError(name)
        value = self._painter._cart  # noqa: SLF001 - two halves of one thing
        return {"value": value, "goal": self._goal, "missing": max(self._goal - value, 0)}[name]

    def __iter__(self) -> Iterator[str]:
        return iter(("value", "goal", "missing"))

    def __len__(self) -> int:
        return 3


def _told(product: Product) -> dict[str, Any]:
    """A product in a template: amounts in minor units, `price` is what it costs now."""
    now = product.price if product.sale_price is None else product.sale_price
    return {
        **product.extra,
        "id": product.id,
        "name": product.name,
        "url": product.url,
        "image": product.image,
        "price": now,
        "regular_price": product.price,
        "category": product.category,
        "brand": product.brand,
        "in_stock": product.in_stock,
    }
