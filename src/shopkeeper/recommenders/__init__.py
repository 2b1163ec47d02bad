"""Owns which products are recommended: what everybody did with them, the strategies that choose, and what they obey.

May touch storage, model, the rooms of facts, search and sets of products. Start reading in `rules.py` (how products are
chosen), then `strategies/` (one file each), `shelves.py` (what they choose from) and `ledger.py` (how facts are counted).
"""

from shopkeeper.recommenders.ask import Occasion
from shopkeeper.recommenders.build import Means, build_shelves, check, check_file, named, warmed
from shopkeeper.recommenders.counts import Counts
from shopkeeper.recommenders.ledger import Ledger
from shopkeeper.recommenders.rules import Pick, choose
from shopkeeper.recommenders.shelves import Now, Shelves
from shopkeeper.recommenders.stock import Stock
from shopkeeper.recommenders.strategies import STRATEGIES

__all__ = [
    "STRATEGIES",
    "Counts",
    "Ledger",
    "Means",
    "Now",
    "Occasion",
    "Pick",
    "Shelves",
    "Stock",
    "build_shelves",
    "check",
    "check_file",
    "choose",
    "named",
    "warmed",
]
