"""The pages made from the code are those the code makes now, and their example is a real one."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from shopkeeper.api.openapi import document
from shopkeeper.campaigns import parse_file
from shopkeeper.model.definitions import ShopFile
from tests.house.tree import DOCS


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES: dict[Path, str] = builder().pages()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_page_is_up_to_date(page: Path):
    assert page.read_text(encoding="utf-8") == PAGES[page], "run: PYTHONPATH=src python docs/build.py"


def test_every_route_is_in_the_reference():
    written = (DOCS / "reference" / "api.md").read_text()
    assert all(f"{path}`" in written for path in document()["paths"])


def test_the_example_can_be_applied_and_uses_every_part():
    file = parse_file((DOCS / "guide" / "shop.example.yaml").read_text())
    said = msgspec.json.encode(file).decode()
    written = PAGES[DOCS / "guide" / "shop-yaml.md"]
    for part in builder()._structs(ShopFile):
        for field in msgspec.structs.fields(part):
            assert f"| `{field.encode_name}` |" in written
    for part in ("day_parts", "cap", "trigger", "when", "recommender", "elements", "sequences"):
        assert f'"{part}"' in said
