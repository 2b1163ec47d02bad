"""A file of rows as columns: CSV (all text) or Parquet (typed), with the number of each row and the rows beyond repair."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from shopkeeper.model.errors import BadInput
from shopkeeper.terminal.context import say

CHUNK = 50_000
"""Rows read together."""
LONGEST_FIELD = 1 << 20
T = TypeVar("T")


class Broken(NamedTuple):
    """A row that cannot be used: where, why, and what it held."""

    row: int
    column: str
    message: str
    values: Sequence[Any]


class Sheet(NamedTuple):
    """A table whose rows know their number in the file. In CSV the header is row 1, as spreadsheets count."""

    name: str
    table: pa.Table
    rows: Sequence[int]
    broken: Sequence[Broken] = ()
    """Rows that could not be read at all."""

    def values(self, position: int) -> list[Any]:
        """What the file holds in one row."""
        return [column[position].as_py() for column in self.table.columns]


def read_sheet(path: Path, encoding: str = "utf-8") -> Sheet:
    """Read a file: Parquet by its first bytes or its ending, else CSV. BadInput says why it cannot be used."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise BadInput("no_file", f"{path} is a folder", hint="Name a CSV or Parquet file.")
        if not size:
            raise BadInput("empty_file", f"{path} is empty", hint="Name a file with a row of column names and rows.")
        with path.open("rb") as file:
            begins = file.read(4)
        columnar = begins == b"PAR1" or path.suffix == ".parquet"
        sheet = _read_parquet(path) if columnar else _read_csv(path, encoding)
    except OSError as error:
        raise BadInput("no_file", f"{path} cannot be read: {error.strerror or error}", hint="Check the name.") from None
    if not sheet.table.num_rows and not sheet.broken:
        raise BadInput("empty_file", f"{path} has column names but no rows", hint="Export it again.")
    return sheet


def rename(sheet: Sheet, fields: Mapping[str, Sequence[str]], mapping: Mapping[str, str]) -> dict[str, str]:
    """Field -> column of the file. `mapping` (column -> field) wins; then columns named like a field or its other names.

    BadInput for a column or field that does not exist.
    """
    return named(sheet.name, sheet.table.column_names, fields, mapping)


def named(
    name: str, columns: Sequence[str], fields: Mapping[str, Sequence[str]], mapping: Mapping[str, str]
) -> dict[str, str]:
    """The same for the columns of a file that is not in memory."""
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


def tell_other_names(found: Mapping[str, str], mapping: Mapping[str, str]) -> None:
    """Say which columns are read as fields they are not named like, as somebody may have meant something else by them."""
    others = [f"{c} as {field}" for field, c in found.items() if c not in mapping and _plain(c) != field]
    if others:
        say(f"read {', '.join(others)}; --map says otherwise")


def require(sheet: Sheet, found: Mapping[str, str], *wanted: str) -> None:
    """BadInput unless each of `wanted` is there; `a|b` asks for one of both."""
    require_columns(sheet.name, sheet.table.column_names, found, *wanted)


def require_columns(name: str, columns: Sequence[str], found: Mapping[str, str], *wanted: str) -> None:
    """The same for the columns of a file that is not in memory."""
    missing = [each for each in wanted if not any(field in found for field in each.split("|"))]
    if missing:
        names = ", ".join(each.replace("|", " or ") for each in missing)
        raise BadInput(
            "missing_column",
            f"{name} has no column for {names}",
            hint=f"{_has(columns)} Map one with --map 'column=field'.",
        )


def text(column: pa.ChunkedArray) -> pa.Array:
    """Trimmed text, null where there is none; whole numbers without a fraction, as ids are written."""
    joined = _joined(column)
    if pa.types.is_floating(joined.type):
        with suppress(pa.ArrowInvalid):  # when they are not whole numbers after all
            joined = joined.cast(pa.int64())
    joined = pc.utf8_trim_whitespace(joined.cast(pa.string()))
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined)


def each(column: pa.ChunkedArray, parse: Callable[[Any], T], kind: pa.DataType) -> tuple[pa.Array, dict[int, str]]:
    """A column parsed, and the message for each position whose value `parse` refused with ValueError.

    Values repeat a lot in such files, so each distinct one is parsed once.
    """
    joined = _joined(column)
    if pa.types.is_string(joined.type):
        joined = text(joined)
    encoded = joined.dictionary_encode()
    parsed: list[T | None] = []
    refused: dict[int, str] = {}
    for number, value in enumerate(encoded.dictionary.to_pylist()):
        try:
            parsed.append(parse(value))
        except ValueError as error:
            parsed.append(None)
            refused[number] = str(error)
    problems: dict[int, str] = {}
    if refused:
        wrong = pc.is_in(encoded.indices, value_set=pa.array(refused, encoded.indices.type))
        for position in pc.indices_nonzero(wrong).to_pylist():
            problems[position] = refused[encoded.indices[position].as_py()]
    return pa.array(parsed, kind).take(encoded.indices), problems


def _joined(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    joined = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(joined, pa.ChunkedArray):
        joined = pa.concat_arrays(joined.chunks) if joined.num_chunks else pa.array([], column.type)
    return joined.dictionary_decode() if pa.types.is_dictionary(joined.type) else joined


def _read_parquet(path: Path) -> Sheet:
    try:
        table = parquet.read_table(path)
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0]
        raise BadInput("bad_parquet", f"{path} is not a whole Parquet file: {reason}", hint="Export again.") from None
    return Sheet(path.name, plain_table(table), range(1, table.num_rows + 1))


def plain_table(table: pa.Table) -> pa.Table:
    """The same with times in microseconds, and decimals as text."""
    for number, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            kind = pa.timestamp("us", field.type.tz)
            table = table.set_column(number, field.name, table.column(number).cast(kind, safe=False))
        elif pa.types.is_decimal(field.type) or pa.types.is_large_string(field.type):
            table = table.set_column(number, field.name, table.column(number).cast(pa.string()))
    return table


def _read_csv(path: Path, encoding: str) -> Sheet:
    """Text columns as written. A row with more or fewer values than the header is broken."""
    csv.field_size_limit(LONGEST_FIELD)
    tables: list[pa.RecordBatch] = []
    numbers: list[int] = []
    broken: list[Broken] = []
    try:
        with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
            reader = csv.reader(file, delimiter=delimiter_of(file.readline()))
            file.seek(0)
            header = [name.strip() for name in next(reader)]
            check_header(path, header)
            for chunk in _chunks(enumerate(reader, 2)):
                whole = [(number, row) for number, row in chunk if len(row) == len(header)]
                numbers.extend(number for number, _ in whole)
                tables.append(_batch(header, [row for _, row in whole]))
                for number, row in chunk:
                    if row and len(row) != len(header):
                        message = f"it has {len(row)} values, the header {len(header)}"
                        broken.append(Broken(number, "", message, row))
    except (UnicodeDecodeError, LookupError) as error:
        reason = error.reason if isinstance(error, UnicodeDecodeError) else str(error)
        raise BadInput(
            "bad_encoding",
            f"{path} is not text in {encoding}: {reason}",
            hint="Save it as UTF-8, or name its encoding, such as --encoding cp1252.",
        ) from None
    except csv.Error as error:
        raise BadInput("bad_csv", f"{path} is not CSV: {error}", where=f"line {reader.line_num}") from None
    return Sheet(path.name, pa.Table.from_batches(tables, _schema(header)), numbers, broken)


def _chunks(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _schema(header: Sequence[str]) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in header])


def _batch(header: Sequence[str], rows: list[list[str]]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else ([] for _ in header)
    return pa.record_batch([pa.array(list(column), pa.string()) for column in columns], schema=_schema(header))


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
