"""Events of any kind: JSON lines as a client would send them, or rows with one column a property."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from shopkeeper.engine.importing import Call
from shopkeeper.imports import values
from shopkeeper.imports.sheet import Broken, Sheet, each, rename, require, text
from shopkeeper.model.errors import BadEvent, BadInput
from shopkeeper.model.shapes import misfit

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
_BATCH = 50_000
_encode = msgspec.json.encode
_decode = msgspec.json.decode


class Rows:
    """The events of a sheet as calls, in the order of the file; `broken` grows while they are read."""

    def __init__(self, sheet: Sheet, mapping: Mapping[str, str], zone: ZoneInfo, layout: str = "") -> None:
        """BadInput when a column is missing."""
        self.sheet = sheet
        self.columns = rename(sheet, FIELDS, mapping)
        require(sheet, self.columns, "timestamp", "type|event", "user_id|anonymous_id")
        self.broken: list[Broken] = list(sheet.broken)
        self.total = sheet.table.num_rows
        self._read_time = values.time_reader(zone, layout)

    def __iter__(self) -> Iterator[Call[int]]:
        table = self.sheet.table
        times, wrong = each(table.column(self.columns["timestamp"]), self._read_time, values.TEXT)
        plain = {field: text(table.column(column)) for field, column in self.columns.items() if field != "timestamp"}
        plain["timestamp"] = times
        properties = [name for name in table.column_names if name not in self.columns.values()]
        start = 0
        for batch in table.select(properties).to_batches(max_chunksize=_BATCH) if properties else [None]:
            size = batch.num_rows if batch is not None else table.num_rows
            heads = zip(*(column.slice(start, size).to_pylist() for column in plain.values()), strict=True)
            bodies = batch.to_pylist() if batch is not None else [{}] * size
            for position, (head, body) in enumerate(zip(heads, bodies, strict=True), start):
                call = dict(zip(plain, head, strict=True))
                if position in wrong or call["timestamp"] is None:
                    self._refuse(position, "timestamp", wrong.get(position, "it has no time"))
                else:
                    yield Call(position, _call(call, body))
            start += size

    def refuse(self, position: int, error: BadEvent) -> None:
        """Note that an event was not taken."""
        self._refuse(position, error.where.removeprefix("properties."), error.message)

    def _refuse(self, position: int, field: str, message: str) -> None:
        column = self.columns.get(field, field)
        self.broken.append(Broken(self.sheet.rows[position], column, message, self.sheet.values(position)))


class Lines:
    """The events of a file of JSON lines; `broken` grows while they are read. Each must have a timestamp."""

    def __init__(self, path: Path) -> None:
        """BadInput when the file cannot be read."""
        self.columns: dict[str, str] = {}
        self.broken: list[Broken] = []
        try:
            self._lines = path.read_bytes().splitlines()
        except OSError as error:
            raise BadInput("no_file", f"{path} cannot be read: {error.strerror}", hint="Check the name.") from None
        self.total = sum(1 for line in self._lines if line.strip())
        if not self.total:
            raise BadInput("empty_file", f"{path} is empty", hint="Name a file with one JSON event a line.")

    def __iter__(self) -> Iterator[Call[int]]:
        for number, line in enumerate(self._lines, 1):
            if not line.strip():
                continue
            try:
                call = _decode(line, type=dict[str, Any])
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                self._refuse(number, f"it is not one JSON object: {misfit(error)[0]}")
                continue
            if not (call.get("timestamp") or call.get("originalTimestamp")):
                self._refuse(number, "it has no timestamp")
                continue
            yield Call(number, line if call.get("messageId") else _encode({**call, "messageId": _id_of(line)}))

    def refuse(self, number: int, error: BadEvent) -> None:
        """Note that an event was not taken."""
        self._refuse(number, str(error))

    def _refuse(self, number: int, message: str) -> None:
        self.broken.append(Broken(number, "", message, [self._lines[number - 1].decode("utf-8", "replace")]))


def _call(head: Mapping[str, Any], body: Mapping[str, Any]) -> bytes:
    """One row as a call in the wire shape; what it holds makes its id when it has none of its own."""
    call: dict[str, Any] = {_WIRE.get(field, field): value for field, value in head.items() if value is not None}
    call.setdefault("type", "track")
    call["traits" if call["type"] == "identify" else "properties"] = {
        name.removeprefix("properties.").removeprefix("traits."): value
        for name, value in body.items()
        if value is not None and value != ""
    }
    if "messageId" not in call:
        call["messageId"] = _id_of(_encode(call, order="deterministic"))
    return _encode(call)


def _id_of(content: bytes) -> str:
    return "import:" + hashlib.blake2b(content, digest_size=16).hexdigest()
