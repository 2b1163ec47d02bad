"""Interests that are followed: named sets whose first people are kept as facts, for segments to ask about.

A training finds the people of every interest anew and keeps who came in and who fell out as a fact of that instant, so
that live and bulk answers read the same rows. Only changes are written; a rebuild puts them back.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from shopkeeper.catalogue import Catalogue
from shopkeeper.conditions.leaves import Check, Expr, Latest
from shopkeeper.forecasts.purchases import Floats
from shopkeeper.forecasts.rank import best, rank
from shopkeeper.intent import store
from shopkeeper.intent.ask import Chosen, check_horizon
from shopkeeper.intent.files import Model
from shopkeeper.intent.store import Interest
from shopkeeper.model.errors import BadInput, NotFound
from shopkeeper.model.segments import Predicted
from shopkeeper.storage import Connection
from shopkeeper.timelines import Fact, add

FACT = "=interest"
"""Name of the facts: a property named like the interest is true from when somebody came in, false from when they fell out."""
PREFIX = "interest-"
"""Before an interest's name, what segments call it: `predicted: interest-<name>`."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
MOST = 100
"""Interests of a shop."""
MOST_PEOPLE = 1_000_000
MOST_OVER = 1e12
Door = Callable[[Predicted, str], Expr]
Meant = Callable[[Mapping[str, Any]], Sequence[str]]
"""The ids that a set of products means now, as data; BadInput where it means none."""


def check(interest: Interest) -> Interest:
    """The interest, or BadInput that says what is wrong with it."""
    if not _NAME.fullmatch(interest.name):
        raise BadInput(
            "bad_id",
            f"{interest.name[:80]!r} cannot be the name of an interest",
            hint="Use lower-case letters, digits, _ and -, 40 at most.",
        )
    check_horizon(interest.horizon)
    if interest.of != "set" and interest.set:
        raise BadInput(
            "bad_subject", f"No products are named where people are ranked by {interest.of}", hint="Leave them out."
        )
    chances = interest.of in ("set", "churn")
    most = {"top": MOST_PEOPLE, "share": 1.0, "over": 1.0 if chances else MOST_OVER}[interest.cut]
    if not 0 < interest.amount <= most or (interest.cut == "top" and interest.amount != int(interest.amount)):
        raise BadInput(
            "bad_cut",
            f"{interest.cut} cannot be {interest.amount:g}",
            hint="Give a top such as 500, a share such as 0.05, or over such as 0.1.",
            where=interest.cut,
        )
    return interest


def follow(
    conn: Connection, model: Model, catalogue: Catalogue, interest: Interest, ids: Sequence[str], now: int
) -> list[str]:
    """Follow an interest whose set means `ids` now, or follow it anew; answers whose facts changed. BadInput for a set
    that cannot be.
    """
    check(interest)
    known = store.interests(conn)
    if interest.name not in {each.name for each in known} and len(known) >= MOST:
        raise BadInput("too_many_interests", f"A shop may follow {MOST} interests", hint="Drop one first.")
    inside = people(model, catalogue, interest, ids)
    store.put_interest(conn, interest)
    return keep(conn, interest.name, inside, now)


def listed(conn: Connection) -> list[Interest]:
    """All that are followed, with their sizes."""
    return store.interests(conn)


def names(conn: Connection) -> tuple[str, ...]:
    """What they are called."""
    return store.names(conn)


def drop(conn: Connection, name: str, now: int) -> list[str]:
    """Follow an interest no more; answers whose facts changed. Raises NotFound."""
    if name not in {each.name for each in store.interests(conn)}:
        raise NotFound("unknown_interest", f"There is no interest {name[:80]!r}", hint="`intent interests` lists them.")
    changed = keep(conn, name, set(), now)
    store.drop_interest(conn, name)
    return changed


def people(model: Model, catalogue: Catalogue, interest: Interest, ids: Sequence[str]) -> set[str]:
    """Who is meant, by the model."""
    score, floor = _scored(model, catalogue, interest, ids)
    known = int(np.isfinite(score).sum())
    count = {"top": int(interest.amount), "share": max(round(known * interest.amount), 1), "over": known}[interest.cut]
    first = best(score, count)
    if interest.cut == "over":
        first = first[score[first] >= floor]
    return {model.people[customer] for customer in first}


def _scored(model: Model, catalogue: Catalogue, interest: Interest, ids: Sequence[str]) -> tuple[Floats, float]:
    """What everybody is ranked by, -inf for who is not, and the score that "over" asks for."""
    if interest.of == "set":
        if interest.cut == "over" and model.weights is None:
            raise BadInput("too_little_data", "There is too little data to know chances", hint="Use top or share.")
        chosen = Chosen(model, catalogue, ids)
        ranking = rank(model.space, model.weights, chosen.members, interest.horizon)
        score = ranking.score if interest.cut != "over" else np.where(model.space.known, ranking.chance, -np.inf)
        return score, interest.amount
    if model.foretold is None:
        raise BadInput(
            "too_little_data", "The past is too short to foretell what customers do", hint="84 days are needed."
        )
    column = {
        "churn": model.foretold.churn,
        "value": model.foretold.value,
        "next-order": -model.foretold.next_order,
    }[interest.of]
    floor = -interest.amount if interest.of == "next-order" else interest.amount
    return np.where(np.isnan(column), np.float32(-np.inf), column), floor


def found(model: Model, catalogue: Catalogue, known: Iterable[Interest], meant: Meant) -> dict[str, set[str]]:
    """The people of the interests, by a model that was just trained; each set as it is now."""
    everybody: dict[str, set[str]] = {}
    for interest in known:
        try:
            ids = meant(interest.set) if interest.of == "set" else ()
            everybody[interest.name] = people(model, catalogue, interest, ids)
        except BadInput:  # no product is meant now, or there is too little data: nobody is known to be interested
            everybody[interest.name] = set()
    return everybody


def renew(conn: Connection, everybody: Mapping[str, set[str]], now: int) -> list[str]:
    """Make what a training found the people of the interests; answers whose facts changed."""
    names = {interest.name for interest in store.interests(conn)}
    changed = [keep(conn, name, inside, now) for name, inside in everybody.items() if name in names]
    return sorted({person for each in changed for person in each})


def keep(conn: Connection, name: str, inside: set[str], now: int) -> list[str]:
    """Make these the people of an interest; only who came in or fell out is written."""
    before = store.inside(conn, name)
    entered, left = sorted(inside - before), sorted(before - inside)
    store.put_members(conn, name, entered, left, now)
    facts = {person: [_fact(name, person, now, inside=True)] for person in entered}
    facts |= {person: [_fact(name, person, now, inside=False)] for person in left}
    add(conn, facts)
    return sorted(facts)


def restore(conn: Connection, only: Iterable[str] | None = None) -> None:
    """Put back the facts of people whose facts were derived anew from the log, which knows nothing of interests."""
    found: dict[str, list[Fact]] = {}
    for name, person, since, inside in store.members(conn, None if only is None else sorted(only)):
        found.setdefault(person, []).append(_fact(name, person, since, inside=inside))
    add(conn, found)


def doors(conn: Connection) -> dict[str, Door]:
    """What segments may call each interest -> what that means."""
    return {PREFIX + name: partial(_meaning, name) for name in store.names(conn)}


def _meaning(name: str, condition: Predicted, _where: str) -> Expr:
    if not isinstance(condition.is_, bool):
        raise ValueError(f"{condition.predicted} is true or false")
    wanted = Check(values=frozenset((condition.is_,)), or_missing=not condition.is_)
    return Latest(frozenset((FACT,)), f"properties.{name}", wanted)


def _fact(name: str, person: str, at: int, *, inside: bool) -> Fact:
    said: Any = f"{name}\0{person}\0{at}"
    return Fact(at, hashlib.blake2b(said.encode(), digest_size=16).digest(), FACT, "", properties={name: inside})
