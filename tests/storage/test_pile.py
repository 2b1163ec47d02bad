"""Rows that are put in order on disk: what happens when that is full."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow
import pytest

from shopkeeper.model.errors import Unavailable
from shopkeeper.storage import pile
from shopkeeper.storage.pile import Pile

SCHEMA = pyarrow.schema([("number", pyarrow.int64()), ("text", pyarrow.binary())])


def rows(count: int) -> pyarrow.RecordBatch:
    columns = [list(range(count)), [os.urandom(500) for _ in range(count)]]
    return pyarrow.record_batch(columns, schema=SCHEMA)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file grows beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_told_and_nothing_is_left_on_it(tmp_path: Path):
    with room_for(1 << 20), pytest.raises(Unavailable, match="as much room"), Pile(tmp_path, SCHEMA) as rows_apart:
        while True:
            rows_apart.add(rows(1000))
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_at_the_end_is_told(tmp_path: Path):
    with Pile(tmp_path, SCHEMA) as rows_apart:
        rows_apart.add(rows(1000))
        with room_for(1000), pytest.raises(Unavailable, match="as much room"):
            next(rows_apart.taken("SELECT * FROM {pile}"))
    assert list(tmp_path.iterdir()) == []


def test_no_room_for_sorting_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The answer is far longer than what was set aside."""
    monkeypatch.setattr(pile, "MEMORY_LIMIT", "30MB")
    long = "concat(" + ", ".join(f"sha256(concat(number, {part}))" for part in range(8)) + ")"
    with Pile(tmp_path, SCHEMA) as rows_apart:
        for _ in range(20):
            rows_apart.add(rows(1000))
        with room_for(12 << 20), pytest.raises(Unavailable, match="Could not write file"):
            for _ in rows_apart.taken(f"SELECT {long} AS said FROM {{pile}}, range(10) ORDER BY said"):
                pass
