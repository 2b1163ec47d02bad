"""`shopkeeper doctor`: what is wrong with the data that comes in."""

from __future__ import annotations

from typing import Annotated

import typer

from shopkeeper.terminal.context import open_shop, place, say


def doctor(
    context: typer.Context,
    days: Annotated[int, typer.Option(help="How many days to look back.", min=1, max=3650)] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list for programs.")] = False,
) -> None:
    """Look for what is wrong with the data that comes in; each finding with a count, an example and a fix.

    Example: shopkeeper doctor --days 7
    """
    # Deferred: see `open_shop`.
    import msgspec

    from shopkeeper.model.time import DAY
    from shopkeeper.reports.doctor import examine
    from shopkeeper.stats import Window

    with open_shop(place(context)) as shop, shop.state.read() as conn:
        now = shop.now()
        found = examine(conn, shop.plan, shop.catalogue, Window(now - days * DAY, now))
    if as_json:
        say(msgspec.json.encode(found).decode())
        return
    for finding in found:
        if finding.count:
            say(f"{finding.title}: {finding.count:,} of {finding.of:,}")
            say(f"  such as {finding.example}")
            say(f"  {finding.fix}")
    fine = [finding.title for finding in found if not finding.count]
    say(
        f"nothing found by {len(fine)} of {len(found)} checks: {'; '.join(fine)}"
        if fine
        else "every check found something"
    )
