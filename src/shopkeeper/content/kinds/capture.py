"""A field for an e-mail address. Giving it is a click on the element `capture`; the address stays pending until confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from shopkeeper.content.html import tag, text
from shopkeeper.content.kinds.piece import Piece, Problem
from shopkeeper.content.scene import Scene
from shopkeeper.model.definitions import Communication


def _draw(communication: Communication, scene: Scene) -> str:
    capture = communication.content.capture
    assert capture is not None, "asked for only where there is one"
    words = scene.words
    field = tag(
        "input", {"type": "email", "name": "email", "autocomplete": "email", "required": True, "maxlength": "254"}
    )
    agreed = tag("input", {"type": "checkbox", "required": True})
    marks: dict[str, str | bool | None] = {
        "class": "sk-capture",
        "data-sk-part": "capture",
        "data-sk-stay": True,
        "data-sk-bad": words["bad_email"],
        "data-sk-thanks": capture.thanks or words["thanks"],
    }
    return tag(
        "form",
        {**marks, "novalidate": True},
        tag("label", {}, text("span", capture.label or words["email"]), field),
        tag("label", {"class": "sk-choice"}, agreed, text("span", capture.consent)) if capture.consent else "",
        tag("button", {"class": "sk-button", "type": "submit"}, text("span", capture.button or words["sign_up"])),
        tag("p", {"role": "status"}),
    )


def _problems(communication: Communication, _zone: ZoneInfo) -> Iterator[Problem]:
    if "capture" in communication.elements:
        hint = "Say `join` and `set` under `capture:`, or give the element another id."
        yield "the field for an address is the element `capture` itself", "elements.capture", hint


CAPTURE = Piece("capture", lambda c: c.content.capture is not None, _draw, problems=_problems)
