"""Owns the strategies that choose products, and the shelves they choose from.

May touch storage, model and the rooms of facts. Start reading in `choose.py`.
"""

from shopkeeper.recommenders.choose import Pick, choose
from shopkeeper.recommenders.shelves import Shelves, build_shelves
from shopkeeper.recommenders.strategies import STRATEGIES

__all__ = ["STRATEGIES", "Pick", "Shelves", "build_shelves", "choose"]
