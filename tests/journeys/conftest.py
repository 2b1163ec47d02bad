"""The demo shop as a person starts it: a process of its own, opened in a real browser."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext

PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
"""A headless browser says that it is one, and is a bot."""
SRC = Path(__file__).parents[2] / "src"


class Running(NamedTuple):
    """A running demo shop."""

    base: str
    write_key: str
    secret_key: str

    def ask(self, path: str, body: Any = None, key: str | None = None) -> Any:
        """The JSON at a path of the API, asked with the secret key unless another is given."""
        request = urllib.request.Request(self.base + path, None if body is None else json.dumps(body).encode())
        request.add_header("Authorization", "Basic " + b64encode(f"{key or self.secret_key}:".encode()).decode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


def shopkeeper(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "shopkeeper.cli.main", *arguments]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo without history and with a sleepy crowd."""
    data = str(tmp_path_factory.mktemp("demo"))
    environment = os.environ | {"PYTHONPATH": str(SRC), "PYTHONUNBUFFERED": "1"}
    command = shopkeeper("--data", data, "demo", "--port", "0", "--days", "0", "--rate", "0.1")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout
    base = next(found[1] for line in process.stdout if (found := re.search(r"(http://\S+)/shop/", line)))
    told = subprocess.check_output(shopkeeper("--data", data, "keys", "--json"), text=True, env=environment)
    keys = json.loads(told)
    yield Running(base, keys["write_key"], keys["secret_key"])
    process.send_signal(signal.SIGINT)
    process.wait(20)


@pytest.fixture
def visitor(browser: Browser, demo: Running) -> Iterator[BrowserContext]:
    """A new person at the shop's door."""
    context = browser.new_context(
        base_url=demo.base, viewport={"width": 1280, "height": 900}, locale="en-GB", user_agent=PERSON
    )
    context.set_default_timeout(20_000)
    yield context
    context.close()
