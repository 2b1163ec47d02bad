"""Shelves of the open shop: its catalogue, what everybody did, and what its sets of products mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from shopkeeper.catalogue import Catalogue, back_in_stock
from shopkeeper.model.definitions import ShopFile
from shopkeeper.model.errors import BadInput
from shopkeeper.model.product_sets import EmptySet
from shopkeeper.model.recommenders import Recommender
from shopkeeper.model.time import DAY
from shopkeeper.orders import best_selling
from shopkeeper.product_sets import read_set, resolve, world_of
from shopkeeper.recommenders.ask import Occasion
from shopkeeper.recommenders.counts import Counts
from shopkeeper.recommenders.rules import choose
from shopkeeper.recommenders.shelves import Now, Shelves, sets_of
from shopkeeper.recommenders.stock import Stock
from shopkeeper.recommenders.strategies import STRATEGIES
from shopkeeper.search import Finder, Question
from shopkeeper.search.question import MOST_HITS
from shopkeeper.storage import Connection, State

WINDOW = 30 * DAY
"""Sales and returns older than this do not make a best seller, or news."""


class Means(NamedTuple):
    """What sets of products and words are looked up in."""

    state: State
    finder: Finder
    catalogue: Catalogue
    file: ShopFile
    now: int

    def meant(self, said: dict[str, Any]) -> frozenset[str]:
        """The products of a set; none where it means nothing just now."""
        file = self.file
        with self.state.read() as conn:
            world = world_of(conn, self.catalogue, self.finder, file.search, file.shop.currency, self.now)
            try:
                return frozenset(resolve(read_set(said), world).products)
            except EmptySet:
                return frozenset()

    def find(self, text: str) -> Sequence[str]:
        """The products that words find, best first; nothing where something else would be shown instead.

        Raises Unavailable while the index is made.
        """
        file, question = self.file, Question(q=text, limit=MOST_HITS, facets=False, relax=False)
        with self.state.read() as conn:
            found = self.finder.ask(conn, self.catalogue, question, file.search, file.shop.currency)
        return [hit.product for hit in found.hits]


def build_shelves(conn: Connection, means: Means, counts: Counts, before: Shelves | None) -> Shelves:
    """The shelves of this moment, with all found out that was asked of those before."""
    now, catalogue, discovered = means.now, means.catalogue, means.file.catalogue.show_discovered
    stock = before.stock if before is not None else None
    if stock is None or stock.products is not catalogue.products or stock.discovered != discovered:
        stock = Stock(catalogue.products, catalogue.variants, stock, discovered=discovered)
    sold = dict(best_selling(conn, now - WINDOW, now))
    returned = dict(back_in_stock(conn, now - WINDOW, now))
    shelves = Shelves(stock, Now(now, counts, sold, returned), means.meant, means.find)
    return shelves.restocked(before) if before is not None else shelves


def warmed(shelves: Shelves, file: ShopFile) -> Shelves:
    """The shelves, with all found out that the definitions ask for whoever looks: no visitor waits for it."""
    shelves.stock.renew()
    for recommender in named(file).values():
        choose(shelves, recommender, Occasion(shelves.now.at))
        if ALIKE.intersection(recommender.strategies):
            shelves.stock.alike.of("")
    return shelves


ALIKE = frozenset(("similar", "upsell", "automatic", "this_visit", "last_visit"))
"""Strategies that need to know what is alike."""


def recommenders_of(file: ShopFile) -> Iterator[tuple[str, str, Recommender]]:
    """(name, place in the file, recommender) of all definitions; those of communications are named like them."""
    for id, recommender in file.recommenders.items():
        yield id, f"$.recommenders.{id}", recommender
    for id, campaign in file.campaigns.items():
        for name, communication in campaign.communications.items():
            where = f"$.campaigns.{id}.communications.{name}"
            if communication.recommender is not None:
                yield name, f"{where}.recommender", communication.recommender
            for variant, own in communication.variants.items():
                if own.recommender is not None:
                    yield f"{name}/{variant}", f"{where}.variants.{variant}.recommender", own.recommender
            for result, end in communication.quiz.results.items() if communication.quiz else ():
                if end.recommender is not None:
                    yield f"{name}.{result}", f"{where}.quiz.results.{result}.recommender", end.recommender


def named(file: ShopFile) -> Mapping[str, Recommender]:
    """Every definition by its name; one under `recommenders` comes before a communication called alike."""
    found: dict[str, Recommender] = {}
    for name, _, recommender in recommenders_of(file):
        found.setdefault(name, recommender)
    return found


def check_file(file: ShopFile) -> None:
    """BadInput for a recommender that can never show what it says."""
    for _, where, recommender in recommenders_of(file):
        check(recommender, where)


def check(recommender: Recommender, where: str) -> None:
    """BadInput naming what is wrong with a recommender, and where."""
    if recommender.min > recommender.max:
        raise BadInput("bad_definition", "min is greater than max", where=where, hint="")
    for place, name in enumerate(recommender.strategies):
        if name not in STRATEGIES:
            raise BadInput(
                "bad_definition",
                f"there is no recommender strategy {name!r}",
                where=f"{where}.strategies[{place}]",
                hint=f"Use {', '.join(STRATEGIES)}.",
            )
    for name, needed in _NEEDED.items():
        if name in recommender.strategies and not _says(getattr(recommender, needed)):
            message = f"the strategy {name!r} finds nothing without {needed!r}"
            raise BadInput("bad_definition", message, where=f"{where}.{needed}", hint=STRATEGIES[name].about)
    for name, said in sets_of(recommender).items():
        read_set(said, f"{where}.{name}")


def _says(value: Any) -> bool:
    """Whether there is something in it; of words, one that can be looked for."""
    return any(map(str.isalnum, value)) if isinstance(value, str) else bool(value)


_NEEDED = {"manual": "products", "search": "search", "free_delivery": "free_delivery_from"}
