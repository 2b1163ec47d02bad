"""Checking an installation: pages of the shop, the tags in them, and what arrived from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from shopkeeper import decisions, events
from shopkeeper.campaigns import schedule_state
from shopkeeper.catalogue import Catalogue
from shopkeeper.engine.shop import Shop
from shopkeeper.model.errors import BadInput
from shopkeeper.model.events import CONSENT, PAGE, Event, Flag
from shopkeeper.model.integrity import integrity_of
from shopkeeper.model.time import DAY, MINUTE
from shopkeeper.reports.doctor import Case, findings
from shopkeeper.stats import Window
from shopkeeper.storage import Connection
from shopkeeper.verify.fetch import Guard, Refused, checked, fetch
from shopkeeper.verify.rules import arrived as of_arrived
from shopkeeper.verify.rules import page as of_page
from shopkeeper.verify.rules.arrived import DAYS, Arrived, Doctored
from shopkeeper.verify.rules.page import Answered, Look, Own, TagAnswer
from shopkeeper.verify.rules.words import Verdict, failed

LATEST_DECISIONS = LATEST_EVENTS = 2_000
TAGS = 2
"""Tags of a page that are asked, and how long each may take in seconds: somebody waits."""
TAG_SECONDS = 3.0
AHEAD = 6 * MINUTE
"""Clocks that are wrong put events into the future; intake allows five minutes."""
ALLOW = (
    "Name the host under settings.hosts in shop.yaml; or run `shopkeeper check` on the server, which may look anywhere."
)
HEAD = "// shopkeeper "
"""How the tag begins."""
_SERVER = int(Flag.SERVER)


class Installed(NamedTuple):
    """The tag as this server serves it now."""

    version: str = ""
    integrity: str = ""


def own(shop: Shop, tag: Installed) -> Own:
    """What the shop knows of itself."""
    products = {id: None for id, product in shop.catalogue.products.items() if not product.discovered}
    return Own(
        shop.keys.write,
        shop.keys.secret,
        shop.plan.settings.tag_prefix,
        tag.version,
        tag.integrity,
        {name: zone.kind for name, zone in shop.plan.zones.items()},
        products,
        len(products),
        shop.plan.settings.consent_default == "denied",
    )


def arrived(conn: Connection, shop: Shop) -> Arrived:
    """What arrived in the last days. The latest 20,000 events are looked at, as the data doctor does."""
    now = shop.now()
    case = Case(conn, shop.plan, shop.catalogue, Window(now - DAYS * DAY, now + AHEAD))
    last = events.last_arrived(conn)
    browsers = [event for event in case.events if not event.flags & _SERVER]
    views = Counter(host for event in browsers if event.name == PAGE and (host := _host(event)))
    refused = {event.device for event in browsers if event.name == CONSENT}
    return Arrived(
        now,
        last.received_at if last else None,
        dict(views.most_common()),
        len({event.device for event in browsers} - refused),
        len(refused),
        len(case.orders),
        {each.check: Doctored(each.count, each.of, each.example, each.fix) for each in findings(case)},
        events.count_rejects(conn),
        decisions.zones_asked(conn, LATEST_DECISIONS),
        _wanted(shop, now),
    )


def pages_seen(conn: Connection) -> dict[str, str]:
    """Host (with its port, where it is named) -> the latest page there that a browser reported, of the latest events."""
    found: dict[str, str] = {}
    for event in events.latest(conn, LATEST_EVENTS):
        if event.name == PAGE and not event.flags & _SERVER and (host := _host(event)):
            found.setdefault(host, str(_url(event)).partition("#")[0].partition("?")[0])
    return found


class Hosts:
    """The shop's hosts as far as they are known: those of pages that browsers reported, and of the catalogue's pages."""

    def __init__(self, pages: Mapping[str, str], catalogue: Catalogue) -> None:
        self._pages = pages
        self._products = catalogue.products

    def __contains__(self, host: object) -> bool:
        if host in self._pages:
            return True
        place = f"://{host}/"
        return any(place in product.url.lower() for product in self._products.values() if not product.discovered)


def look(shop: Shop, tag: Installed, had: Arrived, addresses: list[str], guard: Guard) -> list[Verdict]:
    """All checks: of each page, then of what arrived. Raises BadInput for what is no address."""
    urls = [checked(address) for address in addresses]
    verdicts: list[Verdict] = []
    zones: set[str] = set()
    for url in urls:
        found, seen = _page(shop, tag, had, url, guard)
        verdicts += found
        zones |= seen
    return [*verdicts, *of_arrived.judge(had, zones)]


def _page(shop: Shop, tag: Installed, had: Arrived, url: str, guard: Guard) -> tuple[list[Verdict], set[str]]:
    """The checks of one page, and its zones."""
    try:
        answered = fetch(url, guard)
    except Refused as refused:
        fix = ALLOW if refused.code == "not_allowed" else ""
        return [failed("page-unreachable", str(refused), url, fix=fix)], set()
    if problem := of_page.opened(answered):
        return [failed("page-unreachable", problem, answered.url)], set()
    host = urlsplit(answered.url).netloc.lower()
    seen = Look(own(shop, tag), answered, had.views.get(host, 0) > 0)
    # The secret key goes nowhere, even if the page has let it out.
    answers = {a: _ask(a, key if key != shop.keys.secret else "", guard) for a, key in seen.asked[:TAGS]}
    waiting = next((said for script in seen.tags if (said := script.attributes.get("data-consent", ""))), "")
    verdicts = [
        of_page.reached(answered),
        *of_page.judge(seen, answers),
        *of_arrived.of_host(had, host, answered.url, waiting),
    ]
    return verdicts, {zone.name for zone in seen.markup.zones}


def _ask(address: str, key: str, guard: Guard) -> TagAnswer:
    """What a tag's address answers, and whether the server beside it knows the key."""
    try:
        script = fetch(address, guard, seconds=TAG_SECONDS)
    except BadInput as error:
        return TagAnswer(problem=str(error))
    except Refused as refused:
        if refused.code == "not_allowed":
            return TagAnswer(skipped=str(refused))
        return TagAnswer(problem=str(refused))
    if script.status != 200:
        return TagAnswer(problem=f"it answers {script.status}.")
    if not script.text.startswith(HEAD):
        return TagAnswer(problem="what it answers is not the tag.")
    integrity = integrity_of(script.text.encode())
    return TagAnswer(integrity=integrity, knows=_knows(address, key, guard) if key else None)


def _knows(address: str, key: str, guard: Guard) -> bool | None:
    """Whether the server of a tag knows a key: it is asked to decide nothing for nobody, which leaves no trace."""
    body = msgspec.json.encode({"writeKey": key, "zones": []})
    try:
        answer: Answered = fetch(address.rpartition("/")[0] + "/d", guard, body=body, seconds=TAG_SECONDS)
    except (Refused, BadInput):
        return None
    return {200: True, 401: False}.get(answer.status)


def _url(event: Event) -> object:
    return event.context.get("url") or event.properties.get("url")


def _host(event: Event) -> str:
    """Host of a page on the web; anybody may send anything."""
    url = _url(event)
    try:
        checked_url = checked(url) if isinstance(url, str) and "://" in url else ""
    except BadInput:
        return ""
    return urlsplit(checked_url).netloc.lower()[:255]


def _wanted(shop: Shop, now: int) -> dict[str, str]:
    """Zone in the page -> a campaign that is live and has content for it."""
    plan = shop.plan
    found = {}
    for zone, placed in plan.candidates.items():
        live = (p for p in placed if not schedule_state(p.campaign, p.hours, plan.zone, now))
        first = next(live, None) if plan.zones[zone].kind == "block" else None
        if first:
            found[zone] = first.campaign_id
    return found
