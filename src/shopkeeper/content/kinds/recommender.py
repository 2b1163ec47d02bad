"""Products a recommender chose, as cards in rows or in one row to be pushed along."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from shopkeeper.content.card import cards
from shopkeeper.content.html import tag
from shopkeeper.content.kinds.piece import Piece, Problem
from shopkeeper.content.scene import Scene
from shopkeeper.model.definitions import Communication


def _draw(communication: Communication, scene: Scene) -> str:
    recommender = communication.recommender
    assert recommender is not None, "asked for only where there is one"
    if not recommender.slider:
        return cards(scene.offers, scene)
    row = cards(scene.offers, scene, "sk-cards sk-row")
    marks = {"data-sk-part": "slider", "data-sk-words": f"{scene.words['previous']}|{scene.words['next']}"}
    return tag("div", {"class": "sk-slider", **marks}, row) if row else ""


def _problems(communication: Communication, _zone: ZoneInfo) -> Iterator[Problem]:
    recommender = communication.recommender
    assert recommender is not None, "asked for only where there is one"
    if recommender.min > recommender.max:
        yield "min is greater than max", "recommender", ""


RECOMMENDER = Piece(
    "recommender", lambda c: c.recommender is not None, _draw, moving=lambda _: True, beside=True, problems=_problems
)
