"""`shopkeeper segments`: who is meant by which rule, why, and what they are worth beside everybody."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shopkeeper.cli.context import open_shop, place, read_text, say
from shopkeeper.model.errors import BadInput

if TYPE_CHECKING:
    from shopkeeper.engine.shop import Shop

segments = typer.Typer(no_args_is_help=True, help="Segments: who is inside, why, and what they are worth.")
Id = Annotated[str, typer.Argument(help="The segment's id, such as returning-customers or audience:tea-lovers.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs, as the API answers.")]
Limit = Annotated[int, typer.Option(help="At most so many.", min=1, max=1000)]
ALL = 1 << 40


@segments.command("list")
def listing(context: typer.Context, as_json: Json = False) -> None:
    """List all segments with their sizes.

    Example: shopkeeper segments list
    """
    _tell(context, as_json, "listing")


@segments.command("show")
def show(context: typer.Context, id: Id, as_json: Json = False) -> None:
    """Show one segment: its sentence, its rule, its size, and what uses it.

    Example: shopkeeper segments show high-value-customers
    """
    _tell(context, as_json, "shown", id)


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

    _tell(context, as_json, "previewed", parse_yaml(read_text(rule)))


@segments.command("members")
def members(
    context: typer.Context,
    id: Id,
    out: Annotated[Path | None, typer.Option(help="Write all of them to a .csv or .parquet file.")] = None,
    at: Annotated[str | None, typer.Option(help="At that instant instead of now: ISO 8601, shop time.")] = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List who is inside, who entered last first; or write all of them to a file.

    Example: shopkeeper segments members cart-abandoners --out abandoners.csv
    """
    if out is None:
        with open_shop(place(context)) as shop:
            moment = _moment(shop, at)
        _tell(context, as_json, "members", id, limit, 0, moment)
        return
    # Deferred: see `open_shop`.
    from shopkeeper.cli.member_files import check, write
    from shopkeeper.cli.segment_tables import waiting
    from shopkeeper.engine.segments import ask
    from shopkeeper.insights import telling

    check(out)
    with open_shop(place(context)) as shop, waiting():
        count = write(out, ask(shop, telling.members, id, ALL, 0, _moment(shop, at)))
    say(f"wrote {count:,} people to {out}")


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
    _tell(context, as_json, "why", id, person)


@segments.command("changes")
def changes(context: typer.Context, id: Id, limit: Limit = 50, as_json: Json = False) -> None:
    """List who entered and left, and why, the latest first.

    Example: shopkeeper segments changes cart-abandoners
    """
    _tell(context, as_json, "changes", id, limit)


@segments.command("freeze")
def freeze(
    context: typer.Context,
    id: Id,
    name: Annotated[str, typer.Option("--as", help="The list's name: lower-case letters, digits, . _ and -.")],
) -> None:
    """Keep the members of now as a list, which stays as it is.

    Example: shopkeeper segments freeze high-value-customers --as spring-letter
    """
    # Deferred: see `open_shop`.
    from shopkeeper.engine import segments as verbs

    with open_shop(place(context)) as shop:
        frozen = verbs.freeze(shop, id, name)
    say(f"froze {frozen.size:,} people of {frozen.segment} as {frozen.id}")


@segments.command("lists")
def lists(context: typer.Context, as_json: Json = False) -> None:
    """List the frozen lists, the latest first.

    Example: shopkeeper segments lists
    """
    _tell(context, as_json, "lists")


def _tell(context: typer.Context, as_json: bool, question: str, *arguments: Any) -> None:
    """Ask a question of `insights.telling`, and print the answer with the function of that name, or as JSON."""
    # Deferred: see `open_shop`.
    import msgspec

    from shopkeeper.cli import segment_tables
    from shopkeeper.engine.segments import ask
    from shopkeeper.insights import telling

    with open_shop(place(context)) as shop, segment_tables.waiting():
        found = ask(shop, getattr(telling, question), *arguments)
    if as_json:
        say(msgspec.json.encode(found).decode())
    else:
        getattr(segment_tables, question)(found)


def _moment(shop: Shop, text: str | None) -> int | None:
    """A time in the shop's own, or None for now."""
    # Deferred: see `open_shop`.
    from shopkeeper.model.time import LATEST, parse_local

    try:
        at = parse_local(text, shop.plan.zone) if text is not None else None
        if at is not None and not 0 <= at < LATEST:
            raise ValueError("outside all calendars")
    except (ValueError, OverflowError):
        hint = "Use ISO 8601, such as 2026-03-01T09:30."
        raise BadInput("bad_time", f"{text!r} is not a time", hint=hint, where="--at") from None
    return at
