"""Views, carts and searches: they count where the site tells, as they were before each day, and bring visitors in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from typer.testing import CliRunner

from shopkeeper.asking import intent as verbs
from shopkeeper.cli.main import app
from shopkeeper.engine.shop import Shop
from shopkeeper.forecasts.features import features
from shopkeeper.forecasts.learn import Learnt, learn
from shopkeeper.forecasts.logistic import COLUMNS, gather
from shopkeeper.forecasts.purchases import Ints, Looks, Purchases, Searches, Site, no_site
from shopkeeper.forecasts.rank import rank
from shopkeeper.forecasts.reasons import Reasons
from shopkeeper.forecasts.space import Space, space
from shopkeeper.forecasts.web import WEB
from shopkeeper.intent.read import read, typed
from tests.intent.planted import CATALOGUE, DAYS, NOW, PEOPLE, Planted

FIRST, VISITORS = PEOPLE + 3, 600
WANTED = 20
LOOKED, SEARCHED, ELSEWHERE, SILENT = (FIRST + VISITORS + n for n in range(4))
"""Visitors without an order: looked at the wanted product yesterday, searched for it, looked at another, did nothing."""
EVERYBODY = FIRST + VISITORS + 4
T = NOW - 60


class Visited(NamedTuple):
    """The planted shop with a site."""

    purchases: Purchases
    site: Site
    known: Space
    learnt: Learnt


@pytest.fixture(scope="module")
def visited(planted: Planted) -> Visited:
    """New people look at a product, or search for it; half of them buy it within ten days, nobody else begins to buy."""
    chance = np.random.default_rng(8)
    looks: list[tuple[int, int, int, bool]] = []
    searches: list[tuple[int, int, int]] = []
    bought: list[tuple[int, int, int]] = []
    for person in range(FIRST, FIRST + VISITORS):
        wanted, day = int(chance.integers(3, 40)), int(chance.integers(5, DAYS - 1))
        if person % 3:
            looks.append((person, wanted, day, person % 3 == 2))
        else:
            searches.append((person, wanted, day))
        later = day + int(chance.integers(1, 10))
        if chance.random() < 0.5 and later < DAYS:
            bought.append((person, wanted, later))
    looks += [(LOOKED, WANTED, DAYS - 1, False), (ELSEWHERE, 50, DAYS - 1, False)]
    searches.append((SEARCHED, WANTED, DAYS - 1))
    who, product, day = np.array(bought, np.int32).T
    ones = np.full(len(bought), 500, np.float32)
    new = (who, product, (NOW - DAYS + day).astype(np.int32), ones, np.zeros_like(ones))
    purchases = Purchases(*map(np.concatenate, zip(planted.purchases, new, strict=True)))
    who, product, day, carted = np.array(looks, np.int32).T
    sought, word, when = np.array(searches, np.int32).T
    found = np.arange(CATALOGUE, dtype=np.int32)  # each word finds the product of its number
    starts = np.arange(CATALOGUE + 1, dtype=np.int64)
    site = Site(
        Looks(who, product, NOW - DAYS + day, carted.astype(bool)),
        Searches(sought, word, NOW - DAYS + when, starts, found),
    )
    learnt = learn(purchases, planted.products, EVERYBODY, NOW, site)
    return Visited(purchases, site, space(purchases, planted.products, EVERYBODY, NOW, site), learnt)


def test_visitors_without_an_order_are_ranked_by_what_they_looked_at_and_searched_for(visited: Visited):
    members = np.array([WANTED], np.int32)
    ranking = rank(visited.known, visited.learnt.weights, members, 28)
    assert np.isinf(ranking.score[SILENT])
    for person in (LOOKED, SEARCHED):
        assert ranking.chance[person] > 5 * ranking.chance[ELSEWHERE] > 0
    told = Reasons(visited.known, visited.learnt.weights, members, ranking.found)
    assert [each[0] for each in told.of(np.array([LOOKED, SEARCHED], np.int32))] == [
        "looked at it, last 1 day ago",
        "searched for it, last 1 day ago",
    ]


def test_the_past_of_the_site_is_the_same_whatever_the_future_holds(visited: Visited, planted: Planted):
    chance = np.random.default_rng(3)

    def shuffled(day: Ints, *columns: Any) -> Iterator[Any]:
        later = np.flatnonzero(day >= T)
        for column in columns:
            other = column.copy()
            other[later] = column[chance.permutation(later)]
            yield other

    looks, searches = visited.site
    who, product, carted = shuffled(looks.day, looks.customer, looks.product, looks.carted)
    sought, word = shuffled(searches.day, searches.customer, searches.word)
    other = Site(Looks(who, product, looks.day, carted), searches._replace(customer=sought, word=word))
    assert not np.array_equal(other.looks.product, looks.product)
    everybody = np.arange(EVERYBODY, dtype=np.int32)
    rows = []
    for site in (visited.site, other):
        known = space(visited.purchases, planted.products, EVERYBODY, T, site)
        found = [features(known, np.array(members, np.int32), 28) for members in ((WANTED,), (5, 6, 7), (59,))]
        rows.append([known.known, *(gather(known.about, each, everybody)[0] for each in found)])
    assert all(np.array_equal(a, b) for a, b in zip(*rows, strict=True))


def test_a_shop_without_a_site_learns_nothing_of_one(planted: Planted, visited: Visited):
    places = [COLUMNS.index(name) for name in (*WEB, "ordered")]
    assert planted.learnt.weights is not None
    assert visited.learnt.weights is not None
    assert not any(weights[places].any() for weights in planted.learnt.weights[:3])
    assert all(visited.learnt.weights.everybody[places])


def test_what_is_seen_of_neighbours_counts_too(planted: Planted):
    # Strawberry bars go with vanilla powder; somebody who buys other things looks at the bars.
    looks = Looks(np.array([1], np.int32), np.zeros(1, np.int32), np.array([NOW - 2], np.int32), np.zeros(1, bool))
    known = space(planted.purchases, planted.products, PEOPLE + 3, NOW, Site(looks, no_site().searches))
    found = features(known, np.array([1], np.int32), 28)
    x, _ = gather(known.about, found, np.array([1, 3], np.int32))
    assert x[0, COLUMNS.index("near_viewed_7")] > x[1, COLUMNS.index("near_viewed_7")] == 0
    told = Reasons(known, None, np.array([1], np.int32), found).of(np.array([1], np.int32))
    assert told == [["looked at strawberry bar, which goes with it, 2 days ago"]]


@pytest.mark.parametrize(
    ("json_text", "words"), [("tea", "tea"), ("  green tea ", "green tea"), ("a\\", "a"), ("na\\u00efve", "naïve")]
)
def test_words_are_read_as_they_were_typed(json_text: str, words: str):
    assert typed(json_text) == words


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A shop with one buyer and five identified visitors; too small for chances."""
    day = date.today() - timedelta(2)  # noqa: DTZ011 - the shop's zone is UTC
    (tmp_path / "orders.csv").write_text(
        "order_id,customer_id,placed_at,product_id,quantity,line_total\n"
        + "".join(f"o{n},buyer,{day - timedelta(n)}T10:00,cup,1,5.00\n" for n in range(3))
    )
    (tmp_path / "products.csv").write_text("id,name,price\ntea,Sencha green tea,5\ncup,Cup,5\npot,Pot,9\n")
    acts = [
        ("viewer", "Product Viewed", {"product_id": "tea"}),
        ("clicker", "Product Clicked", {"product_id": "tea"}),
        ("carter", "Product Added", {"product_id": "tea"}),
        ("seeker", "Products Searched", {"query": 'Sencha "loose" leaf'}),
        ("seeker", "Products Searched", {"query": "???"}),
        ("lost", "Products Searched", {"query": "bicycle"}),
        (None, "Product Viewed", {"product_id": "tea"}),
    ]
    lines = [
        {"type": "track", "messageId": f"m{n}", "event": name, "properties": said, "timestamp": f"{day}T11:00:00Z"}
        | ({"userId": user} if user else {"anonymousId": "somebody"})
        for n, (user, name, said) in enumerate(acts)
    ]
    traits = {"type": "identify", "messageId": "i", "userId": "idle", "traits": {}, "timestamp": f"{day}T11:00:00Z"}
    (tmp_path / "events.jsonl").write_text("\n".join(map(json.dumps, [*lines, traits])))
    for kind, name in (("products", "products.csv"), ("orders", "orders.csv"), ("events", "events.jsonl")):
        run(tmp_path, "import", kind, tmp_path / name)
    return tmp_path


def run(folder: Path, *words: object) -> str:
    done = CliRunner().invoke(app, ["--data", str(folder / "shop"), *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_site_is_read_of_identified_customers(small: Path):
    shop = Shop.open(small / "shop")
    found = {"sencha": ["tea"]}
    with shop.state.read() as conn:
        past = read(conn, shop.history, shop.catalogue, shop.plan.zone, shop.now(), lambda words: found.get(words, []))
    looks, searches = past.site
    ids, people = past.products.ids, [person.removeprefix("u:") for person in past.people]
    seen = {(people[c], ids[p], carted) for c, p, _, carted in zip(*looks, strict=True)}
    assert seen == {("viewer", "tea", False), ("clicker", "tea", False), ("carter", "tea", True)}
    assert [people[c] for c in searches.customer] == ["seeker"]
    assert [ids[n] for n in searches.found] == ["tea"]
    assert past.silent == 1
    shop.close()


def test_visitors_are_ranked_honestly_where_there_is_little_data(small: Path):
    assert "too little" in run(small, "intent", "train")
    shop = Shop.open(small / "shop")
    found = verbs.ask(shop, verbs.Question(ids="tea", explain=True))
    reasons = {each.person.removeprefix("u:"): each.reasons[0] for each in found.people}
    assert reasons == {
        "buyer": "orders often: on 3 days, last 2 days ago",
        "viewer": "looked at it, last 2 days ago",
        "clicker": "looked at it, last 2 days ago",
        "carter": "put it in the cart, last 2 days ago",
        "seeker": "searched for it, last 2 days ago",
    }
    assert "Not ranked: 2 identified customers" in found.note
    assert {each.chance for each in found.people} == {None}
    assert run(small, "intent", "customer", "viewer").startswith("The past is too short")
    shop.close()
