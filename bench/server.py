"""The real program as other processes: a fresh shop, a server for it, and load from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import URLError

PORT = 8791
QUIET = 0.05
"""Of one processor, what a server with nothing to do may use."""
QUIET_FOR = 18
"""Seconds: some jobs look for work every fifteen."""
PROGRAM = [sys.executable, "-m", "shopkeeper.cli.main"]


class Server(NamedTuple):
    """A server that answers."""

    pid: int
    url: str
    key: str
    """The write key."""
    started_s: float
    """From the command to the first answer."""

    def memory_mb(self) -> float:
        """Resident memory now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def cpu_s(self) -> float:
        """Processor time used so far: less disturbed by other programs than any figure per second."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def waited_s(self) -> float:
        """How long its threads stood ready and other programs had the processors, summed up."""
        stats = (task / "schedstat" for task in Path(f"/proc/{self.pid}/task").iterdir())
        return sum(int(stat.read_text().split()[1]) for stat in stats) / 1e9

    def settle(self, most_s: float = 120) -> None:
        """Wait until what was sent is digested: moved into files, counted, everybody's segments followed."""
        until, quiet = time.monotonic() + most_s, 0
        while quiet < QUIET_FOR and time.monotonic() < until:
            before = self.cpu_s()
            time.sleep(1)
            quiet = quiet + 1 if self.cpu_s() - before < QUIET else 0

    def load(self, kind: str, seconds: float, connections: int = 32, rate: float = 0) -> Load:
        """Put it under load from a process of its own; `rate` in requests a second, as fast as it goes without."""
        settings = {
            "url": self.url,
            "key": self.key,
            "kind": kind,
            "seconds": seconds,
            "connections": connections,
            "rate": rate,
        }
        before, waited = self.cpu_s(), self.waited_s()
        command = [sys.executable, "-m", "bench.load", json.dumps(settings)]
        answer = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
        return Load(**json.loads(answer), cpu_s=self.cpu_s() - before, waited_s=self.waited_s() - waited)


class Load(NamedTuple):
    """What a load measured."""

    requests: int
    events: int
    seconds: float
    p50_ms: float
    p99_ms: float
    cpu_s: float
    """The server's processor time meanwhile."""
    waited_s: float
    """How long its threads waited for a processor meanwhile."""

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def events_per_second(self) -> float:
        return self.events / self.seconds


def run(data: Path, *arguments: str) -> str:
    """Run a command of the program on a data directory and return what it prints."""
    command = [*PROGRAM, "--data", str(data), *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


@contextmanager
def training(data: Path) -> Iterator[None]:
    """Purchase intent is trained meanwhile, as a server has it done once a day."""
    command = [*PROGRAM, "--data", str(data), "intent", "train", "--gently"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        yield
        if process.poll() is not None:
            raise SystemExit("the training ended before what was to be measured beside it")
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def serve(data: Path) -> Iterator[Server]:
    """A server on a data directory, stopped when the block ends."""
    key: dict[str, Any] = json.loads(run(data, "keys", "--json"))
    url = f"http://127.0.0.1:{PORT}"
    begun = time.perf_counter()
    process = subprocess.Popen([*PROGRAM, "--data", str(data), "serve", "--port", str(PORT)], stdout=subprocess.DEVNULL)
    try:
        _wait(url, process)
        yield Server(process.pid, url, key["write_key"], time.perf_counter() - begun)
    finally:
        process.terminate()
        process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except (URLError, ConnectionError):
            time.sleep(0.005)
    raise SystemExit("the server did not start")
