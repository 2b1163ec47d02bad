"""What every state promises, run on each database."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from shopkeeper.model.errors import Unavailable
from shopkeeper.storage import Migration, State, marks, migrate, open_state

TABLES = Migration(
    "shelf",
    1,
    (
        "CREATE TABLE shelf_items (id SERIAL KEY, label TEXT, amount INTEGER NOT NULL DEFAULT 0, raw BLOB,"
        " weight DOUBLE PRECISION, big BIGINT)",
        "CREATE TABLE shelf_tags (tag TEXT NOT NULL PRIMARY KEY, uses BIGINT NOT NULL) WITHOUT ROWID",
    ),
)


@pytest.fixture
def state(any_state: State) -> State:
    migrate(any_state, [TABLES])
    return any_state


def tag_uses(state: State, tag: str = "tea") -> int | None:
    with state.read() as conn:
        found = conn.row("SELECT uses FROM shelf_tags WHERE tag = ?", (tag,))
    return found[0] if found else None


def put_tag(state: State, uses: int, tag: str = "tea") -> None:
    with state.write() as conn:
        conn.run(
            "INSERT INTO shelf_tags (tag, uses) VALUES (?, ?) ON CONFLICT (tag) DO UPDATE SET uses = excluded.uses",
            (tag, uses),
        )


def in_thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_a_commit_is_seen_by_the_next_read(state: State) -> None:
    put_tag(state, 1)
    assert tag_uses(state) == 1


def test_a_commit_survives_closing(database_url: str) -> None:
    first = open_state(database_url)
    migrate(first, [TABLES])
    put_tag(first, 3)
    first.close()
    again = open_state(database_url)
    assert tag_uses(again) == 3
    again.close()


def test_an_exception_rolls_the_write_back_and_frees_the_turn(state: State) -> None:
    with pytest.raises(KeyError), state.write() as conn:
        conn.run("INSERT INTO shelf_tags VALUES (?, ?)", ("tea", 1))
        raise KeyError
    assert tag_uses(state) is None
    put_tag(state, 2)
    assert tag_uses(state) == 2


def test_a_failing_statement_undoes_the_whole_write(state: State) -> None:
    put_tag(state, 1)
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"), state.write() as conn:
        conn.run("INSERT INTO shelf_tags VALUES (?, ?)", ("fern", 1))
        conn.run("INSERT INTO shelf_tags VALUES (?, ?)", ("tea", 1))
    assert tag_uses(state, "fern") is None


def test_a_reader_holds_still_during_a_write(state: State) -> None:
    put_tag(state, 1)
    count = "SELECT sum(uses) FROM shelf_tags"
    with state.read() as before:
        assert before.row(count) == (1,)
        put_tag(state, 5)
        assert before.row(count) == (1,)
    assert tag_uses(state) == 5


def test_a_reader_beside_an_open_write_sees_only_what_is_committed(state: State) -> None:
    with state.write() as conn:
        conn.run("INSERT INTO shelf_tags VALUES (?, ?)", ("tea", 1))
        assert tag_uses(state) is None
    assert tag_uses(state) == 1


def test_a_reader_cannot_write(state: State) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?only|readonly"), state.read() as conn:
        conn.run("INSERT INTO shelf_tags VALUES (?, ?)", ("tea", 1))
    assert tag_uses(state) is None


def test_a_write_inside_a_write_is_refused_and_loses_nothing(state: State) -> None:
    with state.write() as conn:
        conn.run("INSERT INTO shelf_tags VALUES (?, ?)", ("tea", 1))
        with pytest.raises(RuntimeError, match="inside a write"), state.write():
            pass
    assert tag_uses(state) == 1


def test_writers_in_threads_are_serialised(state: State) -> None:
    put_tag(state, 0)

    def add_ten() -> None:
        for _ in range(10):
            with state.write() as conn:
                (uses,) = conn.row("SELECT uses FROM shelf_tags WHERE tag = 'tea'") or (0,)
                conn.run("UPDATE shelf_tags SET uses = ?", (uses + 1,))

    for thread in [in_thread(add_ten) for _ in range(4)]:
        thread.join(20)
    assert tag_uses(state) == 40


def test_writers_of_two_nodes_are_serialised(state: State, database_url: str) -> None:
    put_tag(state, 0)
    other = open_state(database_url)

    def add_ten(node: State) -> None:
        for _ in range(10):
            with node.write() as conn:
                (uses,) = conn.row("SELECT uses FROM shelf_tags WHERE tag = 'tea'") or (0,)
                conn.run("UPDATE shelf_tags SET uses = ?", (uses + 1,))

    for thread in [in_thread(lambda node=node: add_ten(node)) for node in (state, other)]:  # type: ignore[misc]
        thread.join(20)
    other.close()
    assert tag_uses(state) == 20


def test_reads_work_from_many_threads(state: State) -> None:
    put_tag(state, 7)
    seen: list[int | None] = []

    def look() -> None:
        seen.extend(tag_uses(state) for _ in range(20))

    for thread in [in_thread(look) for _ in range(4)]:
        thread.join(20)
    assert seen == [7] * 80


def test_an_action_runs_after_the_commit_and_only_then(state: State) -> None:
    seen: list[int | None] = []
    with state.write() as conn:
        conn.run("INSERT INTO shelf_tags VALUES (?, ?)", ("tea", 1))
        conn.after_commit(lambda: seen.append(tag_uses(state)))
    with pytest.raises(KeyError), state.write() as conn:
        conn.after_commit(lambda: seen.append(0))
        raise KeyError
    put_tag(state, 2)
    assert seen == [1]


def test_on_conflict_and_returning(state: State) -> None:
    upsert = (
        "INSERT INTO shelf_tags (tag, uses) VALUES (?, ?)"
        " ON CONFLICT (tag) DO UPDATE SET uses = shelf_tags.uses + excluded.uses RETURNING uses"
    )
    with state.write() as conn:
        assert conn.rows(upsert, ("tea", 2)) == [(2,)]
        assert conn.row(upsert, ("tea", 3)) == (5,)
        assert conn.run("INSERT INTO shelf_tags VALUES (?, ?) ON CONFLICT (tag) DO NOTHING", ("tea", 9)) == 0


def test_run_counts_rows(state: State) -> None:
    with state.write() as conn:
        conn.many("INSERT INTO shelf_tags VALUES (?, ?)", ((tag, 1) for tag in "abc"))
        assert conn.run("UPDATE shelf_tags SET uses = 2 WHERE tag <> ?", ("a",)) == 2
        assert conn.run("DELETE FROM shelf_tags") == 3
        assert conn.run("CREATE TABLE shelf_more (a BIGINT)") == 0


def test_serial_keys_number_themselves(state: State) -> None:
    with state.write() as conn:
        ids = [conn.rows("INSERT INTO shelf_items (label) VALUES (?) RETURNING id", (x,))[0][0] for x in "ab"]
    assert ids == [1, 2]


def test_bytes_come_back_as_bytes(state: State) -> None:
    raw = bytes(range(256))
    with state.write() as conn:
        assert conn.row("INSERT INTO shelf_items (raw) VALUES (?) RETURNING raw", (raw,)) == (raw,)
        (found,) = conn.row("SELECT raw FROM shelf_items WHERE raw = ?", (raw,)) or (None,)
    assert type(found) is bytes


def test_values_come_back_as_they_went_in(state: State) -> None:
    with state.write() as conn:
        conn.run("INSERT INTO shelf_items (label, amount, weight, big) VALUES (?, ?, ?, ?)", ("é 'x'", -4, 0.1, None))
        assert conn.rows("SELECT label, amount, weight, big FROM shelf_items") == [("é 'x'", -4, 0.1, None)]


@pytest.mark.parametrize("number", [0, 40_000, 2**31, 2**63 - 1, -(2**63)])
def test_integers_have_64_bits(state: State, number: int) -> None:
    with state.write() as conn:
        row = conn.row("INSERT INTO shelf_items (amount, big) VALUES (?, ?) RETURNING amount, big", (number, number))
        assert row == (number, number)


def test_arithmetic_on_parameters_does_not_overflow(state: State) -> None:
    with state.read() as conn:
        assert conn.row("SELECT ? + ?, ? * ?", (30_000, 30_000, 3_000_000, 3_000)) == (60_000, 9_000_000_000)


def test_sums_are_integers_averages_are_floats_and_bools_are_numbers(state: State) -> None:
    with state.write() as conn:
        conn.many("INSERT INTO shelf_items (big, amount) VALUES (?, ?)", [(1, True), (3, False)])
        row = conn.row("SELECT sum(big), avg(big), count(*), sum(amount) FROM shelf_items WHERE amount >= ?", (False,))
    assert row == (4, 2.0, 2, 1)
    assert [type(value) for value in row or ()] == [int, float, int, int]


def test_text_is_ordered_and_compared_by_its_bytes(state: State) -> None:
    words = ["b", "a", "B", "A", "é", "z", "_", "a b", "ab", "Z", "😀", "\uffee"]
    with state.write() as conn:
        conn.many("INSERT INTO shelf_tags VALUES (?, 0)", [(word,) for word in words])
        ordered = [word for (word,) in conn.rows("SELECT tag FROM shelf_tags ORDER BY tag")]
        above = conn.rows("SELECT tag FROM shelf_tags WHERE tag > ?", ("Z",))
        assert conn.row("SELECT min(tag), max(tag) FROM shelf_tags") == (ordered[0], ordered[-1])
    assert ordered == sorted(words, key=str.encode)
    assert {word for (word,) in above} == {word for word in words if word.encode() > b"Z"}


def test_like_is_case_sensitive(state: State) -> None:
    put_tag(state, 1, "Tea")
    with state.read() as conn:
        assert conn.rows("SELECT tag FROM shelf_tags WHERE tag LIKE 't%'") == []
        assert conn.rows("SELECT tag FROM shelf_tags WHERE tag LIKE 'T%'") == [("Tea",)]


def test_quoted_marks_and_percent_signs_are_just_text(state: State) -> None:
    with state.read() as conn:
        assert conn.row("SELECT '100 % ?', 7 % 4, ? -- what?\n", ("% ? %s",)) == ("100 % ?", 3, "% ? %s")
        assert conn.row("SELECT 'TEXT BLOB', '%s' /* ? */") == ("TEXT BLOB", "%s")


def test_lists_and_casts(state: State) -> None:
    tags = ["a", "b"]
    with state.write() as conn:
        conn.many("INSERT INTO shelf_tags VALUES (?, 0)", [(tag,) for tag in "abc"])
        found = conn.rows(f"SELECT tag FROM shelf_tags WHERE tag IN ({marks(len(tags))}) ORDER BY tag", tags)
        assert conn.row("SELECT CAST(? AS INTEGER) * 10, CAST(12 AS TEXT)", (2**40,)) == (2**40 * 10, "12")
    assert found == [("a",), ("b",)]


def test_statements_come_back_prepared(state: State) -> None:
    for uses in range(12):
        put_tag(state, uses)
        assert tag_uses(state) == uses


def test_migrations_run_once_and_go_on_from_where_they_were(state: State) -> None:
    put_tag(state, 1)
    step = Migration("shelf", 2, ("ALTER TABLE shelf_tags ADD COLUMN note TEXT", "UPDATE shelf_tags SET note = '%?'"))
    for _ in range(2):
        migrate(state, [step, TABLES])
    with state.read() as conn:
        assert conn.rows("SELECT tag, uses, note FROM shelf_tags") == [("tea", 1, "%?")]


def test_a_failing_migration_leaves_nothing_behind(state: State) -> None:
    step = Migration("shelf", 2, ("CREATE TABLE shelf_half (a BIGINT)", "CREATE TABLE shelf_tags (a BIGINT)"))
    with pytest.raises(Exception, match="already exists"):
        migrate(state, [TABLES, step])
    migrate(state, [TABLES, Migration("shelf", 2, ("CREATE TABLE shelf_half (a BIGINT)",))])


def test_an_older_program_is_refused(state: State) -> None:
    migrate(state, [TABLES, Migration("shelf", 2, ())])
    with pytest.raises(Unavailable, match="step 2 of 'shelf'"):
        migrate(state, [TABLES])
