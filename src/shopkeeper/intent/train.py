"""Training a version: read the past, learn and judge, write the files, and switch to it in one write."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from shopkeeper.catalogue import Catalogue
from shopkeeper.forecasts.learn import learn
from shopkeeper.forecasts.space import space
from shopkeeper.intent import interests, store
from shopkeeper.intent.files import load, save
from shopkeeper.intent.read import Find, Past, day_begins, day_number, read
from shopkeeper.intent.store import Trained
from shopkeeper.model.errors import BadInput
from shopkeeper.model.time import to_datetime
from shopkeeper.outlook.customers import foretell
from shopkeeper.storage import Connection, State
from shopkeeper.storage.history import History

ENDED = 56
"""Days without any purchase after which the past is one that has ended, as imported histories are: what is learned is
of the day after its last.
"""
KEPT = 2
"""Versions kept: the current one, and the one before for whoever is still asking it."""


def train(  # noqa: PLR0913, PLR0917 - the world it stands in
    state: State,
    history: History,
    catalogue: Catalogue,
    zone: ZoneInfo,
    folder: Path,
    now: int,
    say: Callable[[str], None] = lambda _: None,
    touched: Callable[[Connection, Sequence[str]], None] = lambda _, __: None,
    meant: interests.Meant = lambda said: said["ids"],
    find: Find = lambda _words: (),
) -> Trained:
    """Train on everything before today (shop time), or before the past ended, and serve it from now on. Nothing is
    locked but the last moment. `touched` is told, in that write, who came into an interest or fell out of one; `meant`
    looks up what the sets of interests mean by then, `find` what words of visitors find.

    Raises BadInput where nobody who is identified has bought anything yet.
    """
    started = time.process_time()
    say("reading the past")
    past, day = _past(state, history, catalogue, zone, now, find)
    customers = len(past.people)
    buyers = len(np.unique(past.purchases.customer))
    say(f"learning from {past.purchases.rows:,} purchases of {buyers:,} customers")
    learnt = learn(past.purchases, past.products, customers, day, past.site)
    say("laying out what is known of everybody")
    known = space(past.purchases, past.products, customers, day, past.site)
    told = foretell(past.purchases, past.products, customers, day, known)
    save(folder / str(now), known, learnt.weights, past.people, told[0] if told else None)
    model = Trained(
        version=now,
        trained_at=now,
        day=day,
        customers=buyers,
        visitors=customers - buyers,
        silent=past.silent,
        products=past.products.size,
        rows=len(known.past.customer),
        sets=learnt.sets,
        days=learnt.days,
        learnt=learnt.weights is not None,
        seconds=round(time.process_time() - started, 1),
        report=learnt.report,
        foretold=told[1] if told else None,
    )
    say("finding who is interested in what is followed")
    with state.read() as conn:
        followed = store.interests(conn)
    everybody = interests.found(load(folder / str(now), now), catalogue, followed, meant)
    with state.write() as conn:
        store.add(conn, model)
        store.switch(conn, now)
        touched(conn, interests.renew(conn, everybody, now))
        _drop_old(conn, folder)
    return model


def _past(
    state: State, history: History, catalogue: Catalogue, zone: ZoneInfo, now: int, find: Find
) -> tuple[Past, int]:
    """Everything before today or before the past ended, and the day it is of."""
    day = day_number(now, zone)
    with state.read() as conn:
        past = read(conn, history, catalogue, zone, day_begins(day, zone), find)
    if not past.purchases.rows:
        raise BadInput(
            "nothing_bought",
            "No identified customer has bought anything before today",
            hint="Import orders with `shopkeeper import orders`, or wait for them.",
        )
    last = int(past.purchases.day.max()) + 1
    return past, last if day - last > ENDED else day


def _drop_old(conn: Connection, folder: Path) -> None:
    old = store.versions(conn)[:-KEPT]
    for version in old:
        store.drop(conn, version)
    conn.after_commit(lambda: _remove(folder, old))


def _remove(folder: Path, versions: Sequence[int]) -> None:
    for version in versions:
        shutil.rmtree(folder / str(version), ignore_errors=True)


def due(conn: Connection, now: int, zone: ZoneInfo, first_order: int | None, hour: int) -> bool:
    """Whether a day of shop time has come that the current model knows nothing of the eve of; from `hour` on, but at
    once where there is no model. `first_order` is the time of the first order on record.
    """
    day = day_number(now, zone)
    if first_order is None or first_order >= day_begins(day, zone):
        return False
    version = store.current(conn)
    known = store.model(conn, version) if version is not None else None
    return known is None or (known.trained_at < day_begins(day, zone) and to_datetime(now, zone).hour >= hour)
