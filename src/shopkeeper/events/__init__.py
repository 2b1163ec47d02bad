"""Owns the event log: the wire shape, time correction, dedupe, rejects and the move to history.

May touch storage and model. Start reading in `wire.py` (what arrives) and `rules.py` (what it means); then `log.py`.
"""

from shopkeeper.events.log import (
    CONFLICT,
    DUPLICATE,
    NEW,
    Appended,
    append,
    count,
    has_others,
    last_arrived,
    latest,
    of_devices,
    recent,
    stream,
)
from shopkeeper.events.move import HISTORY_SCHEMAS, compact, move, move_waiting
from shopkeeper.events.rejects import Reject, count_rejects, forget_reject, keep_rejects, list_rejects, newest_rejects
from shopkeeper.events.rules import Sender, may_be_kept, read_event, sign
from shopkeeper.events.store import MIGRATIONS
from shopkeeper.events.wire import MAX_BATCH, Batch, decode_batch, decode_event, decode_one, too_large, unpack

__all__ = [
    "CONFLICT",
    "DUPLICATE",
    "HISTORY_SCHEMAS",
    "MAX_BATCH",
    "MIGRATIONS",
    "NEW",
    "Appended",
    "Batch",
    "Reject",
    "Sender",
    "append",
    "compact",
    "count",
    "count_rejects",
    "decode_batch",
    "decode_event",
    "decode_one",
    "forget_reject",
    "has_others",
    "keep_rejects",
    "last_arrived",
    "latest",
    "list_rejects",
    "may_be_kept",
    "move",
    "move_waiting",
    "newest_rejects",
    "of_devices",
    "read_event",
    "recent",
    "sign",
    "stream",
    "too_large",
    "unpack",
]
