"""Owns conditions: the language of rules, what it means, and whether a rule holds for one person and until when. Pure.

May touch model and the rooms of facts. Start reading in `meaning.py` (from the language to the few questions about facts
of `leaves.py`), then `live/` (their answers).
"""

from shopkeeper.conditions.leaves import EVERYBODY, Expr, Leaf, Match, Top, each_leaf
from shopkeeper.conditions.live import NEVER, Answer, Standing, cart_worth
from shopkeeper.conditions.meaning import AUDIENCE, World, meaning
from shopkeeper.conditions.words import sentence

__all__ = [
    "AUDIENCE",
    "EVERYBODY",
    "NEVER",
    "Answer",
    "Expr",
    "Leaf",
    "Match",
    "Standing",
    "Top",
    "World",
    "cart_worth",
    "each_leaf",
    "meaning",
    "sentence",
]
