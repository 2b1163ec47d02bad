"""Owns populations: who rules hold for, of everybody at once, as SQL on facts. Keeps nothing.

May touch storage, model, timelines and conditions. Start reading in `count.py` (the verbs), then `plan.py` (many rules,
one query); each kind of leaf is one file. SQL stands here and not in a store because it is made from rules, of constants
and quoted values only, and asks the history alone.
"""

from shopkeeper.populations.count import Members, Sizes, due, members, sizes, thresholds

__all__ = ["Members", "Sizes", "due", "members", "sizes", "thresholds"]
