"""The size of the tag as a browser fetches it."""

from __future__ import annotations

import gzip
from importlib.resources import files
from pathlib import Path

from bench.figure import Figure

BYTES = 5 * 1024


def measure(_folder: Path, _seconds: float) -> list[Figure]:
    """Compressed by gzip at its best."""
    script = files("shopkeeper.api").joinpath("static/t.js").read_bytes()
    return [Figure("tag", "bytes gzip", len(gzip.compress(script, 9)), BYTES)]
