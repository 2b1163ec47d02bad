"""Files of products as rows, read piece by piece however long they are: CSV and TSV, Parquet, JSON, Merchant feeds."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import msgspec
import pyarrow as pa
from pyarrow import parquet

from shopkeeper.imports.feed import read_feed
from shopkeeper.imports.sheet import LONGEST_FIELD, Broken, Sheet, check_header, delimiter_of, plain_table
from shopkeeper.model.errors import BadInput
from shopkeeper.model.shapes import misfit

FORMATS = ("csv", "tsv", "parquet", "json", "jsonl", "xml")
LARGEST_OBJECT = 1 << 20
LARGEST_ROW = 8 << 20
"""Characters of one row of a sheet."""
LARGEST_GROUP = 1 << 30
"""Bytes of one row group of a Parquet file, uncompressed."""
_ENDINGS = {"tab": "tsv", "txt": "tsv", "ndjson": "jsonl", "rss": "xml", "atom": "xml", "pq": "parquet"}
_PIECE = 1 << 16
_BATCH = 10_000
_SPACE = " \t\r\n"


class Row(NamedTuple):
    """A row and its number in the file; or, in place of values, why it cannot be read."""

    number: int
    values: Mapping[str, Any]
    broken: Broken | None = None


class Rows:
    """The rows of a file. `columns` is None where every row names its own fields."""

    def __init__(self, name: str, columns: list[str] | None, rows: Iterator[Row]) -> None:
        self.name = name
        self.columns = columns
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        return self._rows


def format_of(path: Path, said: str = "") -> str:
    """The format of a file: as said, else by its ending and its first bytes. BadInput for one there is not."""
    if said:
        if said not in FORMATS:
            raise BadInput("unknown_format", f"There is no format {said!r}", hint=f"Use one of {', '.join(FORMATS)}.")
        return said
    begins = _begins(path)
    if begins.startswith(b"PAR1"):
        return "parquet"
    if begins.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "xml"
    ending = path.suffix.lower().removeprefix(".")
    ending = _ENDINGS.get(ending, ending)
    return ending if ending in FORMATS and ending not in ("xml", "parquet") else "csv"


def read_rows(path: Path, said: str = "", encoding: str = "utf-8") -> Rows:
    """A file as rows; BadInput says why it cannot be used, at once or at the place where it breaks."""
    try:
        kind = format_of(path, said)
        if kind in ("csv", "tsv"):
            return _csv(path, encoding, "\t" if kind == "tsv" else "")
        if kind == "parquet":
            return _parquet(path)
        reader = {"json": _json, "jsonl": _jsonl, "xml": _xml}[kind]
        return Rows(path.name, None, reader(path))
    except OSError as error:
        raise BadInput("no_file", f"{path} cannot be read: {error.strerror or error}", hint="Check the name.") from None


def sheet_rows(sheet: Sheet) -> Rows:
    """A sheet that is in memory already."""
    return Rows(sheet.name, sheet.table.column_names, _sheet(sheet))


def _begins(path: Path) -> bytes:
    if path.is_dir():
        raise BadInput("no_file", f"{path} is a folder", hint="Name a file.")
    with path.open("rb") as file:
        begins = file.read(64)
    if not begins:
        raise BadInput("empty_file", f"{path} is empty", hint="Name a file with products.")
    return begins


def _csv(path: Path, encoding: str, delimiter: str) -> Rows:
    csv.field_size_limit(LONGEST_FIELD)
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline(LONGEST_FIELD)
            if len(first) == LONGEST_FIELD and not first.endswith("\n"):
                said = f"The names of the columns of {path} take more than {LONGEST_FIELD >> 20} million characters"
                raise BadInput("too_large", said, where="line 1", hint="Is this a sheet of products?")
            delimiter = delimiter or delimiter_of(first)
            header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    except (UnicodeError, LookupError, csv.Error) as error:
        raise _bad_text(path, encoding, error) from None
    check_header(path, header)
    return Rows(path.name, header, _csv_rows(path, encoding, delimiter, header))


def _csv_rows(path: Path, encoding: str, delimiter: str, header: list[str]) -> Iterator[Row]:
    reader = None
    try:
        with path.open(encoding=encoding, newline="") as file:
            lines = _Lines(file)
            reader = csv.reader(lines, delimiter=delimiter)
            next(reader)
            for number, row in enumerate(reader, 2):
                lines.since = 0
                if len(row) == len(header):
                    yield Row(number, dict(zip(header, row, strict=True)))
                elif row:
                    message = f"it has {len(row)} values, the header {len(header)}"
                    yield Row(number, {}, Broken(number, "", message, row))
    except UnicodeError as error:
        raise _bad_text(path, encoding, error) from None
    except csv.Error as error:
        where = f"line {reader.line_num}" if reader else ""
        raise BadInput("bad_csv", f"{path} is not CSV: {error}", where=where) from None


class _Lines:
    """The lines of a file that may give so many characters and no more before the next row ends."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.since = 0

    def __iter__(self) -> Iterator[str]:
        number = 0
        while line := self._file.readline(LARGEST_ROW + 1):  # a file is not asked for a line, which may have no end
            number += 1
            self.since += len(line)
            if self.since > LARGEST_ROW:
                raise BadInput(
                    "too_large",
                    f"A row is longer than {LARGEST_ROW >> 20} million characters",
                    where=f"line {number}",
                    hint="Is a quotation mark missing? What came before was read.",
                )
            yield line


def _bad_text(path: Path, encoding: str, error: Exception) -> BadInput:
    reason = error.reason if isinstance(error, UnicodeDecodeError) else str(error)
    hint = "Save it as UTF-8, or name its encoding, such as --encoding cp1252."
    return BadInput("bad_encoding", f"{path} is not text in {encoding}: {reason}", hint=hint)


def _parquet(path: Path) -> Rows:
    try:
        file = parquet.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise _bad_parquet(path, error) from None
    meta = file.metadata
    largest = max((meta.row_group(number).total_byte_size for number in range(meta.num_row_groups)), default=0)
    if largest > LARGEST_GROUP:
        file.close()
        raise BadInput(
            "too_large",
            f"{path} has a row group of {largest / 1e9:.1f} GB, which can only be read as a whole",
            hint="Write it with smaller row groups, such as 100,000 rows each.",
        )
    return Rows(path.name, file.schema_arrow.names, _parquet_rows(path, file))


def _parquet_rows(path: Path, file: parquet.ParquetFile) -> Iterator[Row]:
    number = 1
    try:
        with file:
            for batch in file.iter_batches(batch_size=_BATCH):
                for values in plain_table(pa.Table.from_batches([batch])).to_pylist():
                    yield Row(number, values)
                    number += 1
    except (pa.ArrowInvalid, OSError) as error:
        raise _bad_parquet(path, error) from None


def _bad_parquet(path: Path, error: Exception) -> BadInput:
    reason = (str(error).splitlines() or ["it ends too early"])[0]
    return BadInput("bad_parquet", f"{path} is not a whole Parquet file: {reason}", hint="Export it again.")


def _sheet(sheet: Sheet) -> Iterator[Row]:
    position = 0
    for batch in sheet.table.to_batches(max_chunksize=_BATCH):
        for values in batch.to_pylist():
            yield Row(sheet.rows[position], values)
            position += 1
    for broken in sheet.broken:
        yield Row(broken.row, {}, broken)


def _jsonl(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LARGEST_OBJECT):
            number += 1
            if len(line) == LARGEST_OBJECT and not line.endswith(b"\n"):
                where = f"line {number}"
                raise BadInput("too_large", f"A product may have {LARGEST_OBJECT >> 20} MB of JSON", where=where)
            if line.strip():
                yield _object(number, line)


def _object(number: int, raw: bytes | str) -> Row:
    try:
        return Row(number, msgspec.json.decode(raw, type=dict[str, Any]))
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
        return Row(number, {}, Broken(number, "", f"it is not a JSON object: {misfit(error)[0]}", [text[:200]]))


def _json(path: Path) -> Iterator[Row]:
    """The objects of a list, or of the only list in an object (`{"products": [...]}`), one after the other."""
    decoder = json.JSONDecoder()
    with path.open(encoding="utf-8-sig") as file:
        buffer, more, number, begun = "", True, 0, False
        while True:
            buffer = buffer.lstrip(_SPACE if not begun else _SPACE + ",")
            if not begun and (start := buffer.find("[")) >= 0:
                buffer, begun = buffer[start + 1 :], True
                continue
            if begun and buffer.startswith("]"):
                return
            found = _whole(decoder, buffer) if begun else None
            if found is not None:
                number += 1
                yield _object(number, buffer[:found])
                buffer = buffer[found:]
                continue
            if not more or len(buffer) > LARGEST_OBJECT:
                why = "it breaks off" if begun and not more else "this is not a list of products"
                hint = 'Write [{"id": "tea-1", ...}, ...], or one object a line as .jsonl.'
                raise BadInput("bad_json", f"{path}: {why}", where=f"after product {number}", hint=hint)
            try:
                piece = file.read(_PIECE)
            except UnicodeDecodeError as error:
                raise _bad_text(path, "utf-8", error) from None
            buffer, more = buffer + piece, bool(piece)


def _whole(decoder: json.JSONDecoder, text: str) -> int | None:
    """Where the value that text begins with ends; None where it does not end in it."""
    if not text.startswith("{"):
        return None
    try:
        return decoder.raw_decode(text)[1]
    except (ValueError, RecursionError):
        return None


def _xml(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for number, values in enumerate(read_feed(file), 1):
            yield Row(number, values)
