"""Events as rows of the day files: the public schema that any tool can read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pyarrow as pa

from shopkeeper.model.events import Event

SCHEMA = pa.schema(
    [
        ("event_id", pa.binary()),
        ("occurred_at", pa.int64()),
        ("received_at", pa.int64()),
        ("name", pa.string()),
        ("device", pa.string()),
        ("user", pa.string()),
        ("flags", pa.int32()),
        ("properties", pa.string()),
        ("context", pa.string()),
        ("digest", pa.binary()),
        ("message_id", pa.string()),
    ]
)
HISTORY_SCHEMAS = {"events": SCHEMA}

_encode = msgspec.json.encode
_decode = msgspec.json.decode


def to_table(events: Sequence[Event]) -> pa.Table:
    """The events as one Arrow table; properties and context are JSON text."""
    columns: dict[str, list[Any]] = {
        "event_id": [e.event_id for e in events],
        "occurred_at": [e.occurred_at for e in events],
        "received_at": [e.received_at for e in events],
        "name": [e.name for e in events],
        "device": [e.device for e in events],
        "user": [e.user for e in events],
        "flags": [e.flags for e in events],
        "properties": [_encode(e.properties).decode() for e in events],
        "context": [_encode(e.context).decode() for e in events],
        "digest": [e.digest for e in events],
        "message_id": [e.message_id for e in events],
    }
    return pa.table(columns, schema=SCHEMA)


def table_of_ids(ids: Sequence[bytes]) -> pa.Table:
    """(event_id), to be named in a question."""
    return pa.table({"event_id": pa.array(ids, pa.binary())})


def from_row(row: tuple[Any, ...]) -> Event:
    """The event of one row in the schema's column order."""
    event_id, occurred_at, received_at, name, device, user, flags, properties, context, digest, message_id = row
    return Event(
        event_id=bytes(event_id),
        occurred_at=occurred_at,
        received_at=received_at,
        name=name,
        device=device,
        user=user,
        flags=flags,
        properties=_decode(properties),
        context=_decode(context),
        digest=bytes(digest),
        message_id=message_id,
    )
