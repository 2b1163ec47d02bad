"""Owns the two stores (transactional state, Parquet history) and the lock on a data directory; alone imports drivers.

Touches nothing but `model`.
Start reading in `state.py` (one SQL, two databases), then `history.py` (immutable files listed in a manifest).
"""

from shopkeeper.storage.state import Connection, Migration, State, marks, migrate, open_state, parts

__all__ = ["Connection", "Migration", "State", "marks", "migrate", "open_state", "parts"]
