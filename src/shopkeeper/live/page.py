"""The split view of the demo: the shop in a frame, and beside it what becomes of whoever uses this browser.

Only `shopkeeper demo` mounts it: it tells anybody what is known of the visitor whose cookie they bring.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from shopkeeper import decisions, events, insights, visitors
from shopkeeper.admin.app import file, route
from shopkeeper.decisions import Logged
from shopkeeper.engine.segments import base
from shopkeeper.engine.shop import Shop
from shopkeeper.journal import describe
from shopkeeper.model.time import SESSION_GAP
from shopkeeper.pages.page import html
from shopkeeper.visitors import name_of

COOKIE = "sk_id"
EVENTS = 60
"""The latest events shown."""
DECISIONS = 8


def live(shop: Shop, home: str) -> Starlette:
    """The split view of a shop whose pages begin at the path `home`, to be mounted at `/demo`."""
    return Starlette(
        routes=[
            route("/", partial(_page, shop, home)),
            route("/life", partial(_life, shop)),
            route("/files/{name}", file),
        ]
    )


def _page(shop: Shop, home: str, request: Request) -> Response:
    return html(request, "live.html", {"shop": shop.plan.shop, "home": home})


def _life(shop: Shop, request: Request) -> Response:
    return Response(msgspec.json.encode(life(shop, request.cookies.get(COOKIE, ""))), media_type="application/json")


def life(shop: Shop, device: str) -> dict[str, Any]:
    """The running visit of a browser: events and decisions, the latest first, and what the visitor belongs to now.

    Times are milliseconds. Everything is empty for a browser of which nothing is known.
    """
    now, plan = shop.now(), shop.plan
    with shop.state.read() as conn:
        person = visitors.person_now(conn, device, now) if device else ""
        profile = visitors.load(conn, [person], create=False).get(person)
        lived = events.recent(conn, [device])[-EVENTS:] if device else []
        logged = decisions.decisions_of(conn, [device], DECISIONS) if device else []
        inside = insights.segments_of(base(shop, conn), person) if profile else []
    told = [(event, describe(event, shop.catalogue, plan.served)) for event in reversed(lived)]
    return {
        "person": person if profile else "",
        "name": name_of(profile) if profile and profile.user else "A visitor",
        "attributes": {name: str(held.value) for name, held in profile.attributes.items()} if profile else {},
        "segments": {each.segment.id: each.segment.name for each in inside},
        "events": [
            {"id": event.event_id.hex(), "at": event.occurred_at // 1000, "what": what, "detail": detail}
            for event, (what, detail, _) in told
            if event.occurred_at > now - SESSION_GAP
        ],
        "decisions": [_decision(shop, one) for one in logged if one.at > now - SESSION_GAP],
    }


def _decision(shop: Shop, one: Logged) -> dict[str, Any]:
    zones = [
        {
            "zone": zone,
            "title": shop.plan.zones[zone].title if zone in shop.plan.zones else zone,
            "candidates": list(_candidates(shop, zone, walked)),
        }
        for zone, walked in one.zones.items()
    ]
    path = "/" + one.url.split("://")[-1].partition("/")[2]
    return {"id": one.decision_id.hex(), "at": one.at // 1000, "page": path, "ms": one.took_us / 1000, "zones": zones}


def _candidates(shop: Shop, zone: str, walked: list[decisions.Candidacy]) -> Iterator[Mapping[str, str]]:
    """All that compete for a zone, in priority order: `result` is shown, passed over, or not reached."""
    for one in walked:
        result = "passed over" if one.test else "shown"
        yield {"id": one.communication, "result": result, "reason": one.reason or "passed every test"}
    known = shop.plan.candidates.get(zone, ())
    if walked and not walked[-1].test:
        for placed in known[len(walked) :]:
            yield {"id": placed.id, "result": "not reached", "reason": "something above it was shown"}
