"""Up to twelve columns, each with heading, text, picture and button."""

from __future__ import annotations

from shopkeeper.content.html import address, leads, link, picture, tag, text
from shopkeeper.content.kinds.piece import Piece
from shopkeeper.content.kinds.texts import level
from shopkeeper.content.scene import Scene
from shopkeeper.model.content import Column
from shopkeeper.model.definitions import Communication


def _draw(communication: Communication, _scene: Scene) -> str:
    return tag("div", {"class": "sk-columns"}, *(_one(communication, each) for each in communication.content.columns))


def _one(communication: Communication, each: Column) -> str:
    href = leads(communication, each.element, each.href)
    shown = picture(each.image, each.image_alt)
    if shown and address(href) and not each.button:
        shown = link(href, each.element, shown)
    button = link(href, each.element, text("span", each.button), style="sk-button") if each.button else ""
    return tag(
        "div", {"class": "sk-body"}, shown, text(level(communication), each.heading), text("p", each.text), button
    )


COLUMNS = Piece("columns", lambda c: bool(c.content.columns), _draw, beside=True)
