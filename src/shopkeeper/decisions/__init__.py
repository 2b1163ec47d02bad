"""Owns decisions: what is shown to a visitor in each zone of a page, and the record of why.

May touch storage, model, the facts and the meanings. Start reading in `rules.py`, then `board.py`.
"""

from shopkeeper.campaigns.rules import Page
from shopkeeper.decisions.board import build_board
from shopkeeper.decisions.log import KEPT_DAYS, Logged, Made, Recorder, count_decisions, decisions_of, purge_decisions
from shopkeeper.decisions.rules import Board, Candidacy, Candidate, Chosen, Place, Visitor, decide
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
    "Page",
    "Place",
    "Recorder",
    "Visitor",
    "build_board",
    "count_decisions",
    "decide",
    "decisions_of",
    "purge_decisions",
]
