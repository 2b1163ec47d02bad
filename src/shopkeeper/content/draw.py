"""The whole of a communication as markup: its texts, what stands beside them, and the frame of boxes over the page."""

from __future__ import annotations

from typing import NamedTuple

from shopkeeper.content.fill import filled, templates
from shopkeeper.content.html import tag
from shopkeeper.content.kinds import PIECES
from shopkeeper.content.scene import Scene
from shopkeeper.model.definitions import Communication


class Drawn(NamedTuple):
    """What a visitor is shown."""

    html: str
    """One element."""
    said: Communication
    """The communication with its templates filled in."""


def is_moving(communication: Communication) -> bool:
    """Whether it may look different from one moment or visitor to the next."""
    pieces = any(piece.has(communication) and piece.moving(communication) for piece in PIECES)
    return pieces or next(templates(communication), None) is not None


def draw(communication: Communication, scene: Scene, *, over: bool = False) -> Drawn:
    """The communication as it looks in this scene, with a close button where it lies `over` the page.

    Raises Absent when there is nothing to show now.
    """
    said = filled(communication, scene)
    box = _box(said, scene)
    if over:
        close = tag(
            "button", {"class": "sk-close", "type": "button", "aria-label": scene.words["close"], **_CLOSE}, "×"
        )
        box = tag("div", {"class": "sk-frame"}, box, close)
    return Drawn(box, said)


_CLOSE: dict[str, str | bool | None] = {"data-sk-close": True}


def label_of(communication: Communication) -> str:
    """The accessible name of a box over the page."""
    content = communication.content
    title = communication.recommender.title if communication.recommender else ""
    return content.heading or title or content.text or content.image_alt


def _box(communication: Communication, scene: Scene) -> str:
    used = [piece for piece in PIECES if piece.has(communication)]
    body = "".join(piece.draw(communication, scene) for piece in used if not piece.beside)
    beside = [(piece.name, piece.draw(communication, scene)) for piece in used if piece.beside]
    inner = tag("div", {"class": "sk-body"}, body) if body else ""
    before = "".join(markup for name, markup in beside if name == "image")
    after = "".join(markup for name, markup in beside if name != "image")
    style = f"sk-box sk-is-{communication.kind}" + (" sk-banner" if communication.content.banner else "")
    return tag("div", {"class": style}, before, inner, after)
