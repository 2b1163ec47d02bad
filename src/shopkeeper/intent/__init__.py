"""Owns purchase intent: who wants to buy some of a set of products, learned from the shop's own orders, with reasons.

May touch storage, model, timelines, orders, catalogue, the leaves of conditions, and forecasts and outlook, whose mathematics it
feeds.
Start reading in `read.py` and `train.py`, then `ask.py` and `interests.py`. Models are columns in files, a folder a version.
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
    unknown,
)
from shopkeeper.intent.nightly import Nightly
from shopkeeper.intent.purchased import Universe, purchased, unsold
from shopkeeper.intent.rules import Frame, frame
from shopkeeper.intent.store import MIGRATIONS, Interest, Trained, claim
from shopkeeper.intent.train import World, ask_renewal, due, renew, renewal_asked, renewal_due, train

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
    "Nightly",
    "Trained",
    "Universe",
    "Wanting",
    "World",
    "ask_renewal",
    "claim",
    "customer",
    "due",
    "frame",
    "interested",
    "interests",
    "purchased",
    "renew",
    "renewal_asked",
    "renewal_due",
    "train",
    "trained",
    "unknown",
    "unsold",
]
