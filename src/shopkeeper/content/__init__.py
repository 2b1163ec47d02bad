"""Owns what communications look like: Liquid within limits, cleaning, the words of each language, and every form of content.

May touch model only. Start reading in `draw.py`, then `kinds/` (one file for each form) and `fill.py` (templates).
"""

from shopkeeper.content.check import problems, string_problems
from shopkeeper.content.clean import clean
from shopkeeper.content.draw import Drawn, draw, is_moving, label_of
from shopkeeper.content.fill import templates
from shopkeeper.content.kinds import follows
from shopkeeper.content.liquid import is_template
from shopkeeper.content.scene import Absent, Offer, Scene
from shopkeeper.content.words import Words, languages, names

__all__ = [
    "Absent",
    "Drawn",
    "Offer",
    "Scene",
    "Words",
    "clean",
    "draw",
    "follows",
    "is_moving",
    "is_template",
    "label_of",
    "languages",
    "names",
    "problems",
    "string_problems",
    "templates",
]
