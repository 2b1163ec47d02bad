"""Owns the shop's two stores (transactional state, Parquet history) and the lock on its folder; alone may import drivers.

Touches nothing but `model`.
Start reading in `state.py` (one SQL, two databases), then `history.py` (immutable files listed in a manifest).
"""

from shopkeeper.storage.state import Connection, Migration, State, marks, migrate, open_state

__all__ = ["Connection", "Migration", "State", "marks", "migrate", "open_state"]
