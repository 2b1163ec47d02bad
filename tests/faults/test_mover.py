"""kill -9 in the middle of moving to history: every event stays in exactly one place, orphan files are swept."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from shopkeeper import events
from shopkeeper.engine.shop import Shop
from tests.faults.server import kill, python
from tests.faults.test_kill import log_of

ROUNDS = 8


@pytest.mark.slow
def test_killed_while_moving(tmp_path: Path):
    chance = random.Random(11)
    acknowledged: set[str] = set()
    for number in range(ROUNDS):
        process = python("-m", "tests.faults.mover", str(tmp_path), f"r{number}")
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.1, 0.5))
        kill(process)
        whole_lines = [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        process.stdout.close()
        acknowledged.update(message_id for line in whole_lines for message_id in line.split())
        held = log_of(tmp_path)
        assert not acknowledged - held.keys(), "acknowledged events are gone"
        assert set(held.values()) == {1}
    swept_and_whole(tmp_path)


def swept_and_whole(data: Path) -> None:
    """After a sweep the folder holds exactly the listed files, and everything can still be moved."""
    before = log_of(data)
    shop = Shop.open(data)
    shop.history.sweep()
    with shop.state.read() as conn:
        listed = {file.path for file in shop.history.files(conn, "events")}
    assert set((data / "history").glob("*/*/*.parquet*")) == listed
    events.move(shop.state, shop.history, shop.now())
    with shop.state.read() as conn:
        assert events.count(conn, shop.history) == (len(before), 0)
    shop.close()
    assert log_of(data) == before
