"""A real `shopkeeper serve` in a process of its own, for tests that need all of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from shopkeeper.campaigns import parse_file
from shopkeeper.engine.keys import Keys
from shopkeeper.engine.shop import Shop
from shopkeeper.events import stream
from shopkeeper.model.events import Event
from tests.house.tree import ROOT

COMMAND = [sys.executable, "-m", "shopkeeper.cli.main"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "120", "NO_COLOR": "1"}
PATIENCE_S = 30

SHOP_YAML = """
shop: {name: Doors, currency: EUR, time_zone: UTC}
zones:
  home-hero: {kind: block}
campaigns:
  spring-tea:
    status: published
    communications:
      spring-hero:
        kind: block
        zone: home-hero
        content: {heading: First flush, button: See, href: /c/tea}
        elements:
          button: {href: /c/tea, join: tea-lovers}
"""


@dataclass
class Served:
    """A running server."""

    base: str
    data: Path
    keys: Keys
    process: subprocess.Popen[str]

    def key(self, name: str) -> str:
        """The shop's write or secret key, or the key given."""
        return {"write": self.keys.write, "secret": self.keys.secret}.get(name, name)

    def post(self, path: str, body: Any, key: str = "write") -> httpx.Response:
        """Send JSON with one of the shop's keys, or with the key given."""
        return httpx.post(self.base + path, json=body, auth=(self.key(key), ""), timeout=PATIENCE_S)

    def get(self, path: str, key: str = "secret") -> httpx.Response:
        return httpx.get(self.base + path, auth=(self.key(key), ""), timeout=PATIENCE_S)

    def events(self) -> list[Event]:
        """All events the server has taken in, in their order, read beside it."""
        return events_of(self.data)

    def stop(self, by: int = signal.SIGTERM) -> tuple[int, str]:
        """Ask it to end; answers its exit code and what it said on standard error."""
        self.process.send_signal(by)
        _, errors = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, errors


@contextmanager
def serving(data: Path, definitions: str = SHOP_YAML, options: Sequence[str] = ()) -> Iterator[Served]:
    """Serve the shop in `data` (made when new) on a free port while the block runs."""
    shop = Shop.open(data)
    shop.apply(parse_file(definitions))
    keys = shop.keys
    shop.close()
    command = [*COMMAND, "--data", str(data), "serve", "--port", "0", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=ENVIRONMENT) as process:
        try:
            yield Served(_address(process), data, keys, process)
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=PATIENCE_S)
        finally:
            process.kill()  # leaving the block waits for it, for ever if need be


def run(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a `shopkeeper` command to its end."""
    command = [*COMMAND, *(str(argument) for argument in arguments)]
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, env=ENVIRONMENT, timeout=PATIENCE_S, check=False
    )


def events_of(data: Path) -> list[Event]:
    """All events of the shop in `data`, in their order."""
    shop = Shop.open(data)
    try:
        with shop.state.read() as conn:
            return [event for batch in stream(conn, shop.history, 1000) for event in batch]
    finally:
        shop.close()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout, "opened as a pipe"
    for line in process.stdout:
        if " at http" in line:
            return line.rpartition(" at ")[2].strip()
    assert process.stderr, "opened as a pipe"
    raise RuntimeError(f"the server did not start: {process.stderr.read()}")
