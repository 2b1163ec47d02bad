"""The debug view of the shop's staff: the signed link that opens it, and seeing a page as somebody else.

What is decided in it is explained to the browser, and leaves no trace: no record, no caps used up, nothing remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec
from itsdangerous import BadData, URLSafeSerializer

from shopkeeper.campaigns import Plan
from shopkeeper.conditions import AUDIENCE
from shopkeeper.decisions import Board, Moment, Posed, Visitor
from shopkeeper.model.errors import NotAllowed
from shopkeeper.model.events import PAGE
from shopkeeper.model.time import HOUR
from shopkeeper.segments import Book
from shopkeeper.timelines import Timeline
from shopkeeper.timelines.facts import Fact, joined
from shopkeeper.visitors import Profile
from shopkeeper.visitors.profile import Joined

PARAMETER = "sk_debug"
"""What the page's address carries."""
VALID = 8 * HOUR
_NOBODY = "sk:debug"


class Persona(msgspec.Struct, frozen=True):
    """Whom a page is to be seen as. Only the decision sees it; nothing of it is stored."""

    new: bool = False
    """Somebody new: without history, log-in, attributes and appearances."""
    device: Literal["", "desktop", "mobile", "tablet"] = ""
    """The device of the visit."""
    segments: dict[str, bool] = {}
    """Segments to be in or out of, whatever their rules say; those no campaign asks for change nothing."""
    audiences: list[str] = []
    """Audiences joined in addition."""


def token(secret: str, now: int) -> str:
    """What opens the debug view for eight hours from now."""
    return str(_signer(secret).dumps((now + VALID) // 1_000_000))


def link(url: str, secret: str, now: int) -> str:
    """A page's address that opens it in the debug view."""
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != PARAMETER]
    asked = urlencode([*query, (PARAMETER, token(secret, now))])
    return urlunsplit(parts._replace(path=parts.path or "/", query=asked))


def permitted_until(secret: str, given: str, now: int) -> int:
    """When a token ends. Raises NotAllowed for one that has ended, or that we did not sign."""
    try:
        end = int(_signer(secret).loads(given)) * 1_000_000
    except (BadData, ValueError, TypeError):
        raise _refused("debug_invalid", "This debug link was not made by this shop.") from None
    if now >= end:
        raise _refused("debug_expired", "This debug link has expired.")
    return end


def _refused(code: str, message: str) -> NotAllowed:
    hint = "Make another one: Settings, Installation in the admin, or `shopkeeper debug-link`."
    error = NotAllowed(code, message, hint=hint)
    error.status = 403
    return error


def posed(
    board: Board, visitor: Visitor, timeline: Callable[[], Timeline], persona: Persona
) -> tuple[Board, Visitor, Callable[[], Timeline]]:
    """The board, the visitor and what they did, as the persona would have them."""
    at = visitor.moment.at
    if persona.new:
        visitor = Visitor(Profile(_NOBODY), Moment(at, at), personal=True)
    facts = [joined(name, at, b"", _NOBODY) for name in persona.audiences]
    if persona.device:
        facts.append(Fact(at, b"", PAGE, _NOBODY, device_class=persona.device))
    if persona.audiences:
        profile = visitor.profile
        audiences = {name: Joined(at, b"") for name in persona.audiences} | profile.audiences
        visitor = msgspec.structs.replace(visitor, profile=msgspec.structs.replace(profile, audiences=audiences))

    def lived() -> Timeline:
        return Timeline([*(() if persona.new else timeline().facts), *facts])

    return Posed(board, persona.segments), visitor, lived


def behind_the_page(board: Board, book: Book, plan: Plan, inside: int, left: int) -> dict[str, Any]:
    """What the debug view says beside the explanations: `left` microseconds, the zones, and what one may be seen as."""
    audiences = [id.removeprefix(AUDIENCE) for id in book.segments if id.startswith(AUDIENCE)]
    return {
        "left_ms": left // 1000,
        "zones": {name: {"title": zone.title or name, "kind": zone.kind} for name, zone in plan.zones.items()},
        "segments": [
            {"id": each.id, "name": each.name or each.id, "inside": bool(inside >> place & 1)}
            for place, each in enumerate(board.segments)
        ],
        "audiences": audiences,
    }


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="shopkeeper debug view")
