"""Finding products in the open shop: questions, and the index kept up with the catalogue while the shop is served."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from itertools import islice
from time import sleep

import msgspec

from shopkeeper import catalogue
from shopkeeper.catalogue import current_version
from shopkeeper.engine.shop import Shop
from shopkeeper.model.definitions import Product
from shopkeeper.model.errors import ShopkeeperError
from shopkeeper.model.money import decimal_text
from shopkeeper.search import Facet, Found, Question, Relaxed

LOOK_S = 0.25
"""How often it is asked whether the catalogue changed: a change is found within a second."""
ADOPT_EVERY = 20
"""Looks from one time that something is taken in to the next; a change of the catalogue costs the compiled rules anew."""
REST_S = 0.002
POPULAR = 100
"""Best sellers that are shown where nothing else was found."""
log = logging.getLogger(__name__)


class HitTold(msgspec.Struct, frozen=True):
    """A product that was found, as a page shows it."""

    id: str
    """Stands for all its variants."""
    product: str
    """The one to show: itself, or a variant that can be bought."""
    name: str
    price: str | None
    """Decimal; what a buyer pays."""
    was: str | None
    """Decimal; its own price, where it is sold below that."""
    currency: str
    url: str
    image: str
    brand: str
    category: str
    in_stock: bool
    score: float


class SearchTold(msgspec.Struct, frozen=True):
    """What was found, and honestly what it is an answer to."""

    total: int
    hits: list[HitTold]
    facets: dict[str, list[Facet]]
    """brand, category, tag, in_stock, on_sale: how many of the found products have each value."""
    price_from: str | None
    """Decimal; the lowest price of what was found, in the shop's currency."""
    price_to: str | None
    relaxed: Relaxed
    """How the question was changed where nothing had all of it."""
    did_you_mean: str
    said: str
    """The same in words for a visitor."""
    version: int
    """Of the catalogue that was looked in."""


def told(shop: Shop, found: Found) -> SearchTold:
    """What was found, for programs and pages."""
    currency = shop.plan.shop.currency
    low, high = (None, None) if found.price is None else (decimal_text(units, currency) for units in found.price)
    products = shop.catalogue.products
    hits = [hit_of(hit.id, products[hit.product], hit.score) for hit in found.hits if hit.product in products]
    return SearchTold(
        found.total, hits, found.facets, low, high, found.relaxed, found.did_you_mean, found.said, found.version
    )


def hit_of(id: str, product: Product, score: float = 0.0) -> HitTold:
    """A product as a page shows it; `id` stands for its group."""

    def decimal(units: int | None) -> str | None:
        return None if units is None else decimal_text(units, product.currency)

    return HitTold(
        id,
        product.id,
        product.name,
        decimal(product.paid),
        decimal(product.price) if product.on_sale else None,
        product.currency,
        product.url,
        product.image,
        product.brand,
        product.category,
        product.in_stock,
        round(score, 4),
    )


def find(shop: Shop, question: Question, *, storefront: bool = False) -> Found:
    """The answer to a question. In the storefront, products known from pages alone are found only if the shop says so."""
    plan = shop.plan
    with shop.state.read() as conn:
        return shop.finder.ask(
            conn,
            shop.catalogue,
            question,
            plan.file.search,
            plan.shop.currency,
            lambda: [*islice(shop.shelves.now.sold, POPULAR)],
            discovered=not storefront or plan.file.catalogue.show_discovered,
        )


def keep_up(shop: Shop, rest: Callable[[], None] = lambda: None) -> bool:
    """Bring the index up to the catalogue; whether it is."""
    with shop.state.read() as conn:
        # A snapshot from before a write that is just ending must not take its products away again.
        if current_version(conn) > shop.catalogue.version:
            shop.refresh(conn)
        plan = shop.plan
        return shop.finder.catch_up(conn, shop.catalogue, plan.file.search, plan.shop.currency, rest)


def adopt_discovered(shop: Shop) -> bool:
    """Take products that visitors saw and the shop has not told of into the catalogue; whether there were any."""
    with shop.state.read() as conn:
        if not catalogue.noticed(conn):
            return False
    shop.write_products(lambda conn: catalogue.adopt(conn, shop.catalogue, shop.now()))
    return True


class Following:
    """A thread that takes what visitors saw into the catalogue, and keeps the index up with it.

    It also opens the index, so that a server starts without waiting.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        shop.finder.kept = True
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="search", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop after the change at hand."""
        self._stop.set()
        self._thread.join()
        self._shop.finder.kept = False

    def _run(self) -> None:
        looks = ADOPT_EVERY
        while not self._stop.wait(LOOK_S):
            looks += 1
            try:
                if looks >= ADOPT_EVERY and adopt_discovered(self._shop):
                    looks = 0
                if self._shop.catalogue.products or self._shop.finder.version >= 0:
                    keep_up(self._shop, self._rest)
                elif self._stale():
                    self._shop.refresh()
            except _StoppedError:
                return
            except ShopkeeperError as error:
                log.warning("the search index will be tried again: %s", error)
            except Exception:
                log.exception("the search index failed and will be tried again")

    def _stale(self) -> bool:
        with self._shop.state.read() as conn:
            return current_version(conn) > self._shop.catalogue.version

    def _rest(self) -> None:
        """Let others have the interpreter; leave off where the server stops."""
        if self._stop.is_set():
            raise _StoppedError
        sleep(REST_S)


class _StoppedError(Exception):
    """The server stops while an index is made."""
