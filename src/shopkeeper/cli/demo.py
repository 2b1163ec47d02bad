"""`shopkeeper demo`: a simulated live shop in one process, with a crowd that talks to it over HTTP only."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shopkeeper.cli.serve import run, sign_in_link
from shopkeeper.model.errors import BadInput, Unavailable
from shopkeeper.terminal.context import DEFAULT_DATA, Place, complain, open_shop, place, say

if TYPE_CHECKING:
    import socket

    import uvicorn

    from shopkeeper.engine.shop import Shop

DEMO_DATA = Path("shopkeeper-demo")
HEADLESS_RATE = 12.0
"""Visitors in the shop at once when nobody watches: enough for orders within seconds."""


def demo(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8000,
    seed: Annotated[int, typer.Option(help="The crowd's seed: the same seed plans the same lives.")] = 1,
    days: Annotated[int, typer.Option(help="Days of history to begin with.", min=0, max=365)] = 60,
    rate: Annotated[float | None, typer.Option(help="How busy the live crowd is.", min=0.1, max=100)] = None,
    headless: Annotated[bool, typer.Option("--headless", help="Run without a person; end with one JSON line.")] = False,
    duration: Annotated[
        str, typer.Option("--for", help="How long to run, such as 20s or 5m; empty: until stopped.")
    ] = "",
) -> None:
    """Open a demo shop with a simulated crowd, and print links to it. Needs no network.

    Example: shopkeeper demo --headless --for 20s
    """
    # Deferred: see `open_shop`.
    from shopkeeper.serving import listening

    seconds = _seconds(duration) if duration else (20.0 if headless else None)
    with ExitStack() as stack:
        where = _place(place(context), headless, stack)
        sock = stack.enter_context(listening(where.data, "127.0.0.1", port))
        shop = stack.enter_context(open_shop(where, alone=True))
        _prepare(shop)
        Demo(shop, where.data, sock, seed, days, rate or (HEADLESS_RATE if headless else 2.0), seconds, headless).run()


class Demo:
    """The shop, its storefront and its crowd."""

    def __init__(
        self,
        shop: Shop,
        data: Path,
        sock: socket.socket,
        seed: int,
        days: int,
        rate: float,
        seconds: float | None,
        headless: bool,
    ) -> None:
        # Deferred: see `open_shop`.
        from shopkeeper.serving import address

        self.shop, self.data, self.seed, self.rate, self.seconds = shop, data, seed, rate, seconds
        self.headless = headless
        self.sock, self.base = sock, address(sock)
        self.days = 0 if _has_history(shop) else days
        self.report: dict[str, Any] = {}

    def run(self) -> None:
        """Serve until stopped; headless, end with the line of JSON."""
        # Deferred: see `open_shop`.
        from starlette.routing import Mount

        from shopkeeper.live import live
        from shopkeeper.simulator.storefront import storefront

        keys = self.shop.keys
        front = storefront(keys.write, keys.secret, self.base)
        beside = [Mount("/shop", front), Mount("/demo", live(self.shop, "/shop/"))]
        run(self.shop, self.sock, beside, self.live)
        if self.headless:
            say(json.dumps(self._summary()))

    def live(self, server: uvicorn.Server) -> None:
        """Wait for the server, stock the shop, print the links, then let the crowd in."""
        # Deferred: see `open_shop`.
        from shopkeeper.simulator.catalogue import catalogue
        from shopkeeper.simulator.storefront import send_products

        while not server.started and not server.should_exit:
            time.sleep(0.02)
        try:
            asyncio.run(send_products(self.base, self.shop.keys.secret, catalogue()))
            self.shop.restock()
            if not self.headless:
                self._links()
            self._crowd(server)
        except Exception as error:  # noqa: BLE001 - the shop stays open without its crowd
            complain(f"shopkeeper: the crowd stays away: {error}")
        finally:
            if self.headless or self.seconds is not None:
                server.should_exit = True

    def _links(self) -> None:
        say()
        say(f"  The shop    {self.base}/shop/")
        say(f"  Split view  {self.base}/demo/   (the shop beside you, as data)")
        say(f"  The admin   {sign_in_link(self.shop, self.base)}   (opens once)")
        say()
        say(f"  Data lies in {self.data}. Ctrl+C closes the shop.")

    def _crowd(self, server: uvicorn.Server) -> None:
        """Run the crowd in a process of its own, so that its latencies are the server's."""
        # Deferred: see `open_shop`.
        from shopkeeper.cli.upkeep import progress

        wish = {
            "base_url": self.base,
            "write_key": self.shop.keys.write,
            "secret_key": self.shop.keys.secret,
            "seed": self.seed,
            "days": self.days,
            "rate": self.rate,
            "live_seconds": self.seconds,
        }
        command = [sys.executable, "-m", "shopkeeper.simulator.crowd"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as crowd:  # noqa: S603
            assert crowd.stdin, "opened as pipes"
            assert crowd.stdout, "opened as pipes"
            crowd.stdin.write(json.dumps(wish) + "\n")
            crowd.stdin.flush()
            threading.Thread(target=_close_with, args=(server, crowd), daemon=True).start()
            with progress(f"Sending {self.days} days of history") as advance:
                for line in crowd.stdout:
                    said = json.loads(line)
                    if "of" in said:
                        advance(said["done"], said["of"])
                    elif "error" in said:
                        raise Unavailable("crowd_failed", said["error"])
                    else:
                        self.report = said["report"]

    def _summary(self) -> dict[str, Any]:
        """What happened, by the shop's own books: the whole period, history and live together."""
        # Deferred: see `open_shop`.
        from shopkeeper import stats
        from shopkeeper.stats import Window

        with self.shop.state.read() as conn:
            window = Window(0, self.shop.now())
            found = stats.figures(conn, self.shop.plan, window)
            (site,) = stats.click_totals(conn, self.shop.plan, window, "site")
        return {
            "events": self.report.get("events", 0),
            "decisions": self.report.get("decisions", 0),
            "orders": found.orders,
            "attributed_orders": sum(row.orders for row in found.communications),
            "attributed_value_cents": sum(row.value for row in found.communications),
            "click_total_cents": site.value,
            "decide_p50_ms": self.report.get("decide_p50_ms"),
            "decide_p99_ms": self.report.get("decide_p99_ms"),
        }


def _close_with(server: uvicorn.Server, crowd: subprocess.Popen[str]) -> None:
    """Let the crowd go home, with its report, once the server is told to stop."""
    while crowd.poll() is None:
        if server.should_exit and crowd.stdin and not crowd.stdin.closed:
            crowd.stdin.close()
        time.sleep(0.2)


def _place(given: Place, headless: bool, stack: ExitStack) -> Place:
    """Never the default folder of a real shop: a folder of the demo's own, or a passing one when nobody watches."""
    if given.data != DEFAULT_DATA or given.database:
        return given
    if headless:
        return Place(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="shopkeeper-demo-"))), None)
    return Place(DEMO_DATA, None)


def _prepare(shop: Shop) -> None:
    """Apply the demo's definitions, unless the folder holds somebody's real shop."""
    # Deferred: see `open_shop`.
    from shopkeeper.campaigns import parse_file
    from shopkeeper.simulator.shop_file import shop_text

    file = parse_file(shop_text(datetime.now(UTC).date()))
    if shop.plan.version and shop.plan.shop.name != file.shop.name:
        raise BadInput(
            "not_the_demo",
            f"This folder holds the shop {shop.plan.shop.name!r}, which the demo would overwrite.",
            hint="Name another folder: shopkeeper --data some-folder demo",
        )
    shop.apply(file)


def _has_history(shop: Shop) -> bool:
    # Deferred: see `open_shop`.
    from shopkeeper import events

    with shop.state.read() as conn:
        return events.count(conn, shop.history)[0] > 0


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|m|h)?", text.strip())
    if not found:
        raise BadInput("bad_duration", f"{text!r} is not a duration.", hint="Write 20s, 5m or 1h.")
    return float(found[1]) * {"s": 1, "m": 60, "h": 3600, None: 1}[found[2]]
