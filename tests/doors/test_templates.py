"""Every starter template is taken by the shop, can be published as it is, and is shown to those it is for."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from shopkeeper.campaigns import parse_file
from shopkeeper.model.definitions import Campaign, Schedule, ShopFile
from tests.doors.conftest import Door

TEMPLATES = sorted((Path(__file__).parents[2] / "docs" / "guide" / "templates").glob("*.yaml"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_is_taken_and_shown_once_it_is_published_to_everyone(door: Door, template: Path):
    drafts = parse_file(template.read_text())
    door.shop.apply(drafts)
    assert not any(one for one in _decide(door, drafts).values()), "a draft is shown to nobody"
    door.shop.apply(msgspec.structs.replace(drafts, campaigns={id: _open(c) for id, c in drafts.campaigns.items()}))
    teas = [
        {"id": f"{kind}-{n}", "name": kind, "category": kind, "price": 5}
        for kind in ("tea", "coffee")
        for n in range(9)
    ]
    door.post("/v1/products", teas, "secret")
    shown = _decide(door, drafts)
    assert all(one["html"].startswith("<div") for one in shown.values()), shown


def _open(campaign: Campaign) -> Campaign:
    return msgspec.structs.replace(campaign, status="published", segment="everyone", schedule=Schedule())


def _decide(door: Door, file: ShopFile) -> dict[str, dict[str, str]]:
    page = {"type": "product", "category": "tea"}
    ask = {"anonymousId": "ann", "zones": list(file.zones), "page": page, "html": True}
    zones: dict[str, dict[str, str]] = door.post("/v1/decide", ask).json()["zones"]
    return zones


def test_there_is_a_template_in_the_list_for_each_file():
    listed = (TEMPLATES[0].parent / "README.md").read_text()
    assert [path for path in TEMPLATES if f"]({path.name})" not in listed] == []
