"""`shopkeeper apply` and `export`: definitions as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shopkeeper.terminal.context import open_shop, place, read_text, say, write_bytes


def apply(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file of definitions, such as shop.yaml.")],
) -> None:
    """Make zones and campaigns those of a file. What is gone from the file is soft-deleted.

    Example: shopkeeper apply shop.yaml
    """
    # Deferred: see `open_shop`.
    from shopkeeper.campaigns import parse_file

    parsed = parse_file(read_text(file))
    with open_shop(place(context)) as shop:
        applied = shop.apply(parsed)
    for verb, names in (("created", applied.created), ("changed", applied.changed), ("deleted", applied.deleted)):
        for name in names:
            say(f"{verb}  {name}")
    if not (applied.created or applied.changed or applied.deleted):
        say("nothing changed")


def export(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Where to write; the terminal when left out.")] = None,
) -> None:
    """Write the definitions as the file that `apply` takes.

    Example: shopkeeper export shop.yaml
    """
    # Deferred: see `open_shop`.
    from shopkeeper.campaigns import export_file, to_yaml

    with open_shop(place(context)) as shop:
        text = to_yaml(export_file(shop.plan))
    if file is None:
        say(text.rstrip())
        return
    write_bytes(file, text.encode())
    say(f"wrote {file}")
