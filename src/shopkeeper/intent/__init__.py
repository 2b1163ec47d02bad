"""Owns purchase intent: who wants to buy some of a set of products, learned from the shop's own orders, with reasons.

May touch storage, model, timelines, catalogue and the leaves of conditions. Start reading in `features.py` (what speaks for a purchase), then
`learn.py` (how it is weighed and judged) and `ask.py`. Models are columns in files, one folder a version.
"""

from shopkeeper.intent import interests
from shopkeeper.intent.ask import (
    HORIZON,
    LONGEST,
    SHORTEST,
    Customer,
    Interested,
    Models,
    Wanting,
    customer,
    interested,
    trained,
)
from shopkeeper.intent.purchased import Universe, purchased
from shopkeeper.intent.rules import Frame, frame
from shopkeeper.intent.store import MIGRATIONS, Interest, Trained, claim
from shopkeeper.intent.train import due, train

__all__ = [
    "HORIZON",
    "LONGEST",
    "MIGRATIONS",
    "SHORTEST",
    "Customer",
    "Frame",
    "Interest",
    "Interested",
    "Models",
    "Trained",
    "Universe",
    "Wanting",
    "claim",
    "customer",
    "due",
    "frame",
    "interested",
    "interests",
    "purchased",
    "train",
    "trained",
]
