"""Files as rows, read piece by piece however long they are: CSV and TSV, Parquet, JSON, Merchant feeds."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from shopkeeper.imports.feed import read_feed
from shopkeeper.imports.sheet import LONGEST_FIELD, Sheet, check_header, delimiter_of, plain_table
from shopkeeper.model.errors import BadInput
from shopkeeper.model.shapes import misfit

FORMATS = ("csv", "tsv", "parquet", "json", "jsonl", "xml")
TOLD = ("row", "column", "message")
"""The first columns of a file of errors: they are about its rows, and no values of theirs when it is imported again."""
LARGEST_OBJECT = 1 << 20
"""Bytes of one JSON object."""
LARGEST_ROW = 8 << 20
"""Characters of one row of a sheet."""
LARGEST_GROUP = 1 << 30
"""Bytes of one row group of a Parquet file, uncompressed."""
_ENDINGS = {"tab": "tsv", "ndjson": "jsonl", "rss": "xml", "atom": "xml", "pq": "parquet"}
LARGEST_PIECE = 32 << 20
"""Bytes of the texts of Parquet rows that are written out together."""
_PIECE = 1 << 16
_BATCH = 10_000
_SPACE = " \t\r\n"


class Row(NamedTuple):
    """A row and its number in the file (in a sheet the header is row 1, as spreadsheets count)."""

    number: int
    values: Mapping[str, Any]
    fault: str = ""
    """Why it cannot be read; there are no values then."""
    held: Sequence[Any] = ()
    """What stands in the file, where that is not the values: the cells of a row with too few, the text of an object."""


class Part(NamedTuple):
    """Rows of the same columns, column by column."""

    numbers: Sequence[int]
    columns: Sequence[str]
    cells: Callable[[str], list[Any]]
    """What each of the rows has in a column."""
    faults: Sequence[Row] = ()
    """Rows that lie among them and cannot be read."""


class Rows:
    """The rows of a file, or with a mere name of a table, read anew each time they are walked through. `columns` is None
    where every row names its own fields.
    """

    def __init__(
        self, source: Path | str, columns: list[str] | None, whole: int, read: Callable[[Gauge], Iterator[Row]]
    ) -> None:
        self.path = source if isinstance(source, Path) else None
        self.name = source.name if isinstance(source, Path) else source
        self.columns = columns
        self.gauge = Gauge(whole)
        self._read = read

    def __iter__(self) -> Iterator[Row]:
        return self._read(self.gauge)

    def parts(self) -> Iterator[Part]:
        """All rows, so many at a time that they fit in memory."""
        rows = iter(self)
        while batch := list(islice(rows, _BATCH)):
            if faults := [row for row in batch if row.fault]:
                yield Part((), (), partial(_cells_of_rows, ()), faults)
            whole = (row for row in batch if not row.fault)
            for columns, alike in groupby(whole, key=lambda row: tuple(row.values)):
                like = list(alike)
                yield Part([row.number for row in like], columns, partial(_cells_of_rows, like))

    def refuse_none(self) -> None:
        """BadInput where there is no row."""
        if next(iter(self), None) is None:
            raise BadInput("empty_file", f"{self.name} has column names but no rows", hint="Export it again.")


class Tables(Rows):
    """The rows of a file that lies in columns, read as tables of some rows each."""

    def __init__(
        self, source: Path | str, columns: list[str], whole: int, read: Callable[[], Iterator[pa.RecordBatch]]
    ) -> None:
        super().__init__(source, columns, whole, self._rows)
        self._tables = read

    def _rows(self, _gauge: Gauge) -> Iterator[Row]:
        for numbers, columns, cells, _ in self.parts():
            for number, values in zip(numbers, zip(*map(cells, columns), strict=True), strict=True):
                yield Row(number, dict(zip(columns, values, strict=True)))

    def parts(self) -> Iterator[Part]:
        done = 0
        self.gauge.tell = lambda: done
        for table in self._tables():
            first, done = done + 1, done + table.num_rows
            yield Part(range(first, done + 1), table.schema.names, partial(_cells_of_table, table))


class Gauge:
    """How far a file is read, in megabytes or rows of `whole`."""

    def __init__(self, whole: int) -> None:
        self.whole = whole
        self.tell: Callable[[], int] = int

    @property
    def far(self) -> tuple[int, int]:
        """How much of how much."""
        try:
            return min(self.tell(), self.whole), self.whole
        except ValueError:  # closed: it is read
            return self.whole, self.whole


def format_of(path: Path, said: str = "") -> str:
    """The format of a file: as said, else by its ending and its first bytes. BadInput for one there is not."""
    if said:
        if said not in FORMATS:
            raise BadInput("unknown_format", f"There is no format {said!r}", hint=f"Use one of {', '.join(FORMATS)}.")
        return said
    begins = _begins(path)
    ending = path.suffix.lower().removeprefix(".")
    ending = _ENDINGS.get(ending, ending)
    if begins.startswith(b"PAR1") or ending == "parquet":
        return "parquet"
    if begins_with(path, b"<"):
        return "xml"
    return ending if ending in FORMATS and ending != "xml" else "csv"


def read_rows(path: Path, said: str = "", encoding: str = "utf-8", without: Sequence[str] = ()) -> Rows:
    """A file as rows; BadInput says why it cannot be used, at once or at the place where it breaks. It may be of any format
    but those it must be `without`.
    """
    try:
        kind = format_of(path, said)
        if kind in without:
            others = ", ".join(name for name in FORMATS if name not in without)
            raise BadInput("unknown_format", f"{path} is {kind.upper()}", hint=f"Use one of {others}.")
        if kind in ("csv", "tsv"):
            return _csv(path, encoding, "\t" if kind == "tsv" else "")
        if kind == "parquet":
            return _parquet(path)
        reader = {"json": _json, "jsonl": _jsonl, "xml": _xml}[kind]
        return Rows(path, None, path.stat().st_size, lambda gauge: reader(path, gauge))
    except OSError as error:
        raise BadInput("no_file", f"{path} cannot be read: {error.strerror or error}", hint="Check the name.") from None


def sheet_rows(sheet: Sheet) -> Rows:
    """A sheet that is in memory already."""
    table = sheet.table
    return Tables(sheet.name, table.column_names, table.num_rows, lambda: iter(table.to_batches(max_chunksize=_BATCH)))


def begins_with(path: Path, sign: bytes) -> bool:
    """Whether this is the first sign of a text."""
    return _begins(path).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(sign)


def _begins(path: Path) -> bytes:
    if path.is_dir():
        raise BadInput("no_file", f"{path} is a folder", hint="Name a file.")
    with path.open("rb") as file:
        begins = file.read(64)
    if not begins:
        raise BadInput("empty_file", f"{path} is empty", hint="Name a file with rows.")
    return begins


def _csv(path: Path, encoding: str, delimiter: str) -> Rows:
    csv.field_size_limit(LONGEST_FIELD)
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline(LONGEST_FIELD)
            if len(first) == LONGEST_FIELD and not first.endswith("\n"):
                said = f"The names of the columns of {path} take more than {LONGEST_FIELD >> 20} million characters"
                raise BadInput("too_large", said, where="line 1", hint="Is this a sheet?")
            delimiter = delimiter or delimiter_of(first)
            header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    except (UnicodeError, LookupError, csv.Error) as error:
        raise _bad_text(path, encoding, error) from None
    check_header(path, header)
    told = len(TOLD) if tuple(header[: len(TOLD)]) == TOLD else 0
    size = path.stat().st_size
    return Rows(path, header[told:], size, lambda gauge: _csv_rows(path, encoding, delimiter, header, told, gauge))


def _csv_rows(path: Path, encoding: str, delimiter: str, header: list[str], told: int, gauge: Gauge) -> Iterator[Row]:
    reader, names = None, header[told:]
    try:
        with path.open(encoding=encoding, newline="") as file:
            gauge.tell = partial(_read_so_far, file)
            lines = _Lines(file)
            reader = csv.reader(lines, delimiter=delimiter)
            next(reader)
            for number, row in enumerate(reader, 2):
                lines.since = 0
                if len(row) == len(header):
                    yield Row(number, dict(zip(names, row[told:], strict=True)))
                elif row:
                    message = f"it has {len(row)} values, the header {len(header)}"
                    yield Row(number, {}, message, row[told:])
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


def _read_so_far(file: TextIO) -> int:
    return file.buffer.tell()


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
    names, texts = file.schema_arrow.names, [f.name for f in file.schema_arrow if _is_text(f.type)]
    file.close()
    check_header(path, names)
    return Tables(path, names, meta.num_rows, lambda: _parquet_tables(path, texts))


def _parquet_tables(path: Path, texts: list[str]) -> Iterator[pa.RecordBatch]:
    number = 1
    try:
        # One long text may stand in every row of a small file: as a dictionary it is held once.
        with parquet.ParquetFile(path, read_dictionary=texts) as file:
            for batch in file.iter_batches(batch_size=_BATCH):
                for piece in _pieces(batch, number):
                    number += piece.num_rows
                    yield from plain_table(pa.Table.from_batches([piece])).combine_chunks().to_batches()
    except (pa.ArrowInvalid, OSError) as error:
        raise _bad_parquet(path, error) from None


def _pieces(batch: pa.RecordBatch, first: int) -> Iterator[pa.RecordBatch]:
    """The same rows, so many at a time that they do not fill the memory when they are written out."""
    longest = 1
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if pa.types.is_dictionary(column.type):
            length = pc.max(pc.binary_length(column.dictionary)).as_py() or 0
            if length > LONGEST_FIELD:
                message = f"A value of the column {name!r} is longer than {LONGEST_FIELD >> 20} MB"
                where = f"rows {first} to {first + batch.num_rows - 1}"
                raise BadInput("too_large", message, where=where, hint="Is this the right file?")
            longest += length
    step = max(1, min(_BATCH, LARGEST_PIECE // longest))
    return (batch.slice(start, step) for start in range(0, batch.num_rows, step))


def _is_text(kind: pa.DataType) -> bool:
    return any(test(kind) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary))


def _bad_parquet(path: Path, error: Exception) -> BadInput:
    reason = (str(error).splitlines() or ["it ends too early"])[0]
    return BadInput("bad_parquet", f"{path} is not a whole Parquet file: {reason}", hint="Export it again.")


def _cells_of_rows(rows: Sequence[Row], name: str) -> list[Any]:
    return [row.values.get(name) for row in rows]


def _cells_of_table(table: pa.RecordBatch, name: str) -> list[Any]:
    return _cells(table.column(name))


def _cells(column: pa.Array) -> list[Any]:
    """The values as Python has them, each made once: Arrow takes a microsecond for one, and they repeat a lot."""
    try:
        coded = column.dictionary_encode()
    except pa.ArrowNotImplementedError:  # lists and structures
        return column.to_pylist()  # type: ignore[no-any-return]
    found = [*coded.dictionary.to_pylist(), None]
    places = coded.indices.fill_null(len(found) - 1).to_numpy(zero_copy_only=False).tolist()
    return [found[place] for place in places]


def _jsonl(path: Path, gauge: Gauge) -> Iterator[Row]:
    with path.open("rb") as file:
        gauge.tell = file.tell
        number = 0
        while line := file.readline(LARGEST_OBJECT):
            number += 1
            if len(line) == LARGEST_OBJECT and not line.endswith(b"\n"):
                where = f"line {number}"
                hint = "Write one object a line; a list in brackets is read from a file that ends in .json."
                raise BadInput(
                    "too_large", f"A line may have {LARGEST_OBJECT >> 20} MB of JSON", where=where, hint=hint
                )
            if line.strip():
                yield _object(number, line.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n"))


def _object(number: int, raw: bytes | str) -> Row:
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    try:
        return Row(number, msgspec.json.decode(raw, type=dict[str, Any]), held=(text,))
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        return Row(number, {}, f"it is not a JSON object: {misfit(error)[0]}", (text,))


def _json(path: Path, gauge: Gauge) -> Iterator[Row]:
    """The objects of a list, or of the only list in an object (`{"products": [...]}`), one after the other."""
    with path.open(encoding="utf-8-sig") as file:
        gauge.tell = partial(_read_so_far, file)
        text, more, number, begun = _Text(file), True, 0, False
        while True:
            begun = begun or text.skip_to("[")
            text.skip(_SPACE + "," if begun else _SPACE)
            if begun and text.begins("]"):
                return
            found = text.value() if begun else None
            if found is not None:
                number += 1
                yield _object(number, found)
                continue
            if not more or text.waiting > LARGEST_OBJECT:
                why = "it breaks off" if begun and not more else "this is not a list of objects of at most 1 MB"
                hint = 'Write [{"id": "tea-1", ...}, ...], or one object a line as .jsonl.'
                raise BadInput("bad_json", f"{path}: {why}", where=f"after object {number}", hint=hint)
            try:
                more = text.more()
            except UnicodeDecodeError as error:
                raise _bad_text(path, "utf-8", error) from None


class _Text:
    """What was read of a JSON file and is not used yet."""

    _decoder = json.JSONDecoder()

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0

    @property
    def waiting(self) -> int:
        return len(self._text) - self._at

    def more(self) -> bool:
        """Read on; False at the end of the file."""
        piece = self._file.read(_PIECE)
        self._text, self._at = self._text[self._at :] + piece, 0
        return bool(piece)

    def begins(self, with_: str) -> bool:
        return self._text.startswith(with_, self._at)

    def skip(self, signs: str) -> None:
        while self._at < len(self._text) and self._text[self._at] in signs:
            self._at += 1

    def skip_to(self, sign: str) -> bool:
        """Go behind a sign, if it was read."""
        place = self._text.find(sign, self._at)
        self._at = place + 1 if place >= 0 else self._at
        return place >= 0

    def value(self) -> str | None:
        """The object that begins here, if it was read whole."""
        if not self.begins("{"):
            return None
        try:
            start, self._at = self._at, self._decoder.raw_decode(self._text, self._at)[1]
        except (ValueError, RecursionError):
            return None
        return self._text[start : self._at]


def _xml(path: Path, gauge: Gauge) -> Iterator[Row]:
    with path.open("rb") as file:
        gauge.tell = file.tell
        for number, values in enumerate(read_feed(file), 1):
            yield Row(number, values)
