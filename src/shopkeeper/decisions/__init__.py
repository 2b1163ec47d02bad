"""Owns decisions: what is shown to a visitor in each zone of a page, and the record of why.

May touch storage, model, the facts and the meanings. Start reading in `rules.py`, then `board.py` and `decide.py`.
"""

from shopkeeper.campaigns.rules import Page
from shopkeeper.decisions.board import Board, build_board
from shopkeeper.decisions.decide import decide
from shopkeeper.decisions.interruptions import manners
from shopkeeper.decisions.log import (
    KEPT_DAYS,
    Logged,
    Made,
    Recorder,
    count_decisions,
    decisions_of,
    enter_decisions,
    purge_decisions,
    zones_asked,
)
from shopkeeper.decisions.posed import Posed
from shopkeeper.decisions.preview import preview
from shopkeeper.decisions.rules import Candidacy, Candidate, Chosen, Moment, Visitor
from shopkeeper.decisions.store import MIGRATIONS

__all__ = [
    "KEPT_DAYS",
    "MIGRATIONS",
    "Board",
    "Candidacy",
    "Candidate",
    "Chosen",
    "Logged",
    "Made",
    "Moment",
    "Page",
    "Posed",
    "Recorder",
    "Visitor",
    "build_board",
    "count_decisions",
    "decide",
    "decisions_of",
    "enter_decisions",
    "manners",
    "preview",
    "purge_decisions",
    "zones_asked",
]
