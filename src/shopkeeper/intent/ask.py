"""Asking the current model: who wants to buy these products, and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec
import numpy as np

from shopkeeper.catalogue import Catalogue
from shopkeeper.intent import store
from shopkeeper.intent.files import Model, load
from shopkeeper.intent.purchases import Flags, Ints
from shopkeeper.intent.rank import Ranking, rank
from shopkeeper.intent.reasons import Reasons
from shopkeeper.intent.store import Trained
from shopkeeper.model.errors import BadInput, NotFound
from shopkeeper.storage import Connection
from shopkeeper.timelines import persons

HORIZON = 28
SHORTEST, LONGEST = 7, 90
"""Days a horizon may have."""
MOST_IDS = 1_000_000
NAMED = 20
"""Unknown ids that are named."""
LITTLE = (
    "There is too little data to tell chances: the past covers {days} days and {sets} sets of products. Customers are "
    "ranked by what they bought of the set in the last 90 days, the rest by how active they are."
)


class Wanting(msgspec.Struct, frozen=True):
    """One customer of the ranking."""

    place: int
    person: str
    chance: float | None
    """Of buying some of the set within the horizon; None where there is too little data to know it."""
    reasons: tuple[str, ...] = ()


class Interested(msgspec.Struct, frozen=True):
    """The answer to "who wants to buy these?"."""

    model: int
    """Version of the model that answered."""
    day: int
    """It knows everything before this day."""
    horizon: int
    products: tuple[str, ...]
    """What the ids stand for, variants as the product they are one of; at most 1,000 are named."""
    size: int
    """How many products these are."""
    unknown: tuple[str, ...]
    """Some of the ids that no product has."""
    unknown_size: int
    customers: int
    """Customers that were ranked."""
    expected: float | None
    """How many of them will buy, by the model."""
    people: tuple[Wanting, ...]
    note: str = ""


class Models:
    """The current model of a shop, opened when it is first asked and again when another is trained."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._have: Model | None = None

    def current(self, conn: Connection) -> Model:
        """Raises NotFound before the first training."""
        version = store.current(conn)
        if version is None:
            raise NotFound(
                "no_model",
                "No model of purchase intent has been trained yet",
                hint="Run `shopkeeper intent train`; a server trains by itself every night.",
            )
        if self._have is None or self._have.version != version:
            self._have = load(self.folder / str(version), version)
        return self._have


def trained(conn: Connection) -> Trained:
    """What is known of the current model. Raises NotFound before the first training."""
    version = store.current(conn)
    found = store.model(conn, version) if version is not None else None
    if found is None:
        raise NotFound(
            "no_model", "No model of purchase intent has been trained yet", hint="Run `shopkeeper intent train`."
        )
    return found


class Chosen:
    """Products named by ids."""

    def __init__(self, model: Model, catalogue: Catalogue, ids: Sequence[str]) -> None:
        """Raises BadInput for an empty set, for only unknown ids, and for absurdly many."""
        wanted = list(dict.fromkeys(id.strip() for id in ids if id.strip()))
        if not wanted:
            raise BadInput("empty_set", "No product was named: an empty set is nobody's wish", hint="Name some ids.")
        if len(wanted) > MOST_IDS:
            raise BadInput("too_many_products", f"A set may have {MOST_IDS:,} products.", hint="Use fewer.")
        numbers = {id: model.numbers.get(catalogue.same(id)) for id in wanted}
        self.unknown = [id for id, number in numbers.items() if number is None]
        self.members: Ints = np.unique(np.array([n for n in numbers.values() if n is not None], np.int32))
        if not len(self.members):
            new = [id for id in self.unknown if id in catalogue.products]
            raise BadInput(
                "unknown_products",
                f"None of the {len(wanted):,} ids is a product the model knows, such as {self.unknown[0]!r}",
                hint="Train again: these products are new." if new else "Check them against the catalogue.",
            )


def interested(
    conn: Connection,
    model: Model,
    catalogue: Catalogue,
    ids: Sequence[str],
    horizon: int = HORIZON,
    top: int = 500,
    explain: bool = False,
    among: Collection[int] | None = None,
) -> Interested:
    """The first `top` customers for a set of products. `among` are the numbers in facts of those who may be ranked."""
    if not SHORTEST <= horizon <= LONGEST:
        raise BadInput(
            "bad_horizon", f"A horizon has {SHORTEST} to {LONGEST} days, not {horizon}.", hint="28 is usual."
        )
    if top < 1:
        raise BadInput("bad_top", f"{top} is not a number of customers", hint="Ask for 1 at least.")
    chosen = Chosen(model, catalogue, ids)
    ranking = rank(model.space, model.weights, chosen.members, horizon)
    ranked = _among(model, ranking, among)
    first = ranking._replace(score=np.where(ranked, ranking.score, -np.inf)).first(top)
    why = Reasons(model.space, model.weights, chosen.members, ranking.found).of(first) if explain else None
    names = persons(conn, [int(who) for who in model.who[first]])
    people = tuple(
        Wanting(
            place + 1,
            names.get(int(model.who[customer]), ""),
            None if model.weights is None else round(float(ranking.chance[customer]), 6),
            tuple(why[place]) if why else (),
        )
        for place, customer in enumerate(first)
        if int(model.who[customer]) in names
    )
    said = trained(conn)
    return Interested(
        model=model.version,
        day=model.space.past.day,
        horizon=horizon,
        products=tuple(model.space.past.products.ids[number] for number in chosen.members[:1000]),
        size=len(chosen.members),
        unknown=tuple(chosen.unknown[:NAMED]),
        unknown_size=len(chosen.unknown),
        customers=int(ranked.sum()),
        expected=None if model.weights is None else round(float(ranking.chance[ranked].sum()), 1),
        people=people,
        note="" if model.weights is not None else LITTLE.format(days=said.days, sets=said.sets),
    )


def _among(model: Model, ranking: Ranking, among: Collection[int] | None) -> Flags:
    known = np.isfinite(ranking.score)
    if among is None:
        return known
    return known & np.isin(model.who, np.fromiter(among, np.int64, len(among)))
