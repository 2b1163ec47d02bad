"""`shopkeeper segments`: who is meant by which rule, why, and what they are worth beside everybody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shopkeeper.cli.context import Place, open_shop, place, say
from shopkeeper.model.errors import BadInput

if TYPE_CHECKING:
    from shopkeeper.engine.shop import Shop

segments = typer.Typer(no_args_is_help=True, help="Segments: who is inside, why, and what they are worth.")
Id = Annotated[str, typer.Argument(help="The segment's id, such as returning-customers or audience:tea-lovers.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs, as the API answers.")]
At = Annotated[str | None, typer.Option("--at", help="At that instant instead of now: ISO 8601, shop time.")]
Limit = Annotated[int, typer.Option(help="At most so many.", min=1, max=1000)]


@segments.command("list")
def listing(context: typer.Context, as_json: Json = False) -> None:
    """List all segments with their sizes.

    Example: shopkeeper segments list
    """
    # Deferred: see `open_shop`.
    from shopkeeper.cli import segment_tables as tables
    from shopkeeper.engine import asking

    _tell(place(context), asking.listing, tables.listing, as_json)


@segments.command("show")
def show(context: typer.Context, id: Id, as_json: Json = False) -> None:
    """Show one segment: its sentence, its rule, its size, and what uses it.

    Example: shopkeeper segments show high-value-customers
    """
    # Deferred: see `open_shop`.
    from shopkeeper.cli import segment_tables as tables
    from shopkeeper.engine import asking

    _tell(place(context), lambda shop: asking.shown(shop, id), tables.shown, as_json)


@segments.command("preview")
def preview(
    context: typer.Context,
    rule: Annotated[Path, typer.Option("--rule", help="A file with the rule alone, in YAML.")],
    as_json: Json = False,
) -> None:
    """Try a rule: what it says, how many it means, each of its conditions, and why nobody is inside.

    Example: shopkeeper segments preview --rule rule.yaml
    """
    # Deferred: see `open_shop`.
    from shopkeeper.campaigns import parse_yaml
    from shopkeeper.cli import segment_tables as tables
    from shopkeeper.engine import asking

    data = parse_yaml(_text(rule))
    _tell(place(context), lambda shop: asking.previewed(shop, data), tables.preview, as_json)


@segments.command("members")
def members(
    context: typer.Context,
    id: Id,
    out: Annotated[Path | None, typer.Option(help="Write all of them to a .csv or .parquet file.")] = None,
    at: At = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List who is inside, who entered last first; or write all of them to a file.

    Example: shopkeeper segments members cart-abandoners --out abandoners.csv
    """
    # Deferred: see `open_shop`.
    from shopkeeper.cli import segment_tables as tables
    from shopkeeper.engine import asking

    if out is not None:
        from shopkeeper.cli.member_files import check, write

        check(out)
        with open_shop(place(context)) as shop:
            count = write(out, asking.members(shop, id, asking.ALL, 0, _moment(shop, at)))
        say(f"wrote {count:,} people to {out}")
        return
    _tell(place(context), lambda shop: asking.members(shop, id, limit, 0, _moment(shop, at)), tables.members, as_json)


@segments.command("why")
def why(
    context: typer.Context,
    id: Id,
    person: Annotated[str, typer.Argument(help="A user id, or u:<user id> or a:<anonymous id>.")],
    as_json: Json = False,
) -> None:
    """Say why somebody is inside, or is not: every condition, until when it stands, and the facts behind it.

    Example: shopkeeper segments why high-value-customers ada
    """
    # Deferred: see `open_shop`.
    from shopkeeper.cli import segment_tables as tables
    from shopkeeper.engine import asking

    _tell(place(context), lambda shop: asking.why(shop, id, person), tables.why, as_json)


@segments.command("changes")
def changes(context: typer.Context, id: Id, limit: Limit = 50, as_json: Json = False) -> None:
    """List who entered and left, and why, the latest first.

    Example: shopkeeper segments changes cart-abandoners
    """
    # Deferred: see `open_shop`.
    from shopkeeper.cli import segment_tables as tables
    from shopkeeper.engine import asking

    _tell(place(context), lambda shop: asking.changes(shop, id, limit), tables.changes, as_json)


@segments.command("freeze")
def freeze(
    context: typer.Context,
    id: Id,
    name: Annotated[str, typer.Option("--as", help="The list's name: lower-case letters, digits, . _ and -.")],
    as_json: Json = False,
) -> None:
    """Keep the members of now as a list, which stays as it is.

    Example: shopkeeper segments freeze high-value-customers --as spring-letter
    """
    # Deferred: see `open_shop`.
    from shopkeeper.cli import segment_tables as tables
    from shopkeeper.engine import asking

    _tell(place(context), lambda shop: asking.freeze(shop, id, name), tables.frozen, as_json)


@segments.command("lists")
def lists(context: typer.Context, as_json: Json = False) -> None:
    """List the frozen lists, the latest first.

    Example: shopkeeper segments lists
    """
    # Deferred: see `open_shop`.
    from shopkeeper.cli import segment_tables as tables
    from shopkeeper.engine import asking

    _tell(place(context), asking.lists, tables.lists, as_json)


def _tell(where: Place, ask: Callable[[Shop], Any], draw: Callable[[Any], None], as_json: bool) -> None:
    """Ask the shop, with a moving sign where that takes over a second, and tell the answer."""
    # Deferred: see `open_shop`.
    import msgspec

    from shopkeeper.cli.segment_tables import waiting

    with open_shop(where) as shop, waiting():
        found = ask(shop)
    if as_json:
        say(msgspec.json.encode(found).decode())
    else:
        draw(found)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput("no_file", f"{file} cannot be read: {error.strerror}", hint="Check the name.") from None
    except UnicodeDecodeError as error:
        raise BadInput("bad_yaml", f"{file} is not UTF-8 text: {error.reason}", hint="Save it as UTF-8.") from None


def _moment(shop: Shop, text: str | None) -> int | None:
    # Deferred: see `open_shop`.
    from shopkeeper.model.time import LATEST, parse_local

    if text is None:
        return None
    try:
        at = parse_local(text, shop.plan.zone)
    except (ValueError, OverflowError):
        at = -1
    if not 0 <= at < LATEST:
        raise BadInput(
            "bad_time", f"{text!r} is not a time", hint="Use ISO 8601, such as 2026-03-01T09:30.", where="--at"
        )
    return at
