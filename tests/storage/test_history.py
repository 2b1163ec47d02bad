"""Files that exist because the manifest says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from shopkeeper.model.errors import BadInput, Unavailable
from shopkeeper.storage import State, migrate
from shopkeeper.storage.history import MIGRATIONS, History
from shopkeeper.storage.portable import portable

SCHEMA = pyarrow.schema([("id", pyarrow.binary(16)), ("at_us", pyarrow.int64()), ("type", pyarrow.string())])
TYPES = "SELECT type, count(*) FROM {history} GROUP BY type ORDER BY type"


def table(*types: str) -> pyarrow.Table:
    ids = [bytes([number]) * 16 for number in range(len(types))]
    return pyarrow.table([ids, list(range(len(types))), list(types)], schema=SCHEMA)


@pytest.fixture
def history(any_state: State, tmp_path: Path) -> Iterator[History]:
    migrate(any_state, MIGRATIONS)
    history = History(tmp_path / "shop's [history] *", any_state, {"events": SCHEMA})
    yield history
    history.close()


def add(state: State, history: History, day: str, *types: str) -> None:
    with state.write() as conn:
        history.add(conn, "events", day, table(*types))


def ask(state: State, history: History, sql: str = TYPES, **days: Any) -> list[tuple[object, ...]]:
    with state.read() as conn:
        return history.query(conn, sql, **days)


def on_disk(history: History) -> int:
    return len(list(history.folder.glob("*/*/*")))


def test_an_empty_history_has_columns_and_no_rows(any_state: State, history: History) -> None:
    assert ask(any_state, history) == []
    assert ask(any_state, history, "SELECT count(*), max(at_us) FROM {history} AS h") == [(0, None)]


def test_what_is_added_is_found(any_state: State, history: History) -> None:
    add(any_state, history, "2026-03-01", "page", "track")
    add(any_state, history, "2026-03-02", "page")
    assert ask(any_state, history) == [("page", 2), ("track", 1)]
    assert ask(any_state, history, "SELECT id FROM {history} WHERE at_us = 1") == [(b"\x01" * 16,)]


def test_days_limit_a_query(any_state: State, history: History) -> None:
    for day in ("2026-03-01", "2026-03-02", "2026-03-03"):
        add(any_state, history, day, "page")
    assert ask(any_state, history, first_day="2026-03-02") == [("page", 2)]
    assert ask(any_state, history, first_day="2026-03-02", last_day="2026-03-02") == [("page", 1)]


def test_parameters_reach_the_query(any_state: State, history: History) -> None:
    add(any_state, history, "2026-03-01", "page", "track")
    with any_state.read() as conn:
        assert history.query(conn, "SELECT at_us FROM {history} WHERE type = ?", ("track",)) == [(1,)]


def test_a_snapshot_does_not_see_files_added_later(any_state: State, history: History) -> None:
    add(any_state, history, "2026-03-01", "page")
    with any_state.read() as conn:
        assert len(history.files(conn, "events")) == 1
        add(any_state, history, "2026-03-01", "page")
        assert history.query(conn, TYPES) == [("page", 1)]


def test_the_manifest_describes_each_file(any_state: State, history: History) -> None:
    add(any_state, history, "2026-03-01", "page", "track")
    with any_state.read() as conn:
        (file,) = history.files(conn, "events")
    assert (file.kind, file.day, file.rows) == ("events", "2026-03-01", 2)
    assert file.bytes == file.path.stat().st_size


def test_a_table_without_rows_leaves_no_file(any_state: State, history: History) -> None:
    add(any_state, history, "2026-03-01")
    assert on_disk(history) == 0


def test_a_crash_between_file_and_manifest_leaves_an_orphan_that_sweep_removes(
    any_state: State, history: History
) -> None:
    add(any_state, history, "2026-03-01", "page")
    with pytest.raises(KeyboardInterrupt), any_state.write() as conn:
        history.add(conn, "events", "2026-03-01", table("track"))
        raise KeyboardInterrupt
    (history.folder / "events" / "2026-03-01" / "half.parquet-unfinished").write_bytes(b"PAR1")
    assert ask(any_state, history) == [("page", 1)]
    assert (on_disk(history), history.sweep(), on_disk(history), history.sweep()) == (3, 2, 1, 0)
    assert ask(any_state, history) == [("page", 1)]


def test_a_draft_is_no_part_of_the_history_until_it_is_entered(any_state: State, history: History) -> None:
    draft, other = (history.draft("events", "2026-03-01", table(kind)) for kind in ("page", "track"))
    history.discard([other])
    assert (ask(any_state, history), on_disk(history)) == ([], 1)
    with any_state.write() as conn:
        history.enter(conn, draft)
    assert ask(any_state, history) == [("page", 1)]


def test_a_draft_that_was_swept_away_cannot_be_entered(any_state: State, history: History) -> None:
    draft = history.draft("events", "2026-03-01", table("page"))
    history.sweep()
    with pytest.raises(Unavailable, match="swept away"), any_state.write() as conn:
        history.enter(conn, draft)
    assert ask(any_state, history) == []


def test_replace_puts_one_file_in_the_place_of_a_day(any_state: State, history: History) -> None:
    for kind in ("page", "track", "page"):
        add(any_state, history, "2026-03-01", kind)
    add(any_state, history, "2026-03-02", "screen")
    with any_state.write() as conn:
        draft = history.draft("events", "2026-03-01", table("page", "page", "track"))
        history.replace(conn, "events", "2026-03-01", draft)
    assert ask(any_state, history) == [("page", 2), ("screen", 1), ("track", 1)]
    assert on_disk(history) == 2


def test_replace_by_nothing_empties_a_day(any_state: State, history: History) -> None:
    add(any_state, history, "2026-03-01", "page")
    with any_state.write() as conn:
        history.replace(conn, "events", "2026-03-01", None)
    assert (ask(any_state, history), on_disk(history)) == ([], 0)


def test_a_replace_that_fails_keeps_the_old_files(any_state: State, history: History) -> None:
    add(any_state, history, "2026-03-01", "page")
    with pytest.raises(KeyError), any_state.write() as conn:
        history.replace(conn, "events", "2026-03-01", None)
        raise KeyError
    assert ask(any_state, history) == [("page", 1)]


def test_a_query_whose_files_were_replaced_says_ask_again(any_state: State, history: History) -> None:
    add(any_state, history, "2026-03-01", "page")
    with any_state.read() as before:
        history.files(before, "events")
        with any_state.write() as conn:
            history.replace(conn, "events", "2026-03-01", history.draft("events", "2026-03-01", table("page")))
        with pytest.raises(Unavailable, match="rewritten"):
            history.query(before, TYPES)
    assert ask(any_state, history) == [("page", 1)]


def test_a_damaged_file_is_named(any_state: State, history: History) -> None:
    add(any_state, history, "2026-03-01", "page")
    with any_state.read() as conn:
        (file,) = history.files(conn, "events")
    file.path.write_bytes(b"garbage" * 100)
    with pytest.raises(Unavailable, match=file.path.name):
        ask(any_state, history)


def test_older_files_may_lack_a_column(any_state: State, history: History) -> None:
    add(any_state, history, "2026-03-01", "page")
    wider = History(history.folder, any_state, {"events": SCHEMA.append(pyarrow.field("flags", pyarrow.int64()))})
    with any_state.write() as conn:
        row = table("track").append_column("flags", pyarrow.array([3], pyarrow.int64()))
        wider.add(conn, "events", "2026-03-02", row)
    found = ask(any_state, wider, "SELECT type, flags FROM {history} ORDER BY type")
    assert found == [("page", None), ("track", 3)]


def test_a_table_with_other_columns_is_refused(any_state: State, history: History) -> None:
    with pytest.raises(ValueError, match="columns of the events history"), any_state.write() as conn:
        history.add(conn, "events", "2026-03-01", pyarrow.table({"id": [1]}))


def test_a_folder_that_cannot_be_written_is_named(any_state: State, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    migrate(any_state, MIGRATIONS)
    with pytest.raises(Unavailable, match="cannot be written"):
        add(any_state, History(tmp_path / "file", any_state, {"events": SCHEMA}), "2026-03-01", "page")


def test_history_sql_can_be_run_by_spark() -> None:
    assert portable(TYPES).startswith("SELECT type, COUNT(*) FROM history")


@pytest.mark.parametrize(
    "sql", ["SELECT * FROM {history} ASOF JOIN t USING (at_us)", "SELEC x FROM", "SELECT 1; SELECT 2"]
)
def test_sql_that_spark_does_not_know_is_refused(sql: str) -> None:
    with pytest.raises(BadInput, match="cannot run on Spark"):
        portable(sql)
