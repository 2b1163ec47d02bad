"""`shopkeeper serve`: one process, one port."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from shopkeeper.cli.context import open_shop, place, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import BaseRoute

    from shopkeeper.engine.shop import Shop

PORT = 8000


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = PORT,
) -> None:
    """Serve the shop: API, tag and admin on one port.

    Example: shopkeeper --data myshop serve --port 8000
    """
    with open_shop(place(context), alone=True) as shop:
        run(shop, host, port)


def run(shop: Shop, host: str, port: int, beside: Sequence[BaseRoute] = ()) -> None:
    """Serve until interrupted, then write what is queued."""
    # Deferred: see `open_shop`.
    from shopkeeper.api import build_app  # noqa: PLC0415
    from shopkeeper.api.serve import bind, make_server  # noqa: PLC0415
    from shopkeeper.engine.jobs import Jobs  # noqa: PLC0415
    from shopkeeper.engine.writer import Writer  # noqa: PLC0415

    sock = bind(host, port)
    writer = Writer(shop)
    jobs = Jobs(shop)
    base = f"http://{host}:{sock.getsockname()[1]}"
    say(f"shopkeeper serves {shop.plan.shop.name} at {base}")
    say(f"  write key   {shop.keys.write}   (public: it goes into the page)")
    say("  secret key  `shopkeeper keys` prints it   (for servers only)")
    say(f'  tag         <script async src="{base}/sk/t.js" data-key="{shop.keys.write}"></script>')
    try:
        make_server(build_app(shop, writer, beside)).run(sockets=[sock])
    finally:
        jobs.close()
        writer.close()
