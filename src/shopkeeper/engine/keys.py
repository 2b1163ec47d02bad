"""The shop's two keys: the write key stands in the page, the secret key stays on servers."""

from __future__ import annotations

import hmac
from typing import NamedTuple

from shopkeeper.model.errors import NotAllowed
from shopkeeper.storage import Connection, Migration, State

MIGRATIONS = (
    Migration("engine", 1, ("CREATE TABLE engine_settings (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",)),
)


class Keys(NamedTuple):
    """Both keys of the shop."""

    write: str
    secret: str

    def server(self, key: str | None) -> bool:
        """Whether a key is the secret one; NotAllowed when it is neither."""
        if key == self.write:  # it is public: how long the comparison takes tells nobody anything
            return False
        if key and hmac.compare_digest(key.encode(), self.secret.encode()):
            return True
        if not key:
            message, hint = "The request carries no key.", "Send it by Basic auth or as writeKey in the body."
        else:
            message, hint = "The key is not one of this shop's.", "`shopkeeper keys` prints them."
        raise NotAllowed("unknown_key", message, hint=hint)


def load_keys(state: State, fresh: Keys) -> Keys:
    """The shop's keys; `fresh` ones are stored when it has none yet."""
    with state.read() as conn:
        found = _read(conn)
    if found:
        return found
    with state.write() as conn:
        rows = [("write_key", fresh.write), ("secret_key", fresh.secret)]
        conn.many("INSERT INTO engine_settings VALUES (?, ?) ON CONFLICT DO NOTHING", rows)
    with state.read() as conn:
        stored = _read(conn)
    assert stored is not None, "the keys were just stored"
    return stored


def _read(conn: Connection) -> Keys | None:
    held = dict(conn.rows("SELECT name, value FROM engine_settings WHERE name IN ('write_key', 'secret_key')"))
    return Keys(held["write_key"], held["secret_key"]) if len(held) == 2 else None
