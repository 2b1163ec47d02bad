"""Docs that can fail: what exists is written down, and what is written down exists."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from shopkeeper.model.definitions import Settings
from tests.house.tree import DOCS, ROOT, rooms

PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
RECORDS = sorted((DOCS / "decisions").glob("*.md"))

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
each_record = pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)


def written() -> str:
    """All that README.md and docs/ say."""
    return "\n".join(page.read_text() for page in PAGES)


def targets() -> list[str]:
    """The words that may follow `make`."""
    return re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("room", [room.name for room in rooms()])
def test_the_map_names_every_room(room: str):
    assert f"`{room}/`" in (DOCS / "map.md").read_text()


@pytest.mark.parametrize("target", targets())
def test_the_map_names_every_make_target(target: str):
    assert f"make {target}" in (DOCS / "map.md").read_text()


@pytest.mark.parametrize("setting", [field.encode_name for field in msgspec.structs.fields(Settings)])
def test_every_setting_is_documented(setting: str):
    assert f"`{setting}`" in written()


@each_record
def test_a_decision_record_has_its_three_parts(record: Path):
    headings = re.findall(r"^## (.+)$", record.read_text(), re.MULTILINE)
    assert headings == ["Context", "Decision", "Consequences"]


def test_decision_records_are_numbered_without_gaps():
    assert [int(record.stem[:4]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))


@each_page
def test_no_link_to_a_file_is_broken(page: Path):
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not broken


@each_page
def test_the_docs_name_only_make_targets_that_exist(page: Path):
    named = set(re.findall(r"`make ([a-z-]+)", page.read_text())) | set(
        re.findall(r"^make ([a-z-]+)", page.read_text(), re.MULTILINE)
    )
    assert named <= set(targets())
