"""Tests of campaigns in the admin: their variants, whom they hold out, and why somebody saw what they saw."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from shopkeeper.campaigns import parse_file
from shopkeeper.model.time import DAY, MINUTE
from tests.admin.seed import FILE, NOW, Little

Read = Callable[[str], str]
TESTED = FILE.replace("    name: Welcome\n", "    name: Welcome\n    holdout: 1\n    held_out: next\n").replace(
    "<b>Welcome</b> to the shop</p>'}\n",
    "<b>Welcome</b> to the shop</p>'}\n        variants: {control: {}, loud: {weight: 3, content: {heading: LOUD}}}\n",
)


@pytest.fixture
def tested(little: Little) -> Little:
    """The tea shop: its welcome has variants and holds out everybody who comes."""
    little.define()
    little.shop.apply(parse_file(TESTED))
    little.send(little.event(NOW - DAY, "bo-phone"))
    little.decide(NOW - DAY + MINUTE, "bo-phone")
    return little


def test_a_campaigns_page_shows_variants_and_holdout(tested: Little, text: Read):
    page = text("/campaigns/welcome")
    assert "100% of visitors are held out of it and see what stands next in the zone" in page
    assert "control 25%, loud 75%" in page
    assert "people who would have been shown it" in page
    assert 'title="Preview of welcome-hero as loud"' in page
    assert "LOUD" in text("/preview/welcome-hero?variant=loud")
    assert "Welcome" in text("/preview/welcome-hero")


def test_a_life_says_that_somebody_was_held_out(tested: Little, text: Read):
    page = text("/people/a:bo-phone")
    assert "passed over at the test “holdout”: held out" in page
    assert "Withheld" in page


def test_the_report_tells_the_sides(tested: Little, marketer: TestClient, text: Read):
    assert "Variants and holdouts" in text("/reports")
    page = text("/reports/variants")
    assert "held out" in page
    rows = list(csv.DictReader(marketer.get("/admin/reports/variants.csv").text.splitlines()))
    own = {row["variant"]: row for row in rows if row["communication"] == "welcome-hero"}
    assert set(own) == {"control", "loud", "held out"}
    assert [row["people"] for row in own.values()] == ["0", "0", "1"]
    behind = "/reports/behind.csv?figure=people&of=variant&key=welcome-hero%2Fheld+out"
    assert behind.replace(".csv", "").replace("&", "&amp;") in page
    assert behind.replace(".csv", "").replace("&", "&amp;") in text("/campaigns/welcome")
    (bo,) = csv.DictReader(marketer.get(f"/admin{behind}").text.splitlines())
    assert bo["person"] == "a:bo-phone"
