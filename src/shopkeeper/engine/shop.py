"""The open installation: state, history, definitions and keys of one shop, wired together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from shopkeeper import (
    attribution,
    campaigns,
    catalogue,
    decisions,
    events,
    insights,
    intent,
    orders,
    recommenders,
    segments,
    stats,
    timelines,
    visitors,
)
from shopkeeper.campaigns import Applied, Plan, load_plan
from shopkeeper.catalogue import Catalogue, load_catalogue
from shopkeeper.decisions import Board, build_board
from shopkeeper.engine import clock, keys, sessions
from shopkeeper.engine.derive import Desk, reading, reattribute, refold, revalue
from shopkeeper.engine.keys import Keys, load_keys
from shopkeeper.intent import interests
from shopkeeper.model.definitions import Product, ShopFile
from shopkeeper.model.errors import ShopkeeperError, Unavailable
from shopkeeper.orders import Said
from shopkeeper.recommenders import Ledger, Shelves
from shopkeeper.search import Finder
from shopkeeper.segments import Book, build_book
from shopkeeper.storage import Connection, State, hours, migrate, open_state
from shopkeeper.storage import history as history_storage
from shopkeeper.storage.history import History

MIGRATIONS = (
    *history_storage.MIGRATIONS,
    *hours.MIGRATIONS,
    *keys.MIGRATIONS,
    *sessions.MIGRATIONS,
    *events.MIGRATIONS,
    *visitors.MIGRATIONS,
    *timelines.MIGRATIONS,
    *orders.MIGRATIONS,
    *catalogue.MIGRATIONS,
    *campaigns.MIGRATIONS,
    *attribution.MIGRATIONS,
    *segments.MIGRATIONS,
    *intent.MIGRATIONS,
    *insights.MIGRATIONS,
    *decisions.MIGRATIONS,
    *stats.MIGRATIONS,
)
DERIVED = (*visitors.DERIVED, *timelines.DERIVED, *orders.DERIVED, *attribution.DERIVED)
"""Every table that is a function of the event log and the definitions."""

Done = TypeVar("Done")


class Shop:
    """One open shop. Definitions are cached by version; `refresh` notices what another process changed."""

    def __init__(self, state: State, history: History, now: Callable[[], int] = clock.now) -> None:
        self.state = state
        self.history = history
        self.now = now
        migrate(state, MIGRATIONS)
        self.models = intent.Models(history.folder.parent / "intent")
        self.place: tuple[Path, str | None] | None = None  # directory and database, where it was opened by them
        self.served = 0
        """Requests that were answered: jobs rest while it grows."""
        self.ledger = Ledger()
        self.keys: Keys = load_keys(state, Keys(clock.fresh_key("wk_"), clock.fresh_key("sk_")))
        self.finder = Finder(history.folder.parent / "search", self.keys.write)
        with state.read() as conn:
            self.plan: Plan = load_plan(conn)
            self.catalogue: Catalogue = load_catalogue(conn, Catalogue())
            self.shelves: Shelves = self._shelves(conn, self.plan, None)
            self.interests = interests.names(conn)
            self.book: Book = build_book(
                self.plan, self.catalogue, visitors.audience_sizes(conn), interests.doors(conn)
            )
            self.thresholds = segments.thresholds(conn, self.book)
        self.board: Board = build_board(self.plan, self.book, self.thresholds, self.shelves)

    @classmethod
    def open(cls, data: Path, database: str | None = None, now: Callable[[], int] = clock.now) -> Shop:
        """The shop in a data directory; with `database` its state lies in PostgreSQL, its history in the directory."""
        try:
            made = not data.exists()
            data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(
                "bad_data_directory",
                f"The data directory {data} cannot be made: {error.strerror}",
                hint="Name one you may write to with --data.",
            ) from None
        try:
            state = open_state(database or f"sqlite://{data.resolve()}/state.db")
        except ShopkeeperError:
            if made:
                with suppress(OSError):  # something lies in it after all
                    data.rmdir()
            raise
        history = History(data.resolve() / "history", state, events.HISTORY_SCHEMAS | timelines.SCHEMAS)
        shop = cls(state, history, now)
        shop.place = (data.resolve(), database)
        return shop

    def close(self) -> None:
        """Let go of the files and connections."""
        self.history.close()
        self.state.close()

    def refresh(self, conn: Connection | None = None) -> None:
        """Take up definitions and products that were changed since, here or by another process."""
        if conn is None:
            with self.state.read() as own:
                self.refresh(own)
            return
        plan, products = load_plan(conn, self.plan), load_catalogue(conn, self.catalogue)
        names = interests.names(conn)
        if products is self.catalogue and plan is self.plan and names == self.interests:
            return
        stale = products is not self.catalogue or plan is not self.plan
        self.catalogue = products
        if stale:
            self.shelves = self._shelves(conn, plan, self.shelves)
        self.interests = names
        self.book = build_book(plan, products, visitors.audience_sizes(conn), interests.doors(conn))
        self.thresholds = segments.thresholds(conn, self.book)
        self.plan = plan
        self.board = build_board(plan, self.book, self.thresholds, self.shelves)

    def take_thresholds(self) -> None:
        """Take up thresholds that were counted anew, here or by another process."""
        with self.state.read() as conn:
            self.thresholds = segments.thresholds(conn, self.book)
        self.board = self.board.restocked(self.thresholds, self.shelves)

    def restock(self, rest: Callable[[], None] = lambda: None, share: float = 1.0) -> None:
        """Fill the recommenders' shelves with what sells and goes together now; see `Ledger.follow`."""
        self.ledger.follow(self.state, self.now(), self.shelves.stock.same, rest, share)
        with self.state.read() as conn:
            shelves = self._shelves(conn, self.plan, self.shelves)
            self.thresholds = segments.thresholds(conn, self.book)
        self.shelves = recommenders.warmed(shelves, self.plan.file)
        self.board = self.board.restocked(self.thresholds, self.shelves)

    def desk(self, read: Mapping[tuple[int, str], Said] | None = None, *, ledger: bool = True) -> Desk:
        """What derivation needs, as of now."""
        return Desk(self.plan, self.catalogue, self.history, self.book, self.now(), ledger, read or {})

    def apply(self, file: ShopFile) -> Applied:
        """Make the definitions those of a file. Events that already spoke of a new communication gain their meaning;
        changed attribution settings are carried through all of history.
        """
        return self.change(lambda _: file)

    def change(self, made: Callable[[Plan], ShopFile]) -> Applied:
        """Apply what is made of the definitions as they are in the very moment they are written."""
        with self.state.write() as conn:
            self.refresh(conn)
            before = self.plan
            file = made(before)
            recommenders.check_file(file)
            applied = campaigns.apply_file(conn, file, self.now())
            self.refresh(conn)
            met = attribution.persons_with(conn, campaigns.meant_anew(before, self.plan))
            if met:
                refold(conn, self.desk(), visitors.devices_of(conn, met))
            if self.plan.zone != before.zone:
                hours.disturb_all(conn)  # days of shop time are others now
            if reading(self.plan) != reading(before) or self.plan.zone != before.zone:  # months are of shop time
                revalue(conn, self.desk())
            elif self.plan.rule_version != before.rule_version:
                reattribute(conn, self.desk(), "rule change")
        return applied

    def _shelves(self, conn: Connection, plan: Plan, before: Shelves | None) -> Shelves:
        means = recommenders.Means(self.state, self.finder, self.catalogue, plan.file, self.now())
        return recommenders.build_shelves(conn, means, self.ledger.counts, before)

    def put_products(self, products: Sequence[Product]) -> int:
        """Add or replace products; answers how many there were. See `write_products`."""
        self.write_products(lambda conn: catalogue.put(conn, products, self.now()))
        return len(products)

    def write_products(self, write: Callable[[Connection], Done]) -> Done:
        """Change products in one write. Where a product becomes a variant of another, or no longer is one, the credit
        of all earlier orders follows.
        """
        with self.state.write() as conn:
            self.refresh(conn)
            before = self.catalogue.variants
            done = write(conn)
            self.refresh(conn)
            if self.catalogue.variants != before:
                reattribute(conn, self.desk(), "products changed")
        return done
