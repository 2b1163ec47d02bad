"""Time left until a moment of shop time. The server writes the moment, the browser counts down to it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from zoneinfo import ZoneInfo

from shopkeeper.content.html import tag, text
from shopkeeper.content.kinds.piece import Piece, Problem
from shopkeeper.content.scene import Absent, Scene
from shopkeeper.model.definitions import Communication
from shopkeeper.model.time import LATEST, format_time, parse_local


def _draw(communication: Communication, scene: Scene) -> str:
    countdown = communication.content.countdown
    assert countdown is not None, "asked for only where there is one"
    until = parse_local(countdown.until, scene.zone)
    if scene.now >= until:
        if not countdown.ended:
            raise Absent(f"the countdown ended {scene.moment(until)}")
        return text("p", countdown.ended)
    words = scene.words
    still = tag("time", {"datetime": format_time(until)}, escape(words.say("until", moment=scene.moment(until))))
    marks = {
        "class": "sk-countdown",
        "data-sk-part": "countdown",
        "data-sk-until": str(until // 1000),
        "data-sk-now": str(scene.now // 1000),
        "data-sk-ended": countdown.ended,
        "data-sk-words": "|".join(words[unit] for unit in ("days", "hours", "minutes", "seconds")),
    }
    label = text("span", countdown.label)
    return tag("p", dict(marks), f"{label} {still}" if label else still)


def _problems(communication: Communication, zone: ZoneInfo) -> Iterator[Problem]:
    countdown = communication.content.countdown
    assert countdown is not None, "asked for only where there is one"
    try:
        known = 0 <= parse_local(countdown.until, zone) < LATEST
    except (ValueError, OverflowError):
        known = False
    if not known:
        yield (
            f"{countdown.until!r} is not a time",
            "content.countdown.until",
            "Use shop time, such as 2026-12-24T18:00.",
        )


COUNTDOWN = Piece(
    "countdown", lambda c: c.content.countdown is not None, _draw, moving=lambda _: True, problems=_problems
)
