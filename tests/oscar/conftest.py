"""A django-oscar shop and our server beside it, joined as the guide says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from tests.house.tree import DOCS, ROOT
from tests.serving import Served, run, serving

RECIPE = DOCS / "guide" / "django-oscar"
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
"""A headless browser says that it is one, and is a bot."""


class Pair(NamedTuple):
    """The shop and the server it tells."""

    shop: str
    served: Served


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("oscar")
    with serving(folder / "data", (RECIPE / "shop.yaml").read_text()) as served:
        app = shutil.copytree(RECIPE / "shopkeeping", folder / "project" / "shopkeeping")
        snippet = run("--data", served.data, "tag", "--url", served.base).stdout
        (app / "templates" / "shopkeeping").mkdir()
        (app / "templates" / "shopkeeping" / "tag.html").write_text(snippet)
        with opened(folder / "project", served) as shop:
            yield Pair(shop, served)


@contextmanager
def opened(project: Path, served: Served) -> Iterator[str]:
    """The address of the shop, which is open while the block runs."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}:{project}",
        "OSCAR_FOLDER": str(project),
        "SHOPKEEPER_URL": served.base,
        "SHOPKEEPER_SECRET_KEY": served.keys.secret,
    }
    with (project / "log").open("w") as log:
        command = [sys.executable, "-m", "tests.oscar.shop"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
    with process:
        assert process.stdout, "opened as a pipe"
        try:
            told = process.stdout.readline()
            assert "http" in told, (project / "log").read_text()
            yield told.split()[-1]
        finally:
            process.kill()


@pytest.fixture
def page(browser: Browser, pair: Pair) -> Iterator[Page]:
    """A page of a new person in the shop, in a browser that reaches the two servers and nothing else."""
    context = browser.new_context(base_url=pair.shop, viewport={"width": 1200, "height": 900}, user_agent=PERSON)
    context.set_default_timeout(20_000)
    context.route("https://**", lambda route: route.abort())
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, f"scripts of the page raised: {errors}"
