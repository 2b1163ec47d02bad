"""A real server in a process of its own, which is killed without warning, and a crowd that never stops sending."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
START_S = 60


def python(*arguments: str) -> subprocess.Popen[str]:
    """A Python process of this repository whose first lines of output can be read."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)


def kill(process: subprocess.Popen[str]) -> None:
    """As a power cut would: no handler runs, nothing is flushed."""
    process.send_signal(signal.SIGKILL)
    process.wait()


@contextmanager
def serving(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`shopkeeper serve` on a free port; killed at the end, whatever happens."""
    process = python("-m", "shopkeeper.cli.main", "--data", str(data), "serve", "--port", "0")
    try:
        assert process.stdout is not None
        base = process.stdout.readline().rsplit(" ", 1)[-1].strip()
        assert base.startswith("http://"), "the server did not start"
        _wait(base)
        yield process, base
    finally:
        kill(process)
        if process.stdout is not None:
            process.stdout.close()


def _wait(base: str) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            if httpx.get(f"{base}/healthz", verify=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise TimeoutError("the server does not answer")


class Crowd:
    """Clients that send batches as fast as they are answered, until the server is gone."""

    def __init__(self, base: str, key: str, batches: Callable[[], list[dict[str, object]]]) -> None:
        self.acknowledged: list[str] = []
        self.sent: list[list[dict[str, object]]] = []
        self._base, self._key, self._batches = base, key, batches
        self._threads = [threading.Thread(target=self._send) for _ in range(3)]
        for thread in self._threads:
            thread.start()

    def wait_for_answer(self) -> None:
        """Return when the first batch was acknowledged: from here on the load is on."""
        until = time.monotonic() + START_S
        while not self.acknowledged and time.monotonic() < until:
            time.sleep(0.005)

    def join(self) -> None:
        """Wait until every client has noticed that the server is gone."""
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        # Plain HTTP; without `verify` every client would first spend a second on the system's certificates.
        with httpx.Client(base_url=self._base, auth=(self._key, ""), timeout=20, verify=False) as client:
            while True:
                batch = self._batches()
                self.sent.append(batch)
                try:
                    answer = client.post("/v1/batch", json={"batch": batch})
                except httpx.TransportError:
                    return
                assert answer.status_code == 200, answer.text
                assert answer.json()["rejected"] == []
                self.acknowledged.extend(str(event["messageId"]) for event in batch)
