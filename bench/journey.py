"""A real purchase history: the import of Complete Journey (1.47 million order lines) and its re-attribution."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from bench.figure import Figure
from bench.server import PROGRAM

IMPORT_S = 90.0
MEMORY_MB = 2_000.0


def measure(folder: Path, _seconds: float) -> list[Figure]:
    """Time and peak memory of the commands a person would run."""
    data = folder / "journey"
    imported, memory = _timed(data, "import", "complete-journey")
    credited, _ = _timed(data, "recredit")
    return [
        Figure("import of Complete Journey", "s", imported, IMPORT_S),
        Figure("its peak memory", "MB", memory, MEMORY_MB),
        Figure("re-attribution of it", "s", credited),
    ]


def _timed(data: Path, *arguments: str) -> tuple[float, float]:
    """Seconds and peak megabytes of a command."""
    begun = time.perf_counter()
    process = subprocess.Popen([*PROGRAM, "--data", str(data), *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"shopkeeper {' '.join(arguments)} failed")
    return time.perf_counter() - begun, usage.ru_maxrss * 1024 / 1e6
