"""Training a version: read the past, learn and judge, write the files, and switch to it in one write."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from shopkeeper.catalogue import Catalogue
from shopkeeper.intent import store
from shopkeeper.intent.files import save
from shopkeeper.intent.learn import learn
from shopkeeper.intent.read import day_begins, day_number, read
from shopkeeper.intent.space import space
from shopkeeper.intent.store import Trained
from shopkeeper.model.errors import BadInput
from shopkeeper.model.time import to_datetime
from shopkeeper.storage import Connection, State
from shopkeeper.storage.history import History

KEPT = 2
"""Versions kept: the current one, and the one before for whoever is still asking it."""


def train(
    state: State,
    history: History,
    catalogue: Catalogue,
    zone: ZoneInfo,
    folder: Path,
    now: int,
    say: Callable[[str], None] = lambda _: None,
) -> Trained:
    """Train on everything before today (shop time) and serve it from now on. Nothing is locked but the last moment.

    Raises BadInput where nobody who is identified has bought anything yet.
    """
    started = time.process_time()
    day = day_number(now, zone)
    say("reading the past")
    with state.read() as conn:
        past = read(conn, history, catalogue, zone, day_begins(day, zone))
    if not past.purchases.rows:
        raise BadInput(
            "nothing_bought",
            "No identified customer has bought anything before today",
            hint="Import orders with `shopkeeper import orders`, or wait for them.",
        )
    customers = len(past.who)
    say(f"learning from {past.purchases.rows:,} purchases of {customers:,} customers")
    learnt = learn(past.purchases, past.products, customers, day, past.looks)
    say("laying out what is known of everybody")
    known = space(past.purchases, past.products, customers, day, past.looks)
    save(folder / str(now), known, learnt.weights, past.who)
    model = Trained(
        version=now,
        trained_at=now,
        day=day,
        customers=customers,
        products=past.products.size,
        rows=len(known.past.customer),
        sets=learnt.sets,
        days=learnt.days,
        learnt=learnt.weights is not None,
        seconds=round(time.process_time() - started, 1),
        report=learnt.report,
    )
    with state.write() as conn:
        store.add(conn, model)
        store.switch(conn, now)
        old = store.versions(conn)[:-KEPT]
        for version in old:
            store.drop(conn, version)
        conn.after_commit(lambda: _remove(folder, old))
    return model


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
    return known is None or (known.day < day and to_datetime(now, zone).hour >= hour)
