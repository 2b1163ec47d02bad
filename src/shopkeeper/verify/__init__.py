"""Owns the verification of an installation: what a page of the shop and what arrived from it say is wrong, and the fix.

May touch the engine and what lies below it. Start reading in `rules/words.py` (everything that is checked), then
`rules/page.py` and `rules/arrived.py`; `check.py` puts them together, `fetch.py` is the way to a page.
"""

from shopkeeper.verify.check import Hosts, Installed, arrived, look, pages_seen
from shopkeeper.verify.fetch import Guard, Refused, anywhere, checked, fetch, only
from shopkeeper.verify.rules.words import CHECKS, SIGNS, Verdict, worst

__all__ = [
    "CHECKS",
    "SIGNS",
    "Guard",
    "Hosts",
    "Installed",
    "Refused",
    "Verdict",
    "anywhere",
    "arrived",
    "checked",
    "fetch",
    "look",
    "only",
    "pages_seen",
    "worst",
]
