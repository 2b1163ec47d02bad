"""`shopkeeper serve`: one process, one port."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from shopkeeper.terminal.context import command, open_shop, place, say, server_of

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence

    import uvicorn
    from starlette.routing import BaseRoute

    from shopkeeper.engine.shop import Shop

PORT = 8000
Url = Annotated[
    str | None,
    typer.Option(help=f"Where the server is reached; unless told, where it runs now, else http://127.0.0.1:{PORT}."),
]


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = PORT,
) -> None:
    """Serve the shop: API, tag and admin on one port.

    Example: shopkeeper --data myshop serve --port 8000
    """
    # Deferred: see `open_shop`.
    from shopkeeper.serving import address, listening

    where = place(context)
    with listening(where.data, host, port) as sock, open_shop(where, alone=True) as shop:
        base = address(sock)
        say(f"shopkeeper serves {shop.plan.shop.name} at {base}")
        say(f"  write key   {shop.keys.write}   (public: it goes into the page)")
        say(f"  secret key  `{command(where, 'keys')}` prints it   (for servers only)")
        path = f"{shop.plan.settings.tag_prefix}/t.js"
        say(f'  tag         <script async src="{base}{path}" data-key="{shop.keys.write}"></script>')
        say(f"  admin       {sign_in_link(shop, base)}   (opens once; `{command(where, 'link')}` prints another)")
        run(shop, sock)


def link(context: typer.Context, url: Url = None) -> None:
    """Print a link that signs its opener in to the admin, once, within a quarter of an hour.

    Example: shopkeeper link --url https://shop.example.com
    """
    with open_shop(place(context)) as shop:
        say(sign_in_link(shop, url or server_of(place(context), PORT)))


def tag(
    context: typer.Context,
    url: Url = None,
    pinned: Annotated[
        bool, typer.Option(help="Name this version with its hash: browsers refuse any other, and keep it for ever.")
    ] = False,
) -> None:
    """Print the lines that install the tag in the shop's pages.

    Example: shopkeeper tag --url https://shop.example.com --pinned
    """
    # Deferred: see `open_shop`.
    from shopkeeper.api.tag import TagFiles

    with open_shop(place(context)) as shop:
        settings, base = shop.plan.settings, (url or server_of(place(context), PORT)).rstrip("/")
        first = settings.consent_default == "denied"
        print(TagFiles().snippet(base, settings.tag_prefix, shop.keys.write, pinned=pinned, ask_first=first))


def sign_in_link(shop: Shop, base: str) -> str:
    """A one-time link to the admin."""
    # Deferred: see `open_shop`.
    from shopkeeper.admin import one_time_link

    return one_time_link(shop, base)


def run(
    shop: Shop,
    sock: socket.socket,
    beside: Sequence[BaseRoute] = (),
    meanwhile: Callable[[uvicorn.Server], None] | None = None,
) -> None:
    """Serve until interrupted, then write what is queued. `meanwhile` runs in a thread of its own while it serves."""
    # Deferred: see `open_shop`.
    from shopkeeper.serving import address, lean
    from shopkeeper.storage.lock import reached_at

    assert shop.place, "opened by its directory"
    with lean(), reached_at(shop.place[0], address(sock)):
        _run(shop, sock, beside, meanwhile)


def _run(
    shop: Shop,
    sock: socket.socket,
    beside: Sequence[BaseRoute],
    meanwhile: Callable[[uvicorn.Server], None] | None,
) -> None:
    # Deferred: see `open_shop`.
    from starlette.routing import Mount

    from shopkeeper.admin import admin
    from shopkeeper.api import build_app
    from shopkeeper.api.request import know_agents
    from shopkeeper.api.tag import TagFiles
    from shopkeeper.engine.intake import Intake
    from shopkeeper.engine.jobs import Jobs
    from shopkeeper.engine.writer import Writer
    from shopkeeper.goods.finding import Following
    from shopkeeper.serving import make_server, tuned

    writer = Writer(shop)
    jobs = Jobs(shop)
    following = Following(shop)
    intake = Intake(shop, writer)
    server = make_server(build_app(intake, [Mount("/admin", admin(shop, intake.counts, TagFiles())), *beside]))
    threading.Thread(target=know_agents, daemon=True).start()
    companion = threading.Thread(target=meanwhile, args=(server,), daemon=True) if meanwhile else None
    try:
        if companion:
            companion.start()
        with tuned(), _stopping(server):
            server.run(sockets=[sock])
    finally:
        if companion:
            companion.join()
        following.close()
        jobs.close()
        writer.close()


@contextmanager
def _stopping(server: uvicorn.Server) -> Iterator[None]:
    """Let Ctrl+C and SIGTERM end the server only: uvicorn raises them again afterwards, which would end the process
    before what is queued is written.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: setattr(server, "should_exit", True)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
