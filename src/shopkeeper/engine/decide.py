"""Answering a decision: who is looking, the walk down each zone, the answer's JSON, and the record of it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from functools import partial
from time import perf_counter_ns
from typing import Any, NamedTuple

import msgspec

from shopkeeper import timelines, visitors
from shopkeeper.content.html import tag
from shopkeeper.decisions import Candidate, Chosen, Made, Moment, Page, Visitor, decide, manners
from shopkeeper.engine import clock
from shopkeeper.engine.debug import Persona, behind_the_page, permitted_until, posed
from shopkeeper.engine.holdouts import Asking, would_be_exposures
from shopkeeper.engine.shop import Shop
from shopkeeper.engine.writer import Writer
from shopkeeper.events.rules import signed
from shopkeeper.model.errors import BadInput, NotAllowed
from shopkeeper.model.events import user_device
from shopkeeper.model.shapes import misfit
from shopkeeper.timelines import Timeline
from shopkeeper.visitors import Profile

MAX_ZONES = 50
MAX_ID = 255
"""Characters."""


class AskedPage(Page, frozen=True):
    """What the browser says of its page."""

    title: str = ""
    referrer: str = ""


class Asked(msgspec.Struct, rename={"write_key": "writeKey", "anonymous_id": "anonymousId", "user_id": "userId"}):
    """A request for decisions."""

    zones: list[str] = []
    overlays: bool = False
    """Also decide the zones of pop-ups and notifications."""
    anonymous_id: str | None = None
    user_id: str | None = None
    signature: str | None = None
    page: AskedPage = AskedPage()
    consent: dict[str, bool] = {}
    html: bool = False
    """Whether to answer with markup, as the tag wants it, instead of fields."""
    write_key: str | None = None
    debug: str | None = None
    """The token of a debug link: the answer explains itself, and the question leaves no trace."""
    persona: Persona = Persona()
    """Whom to see the page as, with a debug token."""


class Caller(NamedTuple):
    """Who asks, as the request says beside its body."""

    key: str | None = None
    quiet: bool = False
    """Bots and staff leave no record."""
    forged: bool = False
    """Whoever brings a forged cookie is a stranger."""
    known: Callable[[str], None] | None = None
    """Told the id of a browser's visitor who permits to be known."""
    context: Callable[[], dict[str, Any]] = dict
    """What the request's headers tell of device and place; looked at where an event is made of the question."""


_decode = msgspec.json.Decoder(Asked).decode
_encode = msgspec.json.Encoder().encode


def read_asked(body: bytes) -> Asked:
    """The request, or BadInput naming the field that is wrong."""
    try:
        asked = _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        hint = "Send JSON as /v1/openapi.json describes it."
        words, place = misfit(error)
        message = f"The request is not what it should be: {words}."
        raise BadInput("malformed", message, where=place, hint=hint) from None
    if b"\\u0000" in body:
        raise BadInput("nul_character", "Text may not hold the NUL character.")
    if len(asked.zones) > MAX_ZONES:
        raise BadInput("too_many_zones", f"A page may ask for {MAX_ZONES} zones.", where="zones")
    if asked.anonymous_id and len(asked.anonymous_id) > MAX_ID:
        raise _long("anonymousId")
    if asked.user_id and len(asked.user_id) > MAX_ID:
        raise _long("userId")
    return asked


def _long(field: str) -> BadInput:
    return BadInput("bad_id", f"{field} may have {MAX_ID} characters.", where=field)


def answer(
    shop: Shop,
    writer: Writer,
    caller: Caller,
    body: bytes,
    *,
    explain: bool = False,
    served: bool = False,
    quickly: bool = False,
) -> bytes:
    """Decide and return the JSON of the answer; with `served` each zone is the markup a shop's server puts into its page.

    `quickly` raises LongTimelineError where the visitor did so much that others would wait for the answer.
    """
    begun = perf_counter_ns()
    shop.served += 1
    asked = read_asked(body)
    server = shop.keys.server(caller.key or asked.write_key)
    if explain and not server:
        raise _unexplained()
    board = shop.board
    names, errors = _zones(asked, board.zones, shop.plan.overlays)
    now = shop.now()
    behind = permitted_until(shop.keys.secret, asked.debug, now) if asked.debug else 0
    device = asked.anonymous_id or (user_device(asked.user_id) if asked.user_id else "")
    visitor = visitor_of(shop, asked, device, now, server=server) if device and not caller.forged else None
    if visitor and caller.known and asked.anonymous_id:
        caller.known(asked.anonymous_id)
    stored = visitor is not None and not caller.quiet and not behind
    visitor = visitor or _stranger(now)
    if not stored:
        visitor = msgspec.structs.replace(visitor, unit="")  # previews and bots take no part in tests
    timeline: Callable[[], Timeline] = partial(timelines.glance, shop.state, visitor.profile.person, quickly=quickly)
    if behind:
        board, visitor, timeline = posed(board, visitor, timeline, asked.persona)
    outcomes = decide(board, visitor, timeline, asked.page, names)
    decision_id = clock.fresh_id()
    manner = manners(board, shop.plan, outcomes, visitor, timeline)  # the last to be quick before anything is recorded
    if stored:
        took = (perf_counter_ns() - begun) // 1000
        asking = Asking(decision_id, now, device, asked.user_id, caller.context)
        withheld = would_be_exposures(outcomes, visitor, asking) if board.lots else []
        url = asked.page.url[:500]
        writer.note(Made(decision_id, now, device, visitor.profile.person, url, outcomes, took, withheld))
    result: dict[str, Any] = {
        "decision_id": decision_id.hex(),
        "zones": _served(outcomes, decision_id) if served else _shown(outcomes, markup=asked.html),
        "errors": errors,
    }
    result |= manner
    if behind:
        inside = board.inside(visitor, timeline) if visitor.personal else 0
        result["debug"] = behind_the_page(board, shop.book, shop.plan, inside, behind - now)
    if explain or behind:
        result["explain"] = {each.zone: _explained(each, board.zones[each.zone].candidates) for each in outcomes}
    result["ms"] = (perf_counter_ns() - begun) / 1e6
    return _encode(result)


def _unexplained() -> NotAllowed:
    error = NotAllowed("secret_key_needed", "explain needs the secret key.", hint="Ask from a server, not a page.")
    error.status = 403
    return error


def _zones(asked: Asked, known: Container[str], overlays: list[str]) -> tuple[list[str], list[dict[str, str]]]:
    """The zones to decide in page order, and an error for each that does not exist."""
    names, errors = [], []
    for name in dict.fromkeys([*asked.zones, *overlays] if asked.overlays else asked.zones):
        if name in known:
            names.append(name)
        else:
            message = f"There is no zone {name!r}. Define it in shop.yaml."
            errors.append({"code": "unknown_zone", "zone": name, "message": message})
    return names, errors


def _stranger(now: int) -> Visitor:
    """Somebody of whom nothing may be known."""
    return Visitor(Profile(""), Moment(now, now), personal=False)


def visitor_of(shop: Shop, asked: Asked, device: str, now: int, *, server: bool) -> Visitor | None:
    """The profile and session of who is looking; None when they do not permit to be known.

    A user id is believed from a server or with the shop's signature.
    """
    settings = shop.plan.settings
    if asked.consent.get("measurement") is False:
        return None
    user = asked.user_id
    believed = user and (
        server or settings.accept_unsigned_identities or signed(user, asked.signature, shop.keys.secret)
    )
    person = visitors.known_person(user) if user and believed else None
    profile, session_start = visitors.glance(shop.state, device, person, now)
    granted = settings.consent_default == "granted"
    unit = profile.claimed.device if profile.claimed else device
    if not (asked.consent or profile.consent):  # neither the page nor the person said anything, as mostly
        return Visitor(profile, Moment(now, session_start), personal=True, unit=unit) if granted else None
    if not asked.consent.get("measurement", profile.allows("measurement", default=granted)):
        return None
    personal = asked.consent.get("personalisation", profile.allows("personalisation", default=granted))
    return Visitor(profile, Moment(now, session_start), personal, unit if personal else "")


def _shown(outcomes: Iterable[Chosen], *, markup: bool) -> dict[str, Any]:
    """The zones' part of the answer: fields, or markup where it was asked for."""
    return {each.zone: each.shown[markup] if each.shown else None for each in outcomes}


def _served(outcomes: Iterable[Chosen], decision_id: bytes) -> dict[str, str | None]:
    """Each zone as markup that says of itself what it is: the tag takes it over and measures it."""
    return {each.zone: _marked(each.shown[True], decision_id) if each.shown else None for each in outcomes}


def _marked(shown: msgspec.Raw, decision_id: bytes) -> str:
    told = msgspec.json.decode(shown)
    html = told.pop("html")
    return tag("div", {"data-sk-served": _encode(told | {"decision_id": decision_id.hex()}).decode()}, html)


def _explained(outcome: Chosen, candidates: Sequence[Candidate]) -> list[dict[str, str]]:
    """Every candidate of the zone with what became of it."""
    rows = []
    for position, candidate in enumerate(candidates):
        row = {"communication": candidate.placed.id, "campaign": candidate.placed.campaign_id, "result": "not reached"}
        if position < len(outcome.walked):
            walked = outcome.walked[position]
            row["result"] = "failed" if walked.test else "chosen"
            row["test"] = walked.test
            row["reason"] = walked.reason or "it passed every test"
            if walked.variant:
                row["variant"] = walked.variant
        rows.append(row)
    return rows
