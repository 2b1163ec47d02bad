"""What the columns of a file mean, and a table that is in memory already."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from shopkeeper.model.errors import BadInput

LONGEST_FIELD = 1 << 20
"""Characters of one cell."""


class Sheet(NamedTuple):
    """A table by its name."""

    name: str
    table: pa.Table


def named(
    name: str, columns: Sequence[str], fields: Mapping[str, Sequence[str]], mapping: Mapping[str, str]
) -> dict[str, str]:
    """Field -> column of the file. `mapping` (column -> field) wins; then columns named like a field or its other names.

    BadInput for a column or field that does not exist.
    """
    found: dict[str, str] = {}
    for column, field in mapping.items():
        if field not in fields:
            raise BadInput(
                "unknown_field", f"There is no field {field!r} to map to", hint=f"Fields: {', '.join(fields)}."
            )
        if column not in columns:
            raise BadInput("unknown_column", f"{name} has no column {column!r}", hint=_has(columns))
        if field in found:
            raise BadInput("bad_map", f"Both {found[field]!r} and {column!r} are mapped to {field}", hint="Map one.")
        found[field] = column
    plain = {_plain(column): column for column in reversed(columns) if column not in mapping}
    for field, names in fields.items():
        match = next((plain[other] for other in (field, *names) if other in plain), None)
        if field not in found and match:
            found[field] = match
    return found


def require_columns(name: str, columns: Sequence[str], found: Mapping[str, str], *wanted: str) -> None:
    """BadInput unless each of `wanted` is there; `a|b` asks for one of both."""
    missing = [each for each in wanted if not any(field in found for field in each.split("|"))]
    if missing:
        names = ", ".join(each.replace("|", " or ") for each in missing)
        raise BadInput(
            "missing_column",
            f"{name} has no column for {names}",
            hint=f"{_has(columns)} Map one with --map 'column=field'.",
        )


class Naming:
    """Which column of a file holds which field; where `columns` is None, every row names its own."""

    def __init__(
        self,
        name: str,
        columns: Sequence[str] | None,
        fields: Mapping[str, Sequence[str]],
        mapping: Mapping[str, str],
    ) -> None:
        """`mapping` as in `named`. BadInput for a column or field that does not exist."""
        self._name = name
        self._columns = columns
        self._fields = fields
        self._mapping = mapping
        self._known: dict[tuple[str, ...], dict[str, str]] = {}
        self._latest: dict[str, str] = {}
        if columns is not None:
            self._latest = self._known[tuple(columns)] = named(name, columns, fields, mapping)

    def require(self, *wanted: str) -> None:
        """BadInput unless each of `wanted` is there; see `require_columns`."""
        if self._columns is not None:
            require_columns(self._name, self._columns, self._latest, *wanted)

    def of(self, row: Collection[str]) -> dict[str, str]:
        """Field -> column of a row with these columns, worked out once for all like it."""
        if self._columns is not None:
            return self._latest
        columns = tuple(row)
        found = self._known.get(columns)
        if found is None:
            if len(self._known) > 1_000:
                self._known.clear()
            known = {column: field for column, field in self._mapping.items() if column in columns}
            found = self._known[columns] = named(self._name, columns, self._fields, known)
        self._latest = found
        return found

    @property
    def others(self) -> list[str]:
        """Which columns are read as fields they are not named like, as somebody may have meant something else by them."""
        found = self._latest if self._columns is not None else {}
        return [f"{c} as {field}" for field, c in found.items() if c not in self._mapping and _plain(c) != field]

    def column(self, field: str) -> str:
        """The column of a field, in the row looked at last; the field's own name where none has it."""
        return self._latest.get(field, field)


def plain_table(table: pa.Table) -> pa.Table:
    """The same with times in microseconds, and decimals as text."""
    for number, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            kind = pa.timestamp("us", field.type.tz)
            table = table.set_column(number, field.name, table.column(number).cast(kind, safe=False))
        elif pa.types.is_decimal(field.type) or pa.types.is_large_string(field.type):
            table = table.set_column(number, field.name, table.column(number).cast(pa.string()))
    return table


def delimiter_of(header: str) -> str:
    """The one that stands most often in the first line."""
    return max(",;\t|", key=header.count)


def check_header(path: Path, header: Sequence[str]) -> None:
    """BadInput where two columns have one name."""
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise BadInput("bad_header", f"{path} names the column {twice[0]!r} twice", hint="Rename one of them.")


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _has(columns: Sequence[str]) -> str:
    return f"It has: {', '.join(columns)}."
