"""The plain pieces: heading, text, markup, button and picture."""

from __future__ import annotations

from shopkeeper.content.clean import styled
from shopkeeper.content.html import address, leads, link, picture, tag, text
from shopkeeper.content.kinds.piece import Piece
from shopkeeper.content.scene import Scene
from shopkeeper.model.definitions import Communication


def heading_of(communication: Communication) -> str:
    """The heading of the whole, or nothing."""
    return communication.content.heading or (communication.recommender.title if communication.recommender else "")


def level(communication: Communication) -> str:
    """The element of headings inside: one below that of the whole, or in its place."""
    return "h3" if heading_of(communication) else "h2"


def _draw_html(communication: Communication, _scene: Scene) -> str:
    html = communication.content.html
    if communication.custom_code:
        return tag("div", {"data-sk-part": "code"}, html)
    return tag("div", {}, styled(html))


def _draw_button(communication: Communication, _scene: Scene) -> str:
    content = communication.content
    return link(leads(communication, "button", content.href), "button", text("span", content.button), style="sk-button")


def _draw_image(communication: Communication, _scene: Scene) -> str:
    """Without a button, the picture itself leads to the address."""
    content = communication.content
    shown = picture(content.image, content.image_alt)
    href = "" if content.button else leads(communication, "image", content.href)
    return link(href, "image", shown) if shown and address(href) else shown


HEADING = Piece("heading", lambda c: bool(heading_of(c)), lambda c, _: text("h2", heading_of(c)))
TEXT = Piece("text", lambda c: bool(c.content.text), lambda c, _: text("p", c.content.text))
HTML = Piece("html", lambda c: bool(c.content.html), _draw_html)
BUTTON = Piece("button", lambda c: bool(c.content.button), _draw_button)
IMAGE = Piece("image", lambda c: bool(c.content.image), _draw_image, beside=True)
