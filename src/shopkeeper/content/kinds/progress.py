"""How much more has to go into the cart until delivery is free."""

from __future__ import annotations

from html import escape

from shopkeeper.content.html import tag
from shopkeeper.content.kinds.piece import Piece
from shopkeeper.content.scene import Scene
from shopkeeper.model.definitions import Communication
from shopkeeper.model.money import minor_units


def _draw(communication: Communication, scene: Scene) -> str:
    progress = communication.content.progress
    assert progress is not None, "asked for only where there is one"
    words, cart, goal = scene.words, scene.cart(), minor_units(progress.goal, scene.currency)
    if cart >= goal:
        said = progress.reached or words["free_reached"]
    elif cart > 0:
        said = progress.missing or words.say("free_missing", missing=scene.money(goal - cart))
    else:
        said = progress.empty or words.say("free_empty", goal=scene.money(goal))
    bar = tag("progress", {"max": str(goal), "value": str(min(max(cart, 0), goal))})
    return tag("label", {"class": "sk-progress"}, tag("span", {}, escape(said, quote=False)), bar)


PROGRESS = Piece("progress", lambda c: c.content.progress is not None, _draw, moving=lambda _: True)
