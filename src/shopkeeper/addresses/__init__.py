"""Owns e-mail addresses that wait for their owners: who gave which, the signed link that confirms one, and what that tells.

May touch the facts and attribution's interactions. It has no tables: an address is an attribute. Start in `confirm.py`.
"""

from shopkeeper.addresses.confirm import Confirmed, Waiting, confirmation, link_of, read_token, waiting

__all__ = ["Confirmed", "Waiting", "confirmation", "link_of", "read_token", "waiting"]
