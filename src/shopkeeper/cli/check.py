"""`shopkeeper check`: whether the shop is installed as it should be; `shopkeeper debug-link`: a look behind its pages."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from shopkeeper.terminal.context import open_shop, place, say


def check(
    context: typer.Context,
    urls: Annotated[list[str] | None, typer.Argument(help="Pages of the shop: its home, a product, the cart.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list for programs.")] = False,
) -> None:
    """Verify the installation: fetch pages of the shop, look at what arrived, and name the cause and the fix of each fault.

    Without a page only what arrived is looked at. Ends with exit code 1 when a check failed; warnings do not count.

    Example: shopkeeper check https://shop.example.com/ https://shop.example.com/p/tea-1
    """
    # Deferred: see `open_shop`.
    import msgspec

    from shopkeeper import verify
    from shopkeeper.api.tag import TagFiles

    tag = TagFiles()
    with open_shop(place(context)) as shop:
        with shop.state.read() as conn:
            had = verify.arrived(conn, shop)
        verdicts = verify.look(shop, verify.Installed(tag.version, tag.integrity), had, urls or [], verify.anywhere)
    if as_json:
        say(msgspec.json.encode(verdicts).decode())
    else:
        # Deferred: only this form draws.
        from shopkeeper.cli.checks import show

        show(verdicts)
        counts = Counter(str(verdict.result) for verdict in verdicts)
        named = {"failed": "failed", "warning": "warned", "passed": "passed", "not checked": "not checked"}
        say(", ".join(f"{counts[result]} {words}" for result, words in named.items() if counts[result]))
    if verify.worst(verdicts) == "failed":
        raise typer.Exit(1)


def debug_link(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="A page of the shop.")],
) -> None:
    """Print a page's address with a token that shows staff what lies behind it, for eight hours; nothing of it is counted.

    Example: shopkeeper debug-link https://shop.example.com/
    """
    # Deferred: see `open_shop`.
    from shopkeeper.engine.debug import link
    from shopkeeper.verify import checked

    page = checked(url)
    with open_shop(place(context)) as shop:
        say(link(page, shop.keys.secret, shop.now()))
