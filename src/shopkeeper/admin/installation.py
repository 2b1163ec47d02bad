"""Installation: whether the shop is installed as it should be, each check with cause and fix, and the way behind its pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple, Protocol

from starlette.requests import Request
from starlette.responses import Response

from shopkeeper import verify
from shopkeeper.admin import settings, sign_in
from shopkeeper.engine import debug
from shopkeeper.engine.shop import Shop
from shopkeeper.model.errors import BadInput
from shopkeeper.pages.page import Ask, Page, answer
from shopkeeper.pages.table import Column, Empty, Table
from shopkeeper.verify import Verdict

ORDER = {"failed": "failed", "warning": "warnings", "passed": "passed", "not checked": "not checked"}
"""Result -> what several of them are called; the worst first."""


class Tag(Protocol):
    """The tag as this server serves it."""

    version: str
    integrity: str

    def snippet(self, base: str, prefix: str, write_key: str, *, pinned: bool, ask_first: bool) -> str:
        """The lines for the shop's pages."""


class Found(NamedTuple):
    """What is shown."""

    url: str
    """The page that was asked for, as it was typed."""
    problem: str
    """What is wrong with that."""
    pages: Mapping[str, str]
    """Host -> its latest page, of those that page views came from."""
    verdicts: list[Verdict]


def answered(shop: Shop, tag: Tag | None, form: str, request: Request) -> Response:
    """The page in a form. Nothing is held open in the database while the shop's pages are fetched."""
    found = _found(shop, tag, request)
    with shop.state.read() as conn:
        ask = Ask(request, shop, conn, shop.plan, shop.now())
        return answer(ask, _page(ask, tag, found), form)


def _found(shop: Shop, tag: Tag | None, request: Request) -> Found:
    """The checks; a page is fetched from hosts of the shop only, and never because another site asks for it."""
    with shop.state.read() as conn:
        had, pages = verify.arrived(conn, shop), verify.pages_seen(conn)
    url = request.query_params.get("url", "").strip()
    guard = verify.only({request.url.netloc.lower(), *shop.plan.settings.hosts}, verify.Hosts(pages, shop.catalogue))
    installed = verify.Installed(tag.version, tag.integrity) if tag else verify.Installed()
    problem = ""
    if url and sign_in.from_elsewhere(request):
        problem = "Another site led here, so nothing was fetched. Press Check to do it."
    elif url:
        try:
            return Found(url, "", pages, verify.look(shop, installed, had, [url], guard))
        except BadInput as error:
            problem = str(error)
    return Found(url, problem, pages, verify.look(shop, installed, had, [], guard))


def _page(ask: Ask, tag: Tag | None, found: Found) -> Page:
    columns = [
        Column(name, name.capitalize()) for name in ("about", "check", "result", "title", "evidence", "cause", "fix")
    ]
    rows = [{column.key: getattr(verdict, column.key) for column in columns} for verdict in found.verdicts]
    counts = Counter(str(verdict.result) for verdict in found.verdicts)
    # Only a page with the shop's own tag has something behind it, and is handed a token.
    ours = any(v.check == "wrong-key" and v.result == "passed" for v in found.verdicts)
    context = {
        "url": found.url or next(iter(found.pages.values()), ""),
        "problem": found.problem,
        "groups": [(about, _sorted(group)) for about, group in groupby(found.verdicts, key=lambda v: v.about)],
        "counts": [f"{n} {words if n > 1 else result}" for result, words in ORDER.items() if (n := counts[result])],
        "signs": verify.SIGNS,
        "arrived": bool(found.pages),
        "behind": debug.link(verify.checked(found.url), ask.shop.keys.secret, ask.now) if ours else "",
        "page_name": verify.checked(found.url).partition("?")[0] if ours else "",
        "snippets": _snippets(ask, tag),
    }
    table = Table("checks", "Checks", columns, rows, Empty(""))
    return Page("installation.html", "Installation", "settings", (table,), context, dict(counts))


def _sorted(verdicts: Iterable[Verdict]) -> list[Verdict]:
    return sorted(verdicts, key=lambda verdict: [*ORDER].index(verdict.result))


def _snippets(ask: Ask, tag: Tag | None) -> list[tuple[str, str]]:
    """(what it is good for, the lines) of each way to install the tag."""
    if tag is None:
        return [("", settings.snippet(ask))]
    url, rules = ask.request.url, ask.plan.settings

    def lines(*, pinned: bool) -> str:
        base, first = f"{url.scheme}://{url.netloc}", rules.consent_default == "denied"
        return tag.snippet(base, rules.tag_prefix, ask.shop.keys.write, pinned=pinned, ask_first=first)

    pinned = "The same with this version's hash: browsers refuse any other script. Every update needs new lines."
    return [("Always the current version:", lines(pinned=False)), (pinned, lines(pinned=True))]
