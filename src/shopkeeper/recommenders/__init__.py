"""Owns the strategies that choose products, and the shelves they choose from.

May touch storage, model and the rooms of facts. Start reading in `rules.py`, then `strategies.py`.
"""

from shopkeeper.recommenders.rules import Pick, Shelves, choose
from shopkeeper.recommenders.shelves import build_shelves
from shopkeeper.recommenders.strategies import STRATEGIES

__all__ = ["STRATEGIES", "Pick", "Shelves", "build_shelves", "choose"]
