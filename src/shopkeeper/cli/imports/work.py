"""What the import commands share: feeding the shop under a progress bar, and telling what became of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from shopkeeper import events, timelines
from shopkeeper.cli.upkeep import progress
from shopkeeper.engine.importing import Call, Imported, import_calls
from shopkeeper.engine.shop import Shop
from shopkeeper.goods.bring import bring_products, retire_absent
from shopkeeper.imports.errors import write_errors
from shopkeeper.imports.left_out import LeftOut
from shopkeeper.imports.orders import Orders
from shopkeeper.imports.products import Products
from shopkeeper.imports.rows import Rows
from shopkeeper.imports.sheet import Naming
from shopkeeper.model.errors import BadEvent, BadInput
from shopkeeper.terminal.context import complain, in_bulk, say

TOLD = 10
"""Broken rows told on the terminal; the error file has them all."""


class Source(Protocol):
    """The calls of a file, and what of it could not be used."""

    rows: Rows
    naming: Naming
    broken: LeftOut
    broke: BadInput | None

    @property
    def far(self) -> tuple[int, int]: ...

    def __iter__(self) -> Iterator[Call[Any]]: ...

    def refuse(self, place: Any, error: BadEvent, /) -> None: ...


def pairs(mapping: Sequence[str] | None) -> dict[str, str]:
    """`column=field` options as a mapping; the column's name may hold an = itself."""
    found = {}
    for each in mapping or ():
        column, joint, field = each.rpartition("=")
        if not (joint and column.strip() and field.strip()):
            raise BadInput("bad_map", f"--map {each!r} is not of the form column=field")
        found[column.strip()] = field.strip()
    return found


def bring(shop: Shop, source: Source, what: str, *, dry_run: bool) -> Imported:
    """Feed the calls of a source to the shop and say what became of them."""
    if source.naming.others:
        say(f"read {', '.join(source.naming.others)}; --map says otherwise")
    with in_bulk(), progress(what.capitalize()) as advance:
        done = import_calls(shop, source, source.refuse, lambda _n: advance(*source.far), dry_run=dry_run)
    if done.new and not dry_run:
        with in_bulk(), progress("History files") as advance:
            advance(0, 1)
            events.move(shop.state, shop.history, shop.now())
            timelines.move(shop.state, shop.history, shop.now())
    tense = "would come in" if dry_run else "came in"
    say(f"{what}: {done.new:,} {tense}, {done.known:,} were there already")
    return done


def read_orders(shop: Shop, rows: Rows, mapping: Mapping[str, str], zone: ZoneInfo, layout: str = "") -> Orders:
    """All rows of a file of orders, ready to be taken order by order."""
    with in_bulk(), progress("Reading") as advance:
        return Orders(rows, mapping, zone, layout, room=shop.history.spill, progress=advance)


def put_products(
    shop: Shop,
    rows: Rows,
    mapping: Mapping[str, str],
    *,
    dry_run: bool,
    replace: bool = False,
    force: bool = False,
) -> Products:
    """Put the products of a file into the catalogue; what comes back knows the rows that could not be used.

    What is already there word for word is left alone. With `replace` the file is the whole catalogue: what it does not
    hold is retired, unless the file breaks off or has rows without an id.
    """
    source = Products(rows, mapping, shop.plan.shop.currency, shop.plan.file.catalogue.attributes)
    with progress("Products") as advance:
        told = bring_products(shop, source, lambda _done: advance(*rows.gauge.far), dry_run=dry_run)
    tense = "would come in" if dry_run else "came in"
    say(f"products: {told.added + told.changed:,} {tense}, {told.same:,} were there already")
    if replace and (source.broke or source.nameless):
        complain("nothing was retired: the file is not whole, and does not tell every product it holds")
    elif replace:
        gone = retire_absent(shop, source.present, force=force, dry_run=dry_run)
        say(f"products: {gone:,} {'would be' if dry_run else 'were'} retired")
    return source


def tell_broken(source: Source | Products, errors: Path | None) -> None:
    """Say which rows were left out, and write all of them to the error file. BadInput where the file broke off."""
    broken = source.broken
    if errors is not None and source.broke is None:
        write_errors(errors, source.rows, broken)
    elif errors is not None:
        with suppress(BadInput):  # it breaks off again, behind the rows that are written
            write_errors(errors, source.rows, broken)
    if broken:
        complain(f"{len(broken):,} rows were left out:")
        for each in islice(broken, TOLD):
            column = f", {each.column}" if each.column else ""
            complain(f"  row {each.row}{column}: {each.message}")
        if errors is not None:
            complain(f"All of them are in {errors}: mend them there and import that file.")
        else:
            complain("Add --errors FILE to have all of them in a file; mend them and import again.")
    if source.broke is not None:
        raise source.broke
