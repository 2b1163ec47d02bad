"""Events of any kind: JSON as a client would send them, or rows with one column a property."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from shopkeeper.engine.importing import Call
from shopkeeper.imports import values
from shopkeeper.imports.left_out import LeftOut
from shopkeeper.imports.rows import Row, Rows, begins_with, format_of, read_rows
from shopkeeper.imports.sheet import Naming
from shopkeeper.model.errors import BadEvent, BadInput

FIELDS: dict[str, tuple[str, ...]] = {
    "timestamp": ("occurred_at", "time"),
    "type": (),
    "event": ("event_name",),
    "user_id": ("userid", "customer_id"),
    "anonymous_id": ("anonymousid",),
    "previous_id": ("previousid",),
    "message_id": ("messageid", "event_id"),
}
"""What a row tells of any event. Every other column is a property of it (`properties.x` and `x` mean the same)."""
_WIRE = {"user_id": "userId", "anonymous_id": "anonymousId", "previous_id": "previousId", "message_id": "messageId"}
_encode = msgspec.json.encode


def read_events(path: Path, encoding: str = "utf-8") -> Rows:
    """A file of events as rows. A `.json` file may hold a list, or one object a line. BadInput as `read_rows`."""
    try:
        kind = format_of(path)
        if kind == "json" and not begins_with(path, b"["):
            kind = "jsonl"
    except OSError as error:
        raise BadInput("no_file", f"{path} cannot be read: {error.strerror or error}", hint="Check the name.") from None
    return read_rows(path, kind, encoding, without=("xml",))


class Events:
    """The events of a file as calls, in its order. While they are read `broken` grows."""

    def __init__(self, rows: Rows, mapping: Mapping[str, str], zone: ZoneInfo, layout: str = "") -> None:
        """BadInput when there is no row, or a column is missing."""
        self.rows = rows
        self.broken = LeftOut()
        self.broke: BadInput | None = None
        """Where and why the file broke off, if it did; what came before was read."""
        rows.refuse_none()
        self.naming = Naming(rows.name, rows.columns, FIELDS, mapping if rows.columns is not None else {})
        self.naming.require("timestamp", "type|event", "user_id|anonymous_id")
        self._read_time = values.time_reader(zone, layout)

    @property
    def far(self) -> tuple[int, int]:
        """How much of the file is read, of how much."""
        return self.rows.gauge.far

    def __iter__(self) -> Iterator[Call[int]]:
        read = self._of_cells if self.rows.columns is not None else self._of_object
        try:
            for row in self.rows:
                self.broken.check()
                try:
                    if row.fault:
                        raise _RefusedError("", row.fault)
                    raw = read(row)
                except _RefusedError as refused:
                    self._refuse(row.number, refused.field, refused.message)
                else:
                    yield Call(row.number, raw)
        except BadInput as error:
            self.broke = error

    def refuse(self, number: int, error: BadEvent) -> None:
        """Note that an event was not taken."""
        if self.rows.columns is None:
            self._refuse(number, "", str(error))
        else:
            self._refuse(number, error.where.removeprefix("properties."), error.message)

    def _of_object(self, row: Row) -> bytes:
        call = row.values
        if not (call.get("timestamp") or call.get("originalTimestamp")):
            raise _RefusedError("", "it has no timestamp")
        raw = str(row.held[0]).encode()
        return raw if call.get("messageId") else _encode({**call, "messageId": _id_of(raw)})

    def _of_cells(self, row: Row) -> bytes:
        """One row as a call in the wire shape; what it holds makes its id when it has none of its own."""
        call: dict[str, Any] = {}
        body: dict[str, Any] = {}
        fields = {column: field for field, column in self.naming.of(row.values).items()}
        for column, value in row.values.items():
            field = fields.get(column)
            if field is None:
                if value is not None and value != "":
                    body[column.removeprefix("properties.").removeprefix("traits.")] = value
            elif field == "timestamp":
                call[field] = self._time(value)
            elif (said := values.text(value)) is not None:
                call[_WIRE.get(field, field)] = said
        call.setdefault("type", "track")
        call["traits" if call["type"] == "identify" else "properties"] = body
        if "messageId" not in call:
            call["messageId"] = _id_of(_encode(call, order="deterministic"))
        return _encode(call)

    def _time(self, value: Any) -> str:
        try:
            time = self._read_time(values.plain(value))
        except ValueError as error:
            raise _RefusedError("timestamp", str(error)) from None
        if time is None:
            raise _RefusedError("timestamp", "it has no time")
        return time

    def _refuse(self, row: int, field: str, message: str) -> None:
        self.broken.add(row, self.naming.column(field), message)


class _RefusedError(Exception):
    """A row that is no event."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def _id_of(content: bytes) -> str:
    return "import:" + hashlib.blake2b(content, digest_size=16).hexdigest()
