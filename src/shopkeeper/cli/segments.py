"""`shopkeeper segments`: who is meant by which rule, why, and what they are worth beside everybody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from shopkeeper.model.errors import BadInput
from shopkeeper.model.time import DAY
from shopkeeper.terminal.context import open_shop, place, read_text, say, write_bytes

segments = typer.Typer(no_args_is_help=True, help="Segments: who is inside, why, and what they are worth.")
Id = Annotated[str, typer.Argument(help="The segment's id, such as returning-customers or audience:tea-lovers.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs, as the API answers.")]
Limit = Annotated[int, typer.Option(help="At most so many.", min=1, max=1000)]
Ids = Annotated[list[str], typer.Argument(help="Ids of segments; their order counts.")]
Some = Annotated[list[str] | None, typer.Argument(help="Ids of segments; all when left out.")]
Days = Annotated[int, typer.Option(help="Over the last so many times 24 hours.", min=1, max=3650)]
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
        _tell(context, as_json, "members", id, limit, 0, at)
        return
    _write(context, out, "members", id, ALL, 0, at)


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
def lists(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="A list, to see its people.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write its people to a .csv or .parquet file.")] = None,
    delete: Annotated[bool, typer.Option("--delete", help="Delete it; its people stay who they are.")] = False,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List the frozen lists, the latest first; or the people of one, who can be written to a file.

    Example: shopkeeper segments lists spring-letter --out letter.csv
    """
    if name is None:
        if out is not None or delete:
            raise BadInput("no_list", "No list is named", hint="Say which, as `shopkeeper segments lists` shows them.")
        _tell(context, as_json, "lists")
    elif delete:
        # Deferred: see `open_shop`.
        from shopkeeper.engine import segments as verbs

        with open_shop(place(context)) as shop:
            gone = verbs.delete_list(shop, name)
        say(f"deleted {gone.id}, a list of {gone.size:,} people")
    elif out is not None:
        _write(context, out, "listed", name, ALL)
    else:
        _tell(context, as_json, "listed", name, limit)


@segments.command("insights")
def insights(context: typer.Context, id: Id, days: Days = 30, as_json: Json = False) -> None:
    """Show a segment's figures and top products beside the shop's.

    Example: shopkeeper segments insights high-value-customers --days 90
    """
    _tell(context, as_json, "insights", id, days_back=days)


@segments.command("report")
def report(context: typer.Context, ids: Some = None, days: Days = 30, as_json: Json = False) -> None:
    """Show what each segment brought: orders, revenue, and the order credit in it.

    Example: shopkeeper segments report loyalty-one-time loyalty-loyal --days 90
    """
    _tell(context, as_json, "by_segment", ids or [], days_back=days)


@segments.command("overlap")
def overlap(context: typer.Context, ids: Ids, as_json: Json = False) -> None:
    """Show what each two segments share.

    Example: shopkeeper segments overlap high-value-customers sale-seekers
    """
    _tell(context, as_json, "overlap", ids)


@segments.command("sets")
def sets(context: typer.Context, ids: Ids, as_json: Json = False) -> None:
    """Show an ordered set: everybody is in the first segment that holds.

    Example: shopkeeper segments sets loyalty-vip loyalty-frequent loyalty-loyal
    """
    _tell(context, as_json, "sets", ids)


@segments.command("journeys")
def journeys(
    context: typer.Context,
    ids: Ids,
    days: Annotated[int, typer.Option(help="So many days, the last ends now.", min=1, max=92)] = 14,
    as_json: Json = False,
) -> None:
    """Show how people moved between the places of an ordered set, and the median time to the next.

    Example: shopkeeper segments journeys lifecycle-new lifecycle-active lifecycle-lost --days 28
    """
    _tell(context, as_json, "journeys", ids, days)


def _write(context: typer.Context, out: Path, question: str, *arguments: Any) -> None:
    """Ask `insights.telling` for people, and write them to a file."""
    # Deferred: see `open_shop`.
    from shopkeeper.engine.segments import ask
    from shopkeeper.insights import telling
    from shopkeeper.insights.files import FORMS, file_of

    form = out.suffix[1:]
    if form not in FORMS:
        raise BadInput("bad_file", f"{out} is neither .csv nor .parquet", hint="Name one of these.", where="--out")
    with open_shop(place(context)) as shop:
        found = ask(shop, getattr(telling, question), *arguments)
    write_bytes(out, file_of(found, form))
    say(f"wrote {found.size:,} people to {out}")


def _tell(context: typer.Context, as_json: bool, question: str, *arguments: Any, days_back: int = 0) -> None:
    """Ask a question of `insights.telling`, and print the answer with the function of that name, or as JSON."""
    # Deferred: see `open_shop`.
    import msgspec

    from shopkeeper.engine.segments import ask
    from shopkeeper.insights import telling
    from shopkeeper.terminal import segment_tables

    with open_shop(place(context)) as shop, segment_tables.waiting():
        if days_back:
            arguments = (*arguments, shop.now() - days_back * DAY, shop.now())
        found = ask(shop, getattr(telling, question), *arguments)
    if as_json:
        say(msgspec.json.encode(found).decode())
    else:
        getattr(segment_tables, question)(found)
