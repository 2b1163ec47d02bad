"""One visit, as a plan without clock or I/O: a generator of steps that is sent the answers to its questions."""

from __future__ import annotations

import random
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from shopkeeper.model.content import Element
from shopkeeper.model.definitions import ShopFile
from shopkeeper.simulator.catalogue import MOUNT, Catalogue, Item
from shopkeeper.simulator.crowd.people import Device, Person
from shopkeeper.simulator.crowd.steps import Answer, Ask, Page, Step, Tell, Wait
from shopkeeper.simulator.crowd.truth import EFFECTS, UNKNOWN, cause_of, odds_after
from shopkeeper.simulator.storefront.basket import Cart, line_properties, order_properties

Answers = dict[str, Answer]
Steps = Generator[Step, Answers, None]
_GOAL_ODDS = 0.85
_SOURCES: tuple[tuple[str, dict[str, str]], ...] = (
    ("", {}),
    ("https://www.google.com/", {}),
    ("https://www.instagram.com/", {"source": "instagram", "medium": "social", "name": "autumn-shelf"}),
    ("", {"source": "newsletter", "medium": "email", "name": "letter-11"}),
)


@dataclass(slots=True)
class World:
    """What every visit needs to know."""

    catalogue: Catalogue
    file: ShopFile
    origin: str
    """Scheme and host of the shop, for page addresses."""


@dataclass(slots=True)
class Visit:
    """Somebody's visit. After its steps have run out, the last fields say what came of it.

    `met` holds the communications shown, True once clicked; the caller may read it between steps.
    """

    world: World
    person: Person
    device: Device
    rng: random.Random
    order_id: str
    goal: str = ""
    """A product they come for."""
    met: dict[str, bool] = field(default_factory=dict)
    viewed: list[Item] = field(default_factory=list)
    wishes: list[Item] = field(default_factory=list)
    logged_in: bool = False
    bought: Cart | None = None
    cause: str = ""
    """The communication without which there would have been no order; empty when there would."""
    _source: tuple[str, dict[str, str]] = ("", {})
    _at: str = ""
    """The page they are on: nobody opens it again while there."""

    def steps(self) -> Steps:
        """Everything that happens, in order."""
        self.person.visits += 1
        self._source = self.rng.choices(_SOURCES, (0.4, 0.35, 0.15, 0.1))[0]
        if self.person.bot:
            yield from self._crawl()
            return
        luck = self.rng.random()
        if self.person.registered and self.rng.random() < 0.6:
            yield from self._log_in()
        yield from self._browse()
        odds = _GOAL_ODDS if self.goal else self.person.odds
        if luck < odds_after(odds, self.met):
            cause = cause_of(self.met) if luck >= odds else ""
            yield from self._buy()
            self.cause = cause
        elif self.viewed and self.rng.random() < 0.12:
            yield from self._add(self.viewed[-1])
            yield from self._page(_CART)

    def _browse(self) -> Steps:
        if self.goal:
            yield from self._product(self.world.catalogue.items[self.goal])
            return
        if self.rng.random() < 0.6:
            yield from self._page(_HOME)
        for _ in range(1 + min(4, int(self.rng.expovariate(0.9)))):
            shelf = self._pick_shelf()
            if self.rng.random() < 0.7:
                yield from self._page(_category_page(self.world, shelf))
            if self.rng.random() < 0.75:
                yield from self._product(self._pick(shelf))

    def _crawl(self) -> Steps:
        for item in self.rng.sample(list(self.world.catalogue.items.values()), 8):
            yield self._tell_page(_product_page(item))
            yield Wait(1)

    def _product(self, item: Item) -> Steps:
        self.viewed.append(item)
        yield from self._page(_product_page(item), item)

    def _page(self, page: Page, item: Item | None = None) -> Steps:
        """Load a page, see what its zones show, and perhaps follow one of them."""
        if page.path != self._at:
            yield self._tell_page(page)
        if item:
            yield self._track("Product Viewed", line_properties(item))
        answers = yield Ask(page)
        yield Wait(self.rng.uniform(1, 4))
        followed: Item | None = None
        for answer in answers.values():
            followed = (yield from self._react(answer)) or followed
        yield Wait(self.rng.expovariate(1 / 18))
        if followed:
            self.wishes.append(followed)
            if page.type != "cart" and (there := _product_page(followed)).path != self._at:
                self.viewed.append(followed)
                yield self._tell_page(there)
                yield self._track("Product Viewed", line_properties(followed))
                yield Wait(self.rng.expovariate(1 / 20))

    def _react(self, answer: Answer) -> Generator[Step, Answers, Item | None]:
        """What they do with something that is shown; the product it leads them to, if any."""
        effect = EFFECTS.get(answer.communication, UNKNOWN)
        if self.rng.random() >= effect.seen:
            return None
        self.met.setdefault(answer.communication, False)
        yield self._act("Shown", answer)
        if answer.kind in ("popup", "notification") and self.rng.random() < effect.hover:
            yield Wait(self.rng.uniform(0.5, 2))
            yield self._act("Hovered", answer)
        if self.rng.random() < effect.click:
            yield Wait(self.rng.uniform(0.5, 3))
            return (yield from self._click(answer))
        if self.rng.random() < effect.discard:
            yield Wait(self.rng.uniform(0.5, 2))
            yield self._act("Discarded", answer)
        return None

    def _click(self, answer: Answer) -> Generator[Step, Answers, Item | None]:
        items = self.world.catalogue.items
        self.met[answer.communication] = True
        if answer.products:
            product, _ = self.rng.choice(answer.products)
            yield self._act("Clicked", answer, element_id="product", product_id=product)
            return items.get(product)
        parts = _parts(self.world.file, answer.communication)
        id = self.rng.choice(list(parts) or ["button"])
        yield self._act("Clicked", answer, element_id=id)
        part = parts.get(id, Element())
        if part.join:
            self.person.audiences.add(part.join)
        return items[self.rng.choice(part.products)] if part.products else None

    def _buy(self) -> Steps:
        cart = Cart()
        for item in self._choose():
            if item not in self.viewed:
                yield from self._product(item)
            quantity = 1 if item.cents > 3000 else self.rng.choices((1, 2, 3), (0.7, 0.22, 0.08))[0]
            yield from self._add(item, quantity)
            cart = cart.with_quantity(item, quantity)
        yield from self._page(_CART)
        if self.wishes and self.wishes[-1].id not in {line.item.id for line in cart.lines} and self.rng.random() < 0.3:
            yield from self._add(self.wishes[-1])
            cart = cart.with_quantity(self.wishes[-1], 1)
        yield self._tell_page(_CHECKOUT)
        order = order_properties(self.order_id, cart)
        yield self._track("Checkout Started", order)
        yield Wait(self.rng.uniform(25, 90))
        if not self.person.guest:
            yield from self._log_in()
        yield Tell(self._with_ids({"type": "track", "event": "Order Completed", "properties": order}), server=True)
        self.bought = cart
        self.person.orders += 1
        yield Wait(1)
        yield self._tell_page(_THANKS)

    def _choose(self) -> list[Item]:
        """What goes into the cart: what they came for or were led to, else what they looked at, and perhaps one more."""
        if self.goal:
            chosen = [self.world.catalogue.items[self.goal]]
        elif self.wishes:
            chosen = [self.wishes[0]]
        else:
            chosen = [self.rng.choice(self.viewed or [self._pick(self._pick_shelf())])]
        while self.rng.random() < 0.35 and len(chosen) < 5:
            chosen.append(self._pick(self._pick_shelf()))
        return list({item.id: item for item in chosen}.values())

    def _add(self, item: Item, quantity: int = 1) -> Steps:
        yield self._track("Product Added", line_properties(item, quantity))
        yield Wait(self.rng.uniform(2, 8))

    def _log_in(self) -> Steps:
        if self.logged_in:
            return
        self.logged_in = self.person.registered = True
        yield Tell(self._with_ids({"type": "identify", "traits": self.person.traits}))

    def _pick_shelf(self) -> str:
        tastes = self.person.tastes
        return self.rng.choices(list(tastes), list(tastes.values()))[0]

    def _pick(self, shelf: str) -> Item:
        items = [item for item in self.world.catalogue.of(shelf) if item.product.in_stock]
        return self.rng.choices(items, [item.popularity for item in items])[0]

    def _with_ids(self, event: dict[str, Any]) -> dict[str, Any]:
        event["anonymousId"] = self.device.anonymous_id
        if self.logged_in:
            event["userId"] = self.person.user_id
        return event

    def _track(self, name: str, properties: dict[str, Any]) -> Tell:
        return Tell(self._with_ids({"type": "track", "event": name, "properties": properties}))

    def _act(self, act: str, answer: Answer, **more: str) -> Tell:
        properties: dict[str, Any] = {"communication_id": answer.communication, "zone": answer.zone, **more}
        products = [list(pair) for pair in answer.products]  # as the tag says them
        known = {"version": answer.version, "decision_id": answer.decision_id or None, "products": products or None}
        properties |= {name: value for name, value in known.items() if value is not None}
        return self._track(f"Communication {act}", properties)

    def _tell_page(self, page: Page) -> Tell:
        self._at = page.path
        about = {"url": self.world.origin + page.path, "path": page.path, "title": page.title}
        event: dict[str, Any] = {"type": "page", "name": page.title, "properties": about}
        event["context"] = {"page": dict(about)}
        referrer, campaign = self._source
        if referrer:
            event["context"]["page"]["referrer"] = referrer
        if campaign:
            event["context"]["campaign"] = campaign
        self._source = ("", {})
        return Tell(self._with_ids(event))


_HOME_ZONES = ("home-hero", "home-quiz", "home-recommend", "home-pictures", "home-promise", "letter")
_HOME = Page("home", f"{MOUNT}/", "Fern & Fable", _HOME_ZONES)
_CART = Page("cart", f"{MOUNT}/cart", "Cart", ("cart-progress", "cart-recommend"))
_CHECKOUT = Page("checkout", f"{MOUNT}/checkout", "Check out")
_THANKS = Page("confirmation", f"{MOUNT}/thanks", "Thank you")


def _category_page(world: World, shelf: str) -> Page:
    title = next(one.title for one in world.catalogue.ranges if one.slug == shelf)
    return Page("category", f"{MOUNT}/c/{shelf}", title, ("category-banner", "letter"), category=shelf)


def _product_page(item: Item) -> Page:
    product = item.product
    zones = ("product-offer", "product-recommend")
    return Page("product", product.url, product.name, zones, category=product.category, product=product.id)


def _parts(file: ShopFile, communication: str) -> dict[str, Element]:
    """What can be clicked of a communication as shop.yaml defines it: elements, else the answers of a quiz's first
    question. Nothing for communications made elsewhere, and none that asks for an address: the crowd has none to give.
    """
    for campaign in file.campaigns.values():
        if said := campaign.communications.get(communication):
            if said.quiz is None:
                return dict(said.elements)
            id, asked = next(iter(said.quiz.questions.items()))
            return {f"{id}.{name}": Element(join=answer.join, set=answer.set) for name, answer in asked.answers.items()}
    return {}
