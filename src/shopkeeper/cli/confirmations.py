"""`shopkeeper confirmations`: the addresses that wait for their owners, and the link to send to each."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from shopkeeper.terminal.context import open_shop, place, say


def confirmations(
    context: typer.Context,
    base: Annotated[str, typer.Option("--base", help="Address of this server, put before each link.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the e-mail addresses that are not confirmed yet, with the link to send to each.

    Example: shopkeeper confirmations --base https://events.example.com
    """
    # Deferred: see `open_shop`.
    from shopkeeper.addresses import waiting
    from shopkeeper.model.time import format_time

    with open_shop(place(context)) as shop, shop.state.read() as conn:
        found = waiting(conn, shop.plan, shop.keys.secret)
    rows = [
        {"email": w.email, "person": w.person, "communication": w.communication, "at": format_time(w.at)}
        | {"link": base.rstrip("/") + w.link}
        for w in found
    ]
    if as_json:
        say(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        say(f"{row['email']}  {row['link']}")
    if not rows:
        say("no address waits")
