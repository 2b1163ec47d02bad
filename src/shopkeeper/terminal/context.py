"""What every command shares: where the shop lies, and how errors are told."""

from __future__ import annotations

import gc
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from shopkeeper.model.errors import BadInput

if TYPE_CHECKING:
    from shopkeeper.engine.shop import Shop


DEFAULT_DATA = Path("shopkeeper-data")


class Place(NamedTuple):
    """The shop a command is about."""

    data: Path
    database: str | None


def place(context: typer.Context) -> Place:
    """The shop named by the options before the command."""
    found = context.find_object(Place)
    return found or Place(DEFAULT_DATA, None)


def command(where: Place, verb: str) -> str:
    """A command about the same shop, as it is typed; the URL of a database is not repeated, as it holds a password."""
    data = "" if where.data == DEFAULT_DATA else f" --data {shlex.quote(str(where.data))}"
    return f"shopkeeper{data}{' --database URL' if where.database else ''} {verb}"


def server_of(where: Place, port: int) -> str:
    """The address of the shop's server: where it runs now, else, with a word about it, on this port of this machine."""
    # Deferred: see `open_shop`.
    from shopkeeper.storage import lock

    found = lock.server_of(where.data)
    if found is None:
        found = f"http://127.0.0.1:{port}"
        complain(f"No server runs on {where.data} now; this is for one at {found}. Say --url where it is another.")
    return found


@contextmanager
def open_shop(where: Place, *, alone: bool = False) -> Iterator[Shop]:
    """The open shop. `alone` refuses while another process serves or changes the same directory."""
    # Deferred: `--help` and mistakes answer at once, without loading databases.
    from shopkeeper.storage.lock import hold

    if alone:
        with hold(where.data), _opened(where) as shop:
            yield shop
        return
    with _opened(where) as shop:
        yield shop


@contextmanager
def _opened(where: Place) -> Iterator[Shop]:
    # Deferred: see above.
    from shopkeeper.engine.shop import Shop

    with in_bulk():
        shop = Shop.open(where.data, where.database)
    try:
        yield shop
    finally:
        shop.close()


def read_text(file: Path) -> str:
    """The text of a file that somebody named."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput("no_file", f"{file} cannot be read: {error.strerror}", hint="Check the name.") from None
    except UnicodeDecodeError as error:
        raise BadInput("bad_yaml", f"{file} is not UTF-8 text: {error.reason}", hint="Save it as UTF-8.") from None


def write_bytes(file: Path, body: bytes) -> None:
    """Write a file that somebody named."""
    try:
        file.write_bytes(body)
    except OSError as error:
        raise BadInput("no_file", f"{file} cannot be written: {error.strerror}", hint="Check the folder.") from None


def say(text: str = "") -> None:
    """A line for the person at the terminal, or the program at the other end of a pipe, at once."""
    print(text, flush=True)


def counted(number: int, thing: str) -> str:
    """`1 order`, `2,000 orders`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def complain(text: str) -> None:
    """A line on standard error."""
    print(text, file=sys.stderr)


@contextmanager
def in_bulk() -> Iterator[None]:
    """Much is made meanwhile and none of it in rings: Python's collector, which would go through all of it after every
    few hundred objects, looks seldom. It took a tenth of the time of an import.
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
