"""Up to three pictures side by side."""

from __future__ import annotations

from shopkeeper.content.html import address, leads, link, picture, tag
from shopkeeper.content.kinds.piece import Piece
from shopkeeper.content.scene import Scene
from shopkeeper.model.content import Picture
from shopkeeper.model.definitions import Communication


def _draw(communication: Communication, _scene: Scene) -> str:
    return tag("div", {"class": "sk-collage"}, *(_one(communication, each) for each in communication.content.collage))


def _one(communication: Communication, each: Picture) -> str:
    shown = picture(each.image, each.alt)
    href = leads(communication, each.element, each.href)
    return link(href, each.element, shown) if shown and address(href) else shown


COLLAGE = Piece("collage", lambda c: bool(c.content.collage), _draw, beside=True)
