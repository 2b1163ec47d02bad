"""Owns segments: live rules over profiles. Today the pre-built ones and one per audience; the language moves in here.

May touch storage, model and the rooms of facts. Start reading in `rules.py`.
"""

from shopkeeper.segments.rules import PREBUILT, Moment, Segment, named

__all__ = ["PREBUILT", "Moment", "Segment", "named"]
