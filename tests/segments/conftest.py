"""A base of people, on SQLite and with real files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopkeeper import timelines
from shopkeeper.storage import migrate, open_state
from shopkeeper.storage.history import MIGRATIONS, History
from tests.segments.base import Base


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Base]:
    folder: Path = tmp_path_factory.mktemp("base")
    state = open_state(f"sqlite://{folder}/state.db")
    migrate(state, (*MIGRATIONS, *timelines.MIGRATIONS))
    history = History(folder / "history", state, timelines.SCHEMAS)
    yield Base(state, history)
    history.close()
    state.close()
