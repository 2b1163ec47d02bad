"""How soon `serve` answers, and what it holds when it has nothing to do."""

from __future__ import annotations

import time
from pathlib import Path

from bench.figure import Figure
from bench.server import serve

START_S = 1.5
MEMORY_MB = 200.0


def measure(folder: Path, seconds: float) -> list[Figure]:
    """The second start of a shop: the first one also makes its tables."""
    data = folder / "start"
    with serve(data):
        pass
    with serve(data) as server:
        time.sleep(min(seconds, 3))
        memory = server.memory_mb()
    return [Figure("start of serve", "s", server.started_s, START_S), Figure("idle memory", "MB", memory, MEMORY_MB)]
