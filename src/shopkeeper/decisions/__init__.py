"""Owns decisions: what is shown to a visitor in each zone of a page, and the record of why.

May touch storage, model, the facts and the meanings. Start reading in `rules.py`, then `board.py`.
"""

from shopkeeper.decisions.board import Board, Candidate, build_board
from shopkeeper.decisions.log import Logged, decisions_of, keep_decisions, purge_decisions
from shopkeeper.decisions.rules import Chosen, Page, Visitor, decide
from shopkeeper.decisions.store import MIGRATIONS

__all__ = [
    "MIGRATIONS",
    "Board",
    "Candidate",
    "Chosen",
    "Logged",
    "Page",
    "Visitor",
    "build_board",
    "decide",
    "decisions_of",
    "keep_decisions",
    "purge_decisions",
]
