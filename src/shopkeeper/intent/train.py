"""Training a version: read the past, learn and judge, write the files, and switch to it in one write; and renewing one:
the same without learning.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from msgspec.structs import replace

from shopkeeper.catalogue import Catalogue, current_version
from shopkeeper.forecasts.learn import learn
from shopkeeper.forecasts.space import Space, space
from shopkeeper.intent import interests, store
from shopkeeper.intent.ask import trained
from shopkeeper.intent.files import load, save
from shopkeeper.intent.read import Find, Past, day_begins, day_number, read
from shopkeeper.intent.store import Trained
from shopkeeper.model.errors import BadInput
from shopkeeper.model.time import HOUR, SECOND, to_datetime
from shopkeeper.outlook.customers import Foretold, Judged, foretell
from shopkeeper.storage import Connection, State
from shopkeeper.storage.history import History
from shopkeeper.timelines import latest_write

ENDED = 56
"""Days without any purchase after which the past is one that has ended, as imported histories are: what is learned is
of the day after its last.
"""
RENEWED_EVERY = 3 * HOUR
"""So old may an interest be while people do something: a marketer's message of the afternoon knows the morning's orders."""
RENEWING = 0.05
"""Of one processor, for renewing at most: in a shop where that takes long it is done less often."""
KEPT = 2
"""Versions kept: the current one, and the one before for whoever is still asking it."""


class World(NamedTuple):
    """The shop a model is made of, and who is told."""

    state: State
    history: History
    catalogue: Catalogue
    zone: ZoneInfo
    folder: Path
    """Where versions lie, a folder each."""
    now: int
    say: Callable[[str], None]
    """Told what is being done."""
    touched: Callable[[Connection, Sequence[str]], None]
    """Told, in the write that switches to the version, who came into an interest or fell out of one."""
    meant: interests.Meant
    """Looks up what the sets of interests mean by then."""
    find: Find
    """What words of visitors find."""


def train(world: World) -> Trained:
    """Train on everything before today (shop time), or before the past ended, and serve it from now on. Nothing is
    locked but the last moment.

    Raises BadInput where nobody who is identified has bought anything yet.
    """
    started = time.process_time()
    world.say("reading the past")
    seen = _seen(world.state)
    past, day = _past(world)
    customers = len(past.people)
    buyers = len(np.unique(past.purchases.customer))
    world.say(f"learning from {past.purchases.rows:,} purchases of {buyers:,} customers")
    learnt = learn(past.purchases, past.products, customers, day, past.site)
    world.say("laying out what is known of everybody")
    known, told, laid_seconds = _laid(past, day)
    save(world.folder / str(world.now), known, learnt.weights, past.people, told[0] if told else None)
    model = Trained(
        version=world.now,
        trained_at=world.now,
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
        laid_at=world.now,
        laid_seconds=laid_seconds,
        seen=seen,
        catalogue=world.catalogue.version,
    )
    return _serve(world, model)


def renew(world: World) -> Trained:
    """Lay out anew what is known of everybody by now, and find who is interested in what is followed; nothing is learned,
    and the back-test stays that of the training. What was done today counts as done yesterday: a model knows whole days.

    Raises NotFound before the first training.
    """
    started = time.process_time()
    with world.state.read() as conn:
        before = trained(conn)
    world.say("reading the past")
    seen = _seen(world.state)
    past, day = _past(world, today=True)
    world.say("laying out what is known of everybody")
    known, told, _ = _laid(past, day)
    weights = load(world.folder / str(before.version), before.version).weights
    save(world.folder / str(world.now), known, weights, past.people, told[0] if told else None)
    buyers = len(np.unique(past.purchases.customer))
    model = replace(
        before,
        version=world.now,
        day=day,
        customers=buyers,
        visitors=len(past.people) - buyers,
        silent=past.silent,
        products=past.products.size,
        rows=len(known.past.customer),
        foretold=told[1] if told else None,
        laid_at=world.now,
        laid_seconds=round(time.process_time() - started, 1),
        seen=seen,
        catalogue=world.catalogue.version,
    )
    return _serve(world, model)


def _seen(state: State) -> int:
    with state.read() as conn:
        return latest_write(conn)


def _laid(past: Past, day: int) -> tuple[Space, tuple[Foretold, Judged] | None, float]:
    """What is known and foretold of everybody, and the processor time that took."""
    started = time.process_time()
    customers = len(past.people)
    known = space(past.purchases, past.products, customers, day, past.site)
    told = foretell(past.purchases, past.products, customers, day, known)
    return known, told, round(time.process_time() - started, 1)


def _serve(world: World, model: Trained) -> Trained:
    """Switch to a model whose files are written, and make what it finds the people of the interests, in one write. The
    model that is served from now on: another one where that was trained later.
    """
    world.say("finding who is interested in what is followed")
    with world.state.read() as conn:
        followed = store.interests(conn)
    everybody = interests.found(
        load(world.folder / str(model.version), model.version), world.catalogue, followed, world.meant
    )
    with world.state.write() as conn:
        store.add(conn, model)
        if store.switch(conn, model.version):
            world.touched(conn, interests.renew(conn, everybody, model.laid_at))
        _drop_old(conn, world.folder)
        return trained(conn)


def _past(world: World, *, today: bool = False) -> tuple[Past, int]:
    """Everything before today or before the past ended, and the day it is of. With `today` what was done since counts as
    done on the day before.
    """
    day = day_number(world.now, world.zone)
    until = world.now if today else day_begins(day, world.zone)
    with world.state.read() as conn:
        past = read(conn, world.history, world.catalogue, world.zone, until, world.find)
    if today:
        past = _by_yesterday(past, day)
    if not past.purchases.rows:
        raise BadInput(
            "nothing_bought",
            "No identified customer has bought anything before today",
            hint="Import orders with `shopkeeper import orders`, or wait for them.",
        )
    last = int(past.purchases.day.max()) + 1
    return past, last if day - last > ENDED else day


def _by_yesterday(past: Past, day: int) -> Past:
    bought, looks, searches = past.purchases, past.site.looks, past.site.searches
    return past._replace(
        purchases=bought._replace(day=np.minimum(bought.day, day - 1)),
        site=past.site._replace(
            looks=looks._replace(day=np.minimum(looks.day, day - 1)),
            searches=searches._replace(day=np.minimum(searches.day, day - 1)),
        ),
    )


def _drop_old(conn: Connection, folder: Path) -> None:
    asked = store.current(conn)
    old = [version for version in store.versions(conn)[:-KEPT] if version != asked]
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


def ask_renewal(conn: Connection, now: int) -> None:
    """Have a server renew at its next look, whatever happened since. Raises NotFound before the first training."""
    trained(conn)
    store.ask_renewal(conn, now)


def renewal_asked(conn: Connection, known: Trained) -> bool:
    """Whether somebody asked for a renewal that is not done yet."""
    return store.renewal_asked(conn) > known.laid_at


def renewal_due(conn: Connection, now: int) -> bool:
    """Whether a renewal was asked for; or interests are followed, people or products did something that the current model
    does not know, and it has known what it knows for a while.
    """
    version = store.current(conn)
    known = store.model(conn, version) if version is not None else None
    if known is None:
        return False
    if renewal_asked(conn, known):
        return True
    least = max(RENEWED_EVERY, round(known.laid_seconds * SECOND / RENEWING))
    if now - known.laid_at < least or not store.names(conn):
        return False
    return latest_write(conn) > known.seen or current_version(conn) != known.catalogue
