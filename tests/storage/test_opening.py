"""A database that cannot be used says so in words, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopkeeper.model.errors import BadInput, Unavailable
from shopkeeper.storage import migrate, open_state


@pytest.mark.parametrize(
    "url", ["", "state.db", "mysql://host/shop", "sqlite://relative.db", "postgresql://host/shop?nonsense=1"]
)
def test_a_url_that_means_nothing(url: str) -> None:
    with pytest.raises(BadInput) as refused:
        open_state(url)
    assert refused.value.code == "bad_database_url" and "postgresql://" in refused.value.hint


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="There is no folder"):
        open_state(f"sqlite://{tmp_path}/missing/state.db")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_text("name,price\n" * 1000)
    with pytest.raises(Unavailable, match="is not a SQLite database"):
        open_state(f"sqlite://{tmp_path}/state.db")


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be opened"):
        open_state(f"sqlite://{tmp_path}")


def test_a_file_name_is_taken_as_it_stands(tmp_path: Path) -> None:
    open_state(f"sqlite://{tmp_path}/my %20 shop?.db").close()
    assert (tmp_path / "my %20 shop?.db").exists()


def test_a_server_that_does_not_answer() -> None:
    with pytest.raises(Unavailable, match=r"shop on 127\.0\.0\.1") as refused:
        open_state("postgresql://me:secret@127.0.0.1:1/shop")
    assert "secret" not in str(refused.value)


def test_a_schema_that_does_not_exist(postgres_url: str) -> None:
    with pytest.raises(Unavailable, match="search_path"):
        open_state(postgres_url + "_missing")


def test_a_swallowed_error_does_not_pass_for_a_commit(postgres_url: str) -> None:
    state = open_state(postgres_url)
    migrate(state, [])

    def swallow() -> None:
        with state.write() as conn:
            conn.run("INSERT INTO storage_migrations VALUES ('a', 1)")
            with pytest.raises(Exception, match="does not exist"):
                conn.run("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(RuntimeError, match="nothing was kept"):
        swallow()
    with state.read() as conn:
        assert conn.rows("SELECT room FROM storage_migrations") == []
    state.close()


def test_sqlite_syncs_every_commit(tmp_path: Path) -> None:
    state = open_state(f"sqlite://{tmp_path}/state.db")
    with state.write() as conn:
        assert conn.row("PRAGMA synchronous") == (2,)
        assert conn.row("PRAGMA journal_mode") == ("wal",)
    state.close()


def test_postgres_syncs_every_commit(postgres_url: str) -> None:
    state = open_state(postgres_url + "%20-csynchronous_commit%3Doff")
    with state.write() as conn:
        assert conn.row("SELECT current_setting('synchronous_commit')") == ("on",)
    state.close()
