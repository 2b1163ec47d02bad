"""Owns assignment: which variant somebody belongs to, and who is held out, by a hash that never changes.

May touch the model only; it has no tables, as a hash needs none. Start reading in `rules.py`.
"""

from shopkeeper.experiments.lots import Lots
from shopkeeper.experiments.rules import Holdout, Split, shares

__all__ = ["Holdout", "Lots", "Split", "shares"]
