"""Asking the current model: who wants to buy these products, and why."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from shopkeeper.catalogue import Catalogue
from shopkeeper.forecasts.purchases import Flags, Ints
from shopkeeper.forecasts.rank import Ranking, rank
from shopkeeper.forecasts.reasons import Reasons
from shopkeeper.intent import store
from shopkeeper.intent.files import Model, load
from shopkeeper.intent.store import Trained
from shopkeeper.model.errors import BadInput, NotFound
from shopkeeper.outlook.customers import Due, replenishment
from shopkeeper.storage import Connection

HORIZON = 28
SHORTEST, LONGEST = 7, 90
"""Days a horizon may have."""
MOST_IDS = 1_000_000
NAMED = 20
"""Unknown ids that are named."""
MOST_DUE = 100
EXPLAINED = 1_000
"""People that reasons are told for: the first."""
NEW = "These products are new: they are known from the next training or renewal on; `shopkeeper intent renew` is one."
SILENT = "Not ranked: {silent:,} identified customers who never ordered, nor looked at or searched for anything lately."
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
            raise _untrained()
        if self._have is None or self._have.version != version:
            self._have = load(self.folder / str(version), version)
        return self._have


def trained(conn: Connection) -> Trained:
    """What is known of the current model. Raises NotFound before the first training."""
    version = store.current(conn)
    found = store.model(conn, version) if version is not None else None
    if found is None:
        raise _untrained()
    return found


def _untrained() -> NotFound:
    hint = (
        "A server trains by itself, the first time once a day of orders is complete and then every night; "
        "`shopkeeper intent train` does it now."
    )
    return NotFound("no_model", "No model of purchase intent has been trained yet", hint=hint)


class Chosen:
    """Products named by ids."""

    def __init__(self, model: Model, catalogue: Catalogue, ids: Sequence[str]) -> None:
        """Raises BadInput for an empty set, for only unknown ids, and for absurdly many."""
        wanted = list(dict.fromkeys(id.strip() for id in ids if id.strip()))
        if not wanted:
            raise BadInput("empty_set", "No product was named: an empty set is nobody's wish", hint="Name some ids.")
        if len(wanted) > MOST_IDS:
            raise BadInput("too_many_products", f"A set may have {MOST_IDS:,} products.", hint="Use fewer.")
        found = {id: model.numbers.get(catalogue.same(id)) for id in wanted}
        self.unknown = [id for id, number in found.items() if number is None]
        self.members: Ints = np.unique(np.array([n for n in found.values() if n is not None], np.int32))
        if not len(self.members):
            new = [id for id in self.unknown if id in catalogue.products]
            raise BadInput(
                "unknown_products",
                f"None of the {len(wanted):,} ids is a product the model knows, such as {self.unknown[0]!r}"
                if len(wanted) > 1
                else f"{self.unknown[0]!r} is no product the model knows",
                hint=NEW if new else "Check them against the catalogue.",
            )


def unknown(model: Model, catalogue: Catalogue, ids: Sequence[str]) -> list[str]:
    """The ids that no product the model knows has."""
    return [id for id in ids if model.numbers.get(catalogue.same(id)) is None]


def check_horizon(days: int) -> None:
    """BadInput for a horizon that cannot be foretold."""
    if not SHORTEST <= days <= LONGEST:
        raise BadInput("bad_horizon", f"A horizon has {SHORTEST} to {LONGEST} days, not {days}.", hint="28 is usual.")


def interested(
    conn: Connection,
    model: Model,
    catalogue: Catalogue,
    ids: Sequence[str],
    horizon: int = HORIZON,
    top: int = 500,
    explain: bool = False,
    among: Collection[str] | None = None,
) -> Interested:
    """The first `top` customers for a set of products, the first 1,000 of them with reasons where these are asked for.
    `among` are the people who may be ranked.
    """
    check_horizon(horizon)
    if top < 1:
        raise BadInput("bad_top", f"{top} is not a number of customers", hint="Ask for 1 at least.")
    chosen = Chosen(model, catalogue, ids)
    ranking = rank(model.space, model.weights, chosen.members, horizon)
    ranked = _among(model, ranking, among)
    first = ranking._replace(score=np.where(ranked, ranking.score, -np.inf)).first(top)
    why = Reasons(model.space, model.weights, chosen.members, ranking.found).of(first[:EXPLAINED]) if explain else None
    people = tuple(
        Wanting(
            place + 1,
            model.people[customer],
            None if model.weights is None else round(float(ranking.chance[customer]), 6),
            tuple(why[place]) if why and place < EXPLAINED else (),
        )
        for place, customer in enumerate(first)
    )
    said = trained(conn)
    silent = said.silent + int((~model.space.known).sum())
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
        note=" ".join(
            [
                *([] if model.weights is not None else [LITTLE.format(days=said.days, sets=said.sets)]),
                *([SILENT.format(silent=silent)] if silent else []),
            ]
        ),
    )


class Customer(msgspec.Struct, frozen=True):
    """What is foretold of one customer. Days count from the model's; money is in minor units of the shop's currency."""

    person: str
    model: int
    day: int
    span: int | None
    """Days that churn and value are about; None where the past is too short to foretell anything."""
    churn: float | None
    """Chance of no order within the span."""
    value: int | None
    """Expected net spending within the span, and between what eight of ten customers like them spend."""
    value_low: int | None
    value_high: int | None
    next_order: int | None
    """Days until half of the customers like them have ordered again, and between which days eight of ten do; None
    where that is not to be expected within two years.
    """
    next_low: int | None
    next_high: int | None
    due: tuple[Due, ...]
    """What they buy again and again, the most urgent first."""


def customer(conn: Connection, model: Model, person: str) -> Customer:
    """What is foretold of a person, nothing of who never ordered. Raises NotFound for who did nothing before the model's day."""
    place = model.places.get(person)
    if place is None:
        raise NotFound("unknown_customer", f"{person[:80]!r} is no identified customer the model knows")
    judged, told = trained(conn).foretold, model.foretold

    def of(name: str, digits: int | None = None) -> Any:
        value = float(getattr(told, name)[place]) if told is not None else math.nan
        return None if math.isnan(value) else round(value, digits)

    return Customer(
        person=person,
        model=model.version,
        day=model.space.past.day,
        span=judged.span if judged else None,
        churn=of("churn", 4),
        **{name: of(name) for name in ("value", "value_low", "value_high", "next_order", "next_low", "next_high")},
        due=tuple(replenishment(model.space.past, place)[:MOST_DUE]),
    )


def _among(model: Model, ranking: Ranking, among: Collection[str] | None) -> Flags:
    known = np.isfinite(ranking.score)
    if among is None:
        return known
    meant = np.zeros(len(known), bool)
    meant[[model.places[person] for person in among if person in model.places]] = True
    return known & meant
