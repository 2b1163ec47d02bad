"""Keys, rejects, rebuild and the like: what an operator does now and then."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from shopkeeper.model.time import format_time
from shopkeeper.terminal.context import open_shop, place, say

rejects = typer.Typer(no_args_is_help=True, help="Events that were not accepted: look at them, replay them.")
Limit = Annotated[int, typer.Option(help="At most so many, the oldest first.", min=1)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def keys(context: typer.Context, as_json: Json = False) -> None:
    """Print the shop's keys.

    Example: shopkeeper keys --json
    """
    with open_shop(place(context)) as shop:
        held = shop.keys
    if as_json:
        say(json.dumps({"write_key": held.write, "secret_key": held.secret}))
        return
    say(f"write key   {held.write}   public: it goes into the page")
    say(f"secret key  {held.secret}   for servers only")


def rebuild(context: typer.Context) -> None:
    """Derive all state again from the event log.

    Example: shopkeeper --data myshop rebuild
    """
    # Deferred: see `open_shop`.
    from shopkeeper.engine import rebuild as work

    with open_shop(place(context), alone=True) as shop, progress("Rebuilding") as advance:
        count = work.rebuild(shop, advance)
    say(f"rebuilt from {count:,} events")


def recredit(context: typer.Context) -> None:
    """Derive order credit and product credit again from touches and orders.

    Example: shopkeeper recredit
    """
    # Deferred: see `open_shop`.
    from shopkeeper.engine import rebuild as work

    with open_shop(place(context)) as shop, progress("Crediting") as advance:
        count = work.recredit(shop, advance)
    say(f"credited the orders of {count:,} customers again")


def move(context: typer.Context) -> None:
    """Move waiting events to the history files now (`serve` does so every minute).

    Example: shopkeeper move
    """
    # Deferred: see `open_shop`.
    from shopkeeper import events, timelines

    with open_shop(place(context), alone=True) as shop:
        shop.history.sweep()
        count = events.move(shop.state, shop.history, shop.now())
        timelines.move(shop.state, shop.history, shop.now())
        merged = events.compact(shop.state, shop.history)
        timelines.tidy(shop.state, shop.history, shop.now())
    say(f"moved {count:,} events; merged the files of {merged} days")


@rejects.command("list")
def list_rejects(context: typer.Context, limit: Limit = 50, as_json: Json = False) -> None:
    """List kept rejects, the oldest first.

    Example: shopkeeper rejects list --limit 20
    """
    # Deferred: see `open_shop`.
    from shopkeeper import events

    with open_shop(place(context)) as shop, shop.state.read() as conn:
        counts, kept = events.count_rejects(conn), events.list_rejects(conn, limit)
    if as_json:
        rows = [reject.told() for reject in kept]
        say(json.dumps({"counts": counts, "rejects": rows}))
        return
    if not kept:
        say("no rejects are kept")
    for r in kept:
        say(f"{r.id:>6}  {format_time(r.received_at)}  {r.code}: {r.message}")
        say(f"        {r.raw[:200].decode('utf-8', 'replace')}")


@rejects.command("replay")
def replay_rejects(context: typer.Context, limit: Limit = 100_000) -> None:
    """Try kept rejects again, as if they arrived when they did; what is accepted now leaves the list.

    Example: shopkeeper rejects replay
    """
    # Deferred: see `open_shop`.
    from shopkeeper.engine.replay import replay

    with open_shop(place(context)) as shop:
        accepted, remaining = replay(shop, limit)
    say(f"accepted {accepted:,}; {remaining:,} are still rejected")


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar that appears when the work takes more than a moment."""
    # Deferred: only commands that take time draw.
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
