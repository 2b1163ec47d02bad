"""Purchase intent of a shop: read from its orders, trained, asked at every door, and honest about bad questions."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from shopkeeper import insights, intent
from shopkeeper.admin import admin, one_time_link
from shopkeeper.asking import intent as verbs
from shopkeeper.cli.main import app
from shopkeeper.engine.rebuild import rebuild
from shopkeeper.engine.segments import base, put_segment
from shopkeeper.engine.shop import Shop
from shopkeeper.forecasts.purchases import LEVELS
from shopkeeper.intent.read import read, shelf
from shopkeeper.model.definitions import Product
from shopkeeper.model.errors import BadInput, NotFound, Unavailable
from shopkeeper.model.time import DAY
from shopkeeper.recommenders.marks import Marks
from tests.intent.planted import DAYS, FRESH, NEVER, NOW, VANILLA, VITAMIN, WAITING, products, purchases
from tests.serving import serving

PEOPLE = 200
Run = Callable[..., Result]


def running(folder: Path) -> Run:
    return lambda *words: CliRunner().invoke(app, ["--data", str(folder), *map(str, words)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The planted shop's first people and its three special ones, imported; a few orders were cancelled or guests'."""
    folder = tmp_path_factory.mktemp("intent")
    bought, known, today = purchases(), products(), date.today()  # noqa: DTZ011 - the shop's zone is UTC
    with (folder / "orders.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("order_id", "customer_id", "placed_at", "product_id", "quantity", "line_total"))
        for row in range(bought.rows):
            person = int(bought.customer[row])
            if person < PEOPLE or person in (WAITING, FRESH, NEVER):
                placed = today - timedelta(NOW - int(bought.day[row]))
                rows.writerow((f"o{row}", f"c{person}", f"{placed}T12:00:00", f"p{bought.product[row]}", 1, "5.00"))
    with (folder / "products.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "name", "category"))
        rows.writerows((f"p{n}", known.names[n], f"shop > shelf {known.levels[0][n]}") for n in range(known.size - 1))
    run = running(folder / "shop")
    for kind in ("products", "orders"):
        assert run("import", kind, folder / f"{kind}.csv").exit_code == 0
    assert run("import", "events", cancelled(folder)).exit_code == 0
    done = run("intent", "train")
    assert done.exit_code == 0, done.output
    assert "learned from" in done.output
    return folder / "shop"


def cancelled(folder: Path) -> Path:
    """Two orders of last week that never counted in the end: one was cancelled, of one all was given back."""
    at = f"{date.today() - timedelta(7)}T09:00:00Z"  # noqa: DTZ011 - the shop's zone is UTC
    bought = {"total": 5, "products": [{"product_id": "p58", "price": 5}]}
    calls = [
        ("Order Completed", {"order_id": "never", **bought}),
        ("Order Completed", {"order_id": "back", **bought}),
        ("Order Cancelled", {"order_id": "never"}),
        ("Order Refunded", {"order_id": "back", "products": [{"product_id": "p58", "quantity": 1, "price": 5}]}),
    ]
    file = folder / "events.jsonl"
    call = {"type": "track", "userId": "c0", "timestamp": at}
    file.write_text(
        "\n".join(
            json.dumps({**call, "messageId": f"m{n}", "event": name, "properties": said})
            for n, (name, said) in enumerate(calls)
        )
    )
    return file


@pytest.fixture
def shop(folder: Path) -> Iterator[Shop]:
    shop = Shop.open(folder)
    yield shop
    shop.close()


def places(shop: Shop, *ids: str, **more: Any) -> dict[str, int]:
    """Person -> place."""
    found = verbs.ask(shop, verbs.Question(list(ids), top=1000, **more))
    return {wanting.person: wanting.place for wanting in found.people}


def test_the_command_line_ranks_with_reasons(folder: Path):
    done = running(folder)("intent", "--ids", f"p{VITAMIN} nonsense", "--top", 20, "--explain", "--json")
    found = json.loads(done.output)
    assert (found["size"], found["unknown"], found["customers"]) == (1, ["nonsense"], PEOPLE + 3)
    assert [person["place"] for person in found["people"]] == list(range(1, 21))
    assert all(person["reasons"] for person in found["people"])
    assert any("bought" in reason and "days ago" in reason for reason in found["people"][0]["reasons"])
    chances = [person["chance"] for person in found["people"]]
    assert chances == sorted(chances, reverse=True)
    assert "place,person,chance,reasons" in running(folder)("intent", "--ids", f"p{VITAMIN}", "--csv").output
    assert "why" in running(folder)("intent", "--ids", f"p{VITAMIN}", "--explain").output


def test_timing_counts_from_orders_to_ranking(shop: Shop):
    found = places(shop, f"p{VITAMIN}")
    assert found[f"u:c{WAITING}"] < found[f"u:c{FRESH}"]
    assert found[f"u:c{WAITING}"] < found[f"u:c{NEVER}"]


def test_a_set_may_be_narrowed_by_what_was_purchased(shop: Shop):
    everybody = places(shop, f"p{VANILLA}")
    have = verbs.PurchasedQuestion(ids="p0")
    eaters = places(shop, f"p{VANILLA}", purchased=have)
    others = places(shop, f"p{VANILLA}", not_purchased=have)
    assert eaters.keys() | others.keys() == everybody.keys()
    assert not eaters.keys() & others.keys()
    assert set(verbs.purchased(shop, have)) == set(eaters)


def test_time_frames_are_days_of_shop_time(shop: Shop):
    def people(**when: Any) -> set[str]:
        return set(verbs.purchased(shop, verbs.PurchasedQuestion(ids=f"p{VITAMIN}", when=when)))

    assert f"u:c{FRESH}" in people(days_ago=1) & people(last_days=2) & people(last_days=70)
    assert f"u:c{WAITING}" in people(days_ago=90) - people(last_days=90)
    assert f"u:c{WAITING}" in people(last_days=91)
    assert people() == people(last_days=400) > people(last_days=30)


def test_orders_count_once_and_what_was_cancelled_or_given_back_was_never_bought(shop: Shop, folder: Path):
    with shop.state.read() as conn:
        past = read(conn, shop.history, shop.catalogue, shop.plan.zone, shop.now())
    rows = past.purchases
    assert past.products.ids.index("p58") not in rows.product
    assert verbs.purchased(shop, verbs.PurchasedQuestion(ids="p58")) == []
    lines = [line.split(",") for line in (folder.parent / "orders.csv").read_text().splitlines()[1:]]
    assert rows.rows == len({(line[1], line[2], line[3]) for line in lines})
    assert rows.value.sum() == 500 * len(lines)
    assert (shop.now() // DAY - rows.day).min() >= 1
    assert rows.day.max() - rows.day.min() < DAYS


def test_what_products_say_is_read_and_kept_with_the_model(shop: Shop, folder: Path):
    with shop.state.read() as conn:
        past = read(conn, shop.history, shop.catalogue, shop.plan.zone, shop.now())
        version = intent.trained(conn).version
    kept = intent.files.load(folder / "intent" / str(version), version).space.past.products
    assert past.products.marks is not None
    assert kept.marks is not None
    for name in Marks._fields:
        assert np.array_equal(getattr(past.products.marks, name), getattr(kept.marks, name), equal_nan=True)
    assert past.products.stock is None


def test_stock_is_read_by_the_days_on_which_it_changed(tmp_path: Path):
    run = running(tmp_path / "shop")
    (tmp_path / "orders.csv").write_text(
        "order_id,customer_id,placed_at,product_id,quantity,line_total\no1,c1,2026-01-01T10:00,cup,1,5.00\n"
    )
    (tmp_path / "products.csv").write_text("id,name,availability\ncup,Cup,out_of_stock\npot,Pot,in_stock\n")
    for kind in ("orders", "products"):
        assert run("import", kind, tmp_path / f"{kind}.csv").exit_code == 0
    shop = Shop.open(tmp_path / "shop")
    with shop.state.read() as conn:
        products = read(conn, shop.history, shop.catalogue, shop.plan.zone, shop.now() + DAY).products
    shop.close()
    assert products.stock is not None
    assert [products.ids[n] for n in products.stock.product] == ["cup"]
    assert products.stock.day.tolist() == [shop.now() // DAY]
    assert not products.stock.had.any()


def test_the_back_test_is_kept_with_the_model(folder: Path, shop: Shop):
    with shop.state.read() as conn:
        found = intent.trained(conn)
    assert found.learnt
    assert found.report is not None
    assert found.sets >= 160
    told = running(folder)("intent", "backtest").output
    assert "past count" in told
    assert "contacted" in told


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"ids": []}, "empty_set"),
        ({"ids": " , "}, "empty_set"),
        ({"ids": "nonsense, more nonsense"}, "unknown_products"),
        ({"ids": "p1", "horizon": 0}, "bad_horizon"),
        ({"ids": "p1", "top": 0}, "bad_top"),
        ({"ids": "p1", "purchased": {"ids": "p1", "when": {"on": "2999-01-01"}}}, "bad_time_frame"),
        (
            {"ids": "p1", "purchased": {"ids": "p1", "when": {"from": "2020-02-01", "until": "2020-01-01"}}},
            "bad_time_frame",
        ),
        ({"ids": "p1", "not_purchased": {"ids": ""}}, "empty_set"),
        ({"ids": "p1", "segment": "nonsense"}, "unknown_segment"),
        ({"ids": 7}, "malformed"),
        ({"ids": "p1", "who": "everybody"}, "malformed"),
    ],
)
def test_a_bad_question_is_refused_in_words(api: Callable[..., httpx.Response], question: dict[str, Any], code: str):
    answer = api("POST", "/v1/intent", json=question)
    assert (answer.status_code in (400, 404), answer.json()["code"]) == (True, code)
    assert answer.json()["message"]


@pytest.fixture(scope="module")
def api(folder: Path) -> Iterator[Callable[..., httpx.Response]]:
    with serving(folder) as server:
        yield lambda method, path, **more: httpx.request(
            method, f"{server.base}{path}", timeout=60, **{"auth": (server.keys.secret, "")} | more
        )


def test_the_api_answers_as_the_command_line_does(api: Callable[..., httpx.Response], folder: Path):
    asked = {"ids": f"p{VITAMIN}, p{VANILLA}", "top": 5, "explain": True}
    told = api("POST", "/v1/intent", json=asked).json()
    done = running(folder)("intent", "--ids", asked["ids"], "--top", 5, "--explain", "--json")
    assert told == json.loads(done.output)
    body = {"ids": f"p{VITAMIN}", "when": {"last_days": 60}, "not": True, "universe": "with orders"}
    others = api("POST", "/v1/intent/purchased", json=body).json()
    body["not"] = False
    buyers = api("POST", "/v1/intent/purchased", json=body).json()
    assert buyers["size"] + others["size"] == PEOPLE + 3
    assert api("GET", "/v1/intent/backtest").json()["report"]["days"] == 28
    assert api("POST", "/v1/intent", json=asked, auth=None).status_code == 401


def test_a_set_as_large_as_the_catalogue_and_a_launch_are_answered(shop: Shop):
    everything = [f"p{n}" for n in range(products().size)]
    assert len(places(shop, *everything, *everything)) == PEOPLE + 3
    launch = verbs.ask(shop, verbs.Question(["p58"], explain=True))
    assert launch.expected is not None
    assert launch.expected < 100
    assert len(launch.people) == PEOPLE + 3


def test_the_first_may_be_kept_as_a_list(folder: Path, shop: Shop):
    done = running(folder)("intent", "--ids", f"p{VITAMIN}", "--top", 25, "--as", "vitamins")
    assert "kept 25 people" in done.output
    assert set(places(shop, f"p{VITAMIN}")) >= set(kept(shop, "vitamins"))


def kept(shop: Shop, name: str) -> list[str]:
    with shop.state.read() as conn:
        return insights.listed(conn, name)


def test_little_data_is_said_and_no_chance_is_made_up(tmp_path: Path):
    run = running(tmp_path / "new")
    assert "No model" in run("intent", "--ids", "p1").exception.message  # type: ignore[union-attr]
    with pytest.raises(BadInput, match="has bought anything"):
        raise run("intent", "train").exception  # type: ignore[misc]
    yesterday = date.today() - timedelta(1)  # noqa: DTZ011 - the shop's zone is UTC
    lines = [f"o{n},c{n % 7},{yesterday}T10:00,p{n % 3},1,5.00" for n in range(20)]
    (tmp_path / "few.csv").write_text(
        "\n".join(["order_id,customer_id,placed_at,product_id,quantity,line_total", *lines])
    )
    run("import", "orders", tmp_path / "few.csv")
    assert "too little to learn from" in run("intent", "train").output
    found = json.loads(run("intent", "--ids", "p1", "--json", "--explain").output)
    assert "too little data" in found["note"]
    assert {person["chance"] for person in found["people"]} == {None}
    assert found["expected"] is None


def test_a_model_whose_files_are_gone_is_said(tmp_path: Path, folder: Path):
    with pytest.raises(Unavailable, match="cannot be read"):
        intent.files.load(tmp_path, 1)
    with pytest.raises(NotFound, match="trained yet"), Shop.open(tmp_path / "other").state.read() as conn:
        intent.trained(conn)


def test_products_without_category_or_name_have_no_shelf():
    assert shelf(None) == ("",) * len(LEVELS)
    assert shelf(Product("a", "a")) == ("",) * len(LEVELS)
    assert shelf(Product("a", "a", category="Food > Tea > Green", brand="Leaf")) == (
        "Food / Tea / Green",
        "Food / Tea",
        "Food",
        "Leaf",
    )


def test_segments_ask_about_an_interest_and_live_is_bulk(folder: Path, shop: Shop):
    run = running(folder)
    assert "20 people" in run("intent", "follow", "vitamins", "--ids", f"p{VITAMIN}", "--top", 20).output
    put_segment(shop, "takers", {"rule": {"predicted": "interest-vitamins", "is": True}})
    put_segment(shop, "others", {"rule": {"predicted": "interest-vitamins", "is": False}})
    first = set(list(places(shop, f"p{VITAMIN}"))[:20])
    with shop.state.read() as conn:
        asked = base(shop, conn)
        takers = set(insights.people_at(asked, asked.segment("takers"), asked.now))
        others = set(insights.people_at(asked, asked.segment("others"), asked.now))
        live = {
            person for person in takers | others if insights.why(asked, asked.segment("takers"), person).reason.holds
        }
    assert takers == live == first
    assert not takers & others
    assert "interested in vitamins" in run("segments", "show", "takers").output
    refused = run("intent", "unfollow", "vitamins").exception
    assert getattr(refused, "code", "") == "interest_in_use"


def test_a_rebuild_and_a_training_keep_who_is_interested(folder: Path, shop: Shop):
    run = running(folder)
    run("intent", "follow", "powder", "--ids", f"p{VANILLA}", "--share", 0.1)
    put_segment(shop, "powdered", {"rule": {"predicted": "interest-powder", "is": True}})

    def inside() -> set[str]:
        with shop.state.read() as conn:
            asked = base(shop, conn)
            return set(insights.people_at(asked, asked.segment("powdered"), asked.now))

    before = inside()
    assert len(before) == round((PEOPLE + 3) * 0.1)
    rebuild(shop)
    assert inside() == before
    run("intent", "follow", "powder", "--ids", f"p{VITAMIN}", "--top", 5)
    chosen = inside()
    assert chosen == set(list(places(shop, f"p{VITAMIN}"))[:5])
    with shop.state.write() as conn:  # as if the last training had found others
        intent.interests.keep(conn, "powder", {"u:c0"}, shop.now())
    assert inside() == {"u:c0"}
    assert run("intent", "train").exit_code == 0
    assert inside() == chosen


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("Powder!", "--ids", "p1", "--top", 5), "bad_id"),
        (("powder", "--ids", "p1", "--share", 5), "bad_cut"),
        (("powder", "--ids", "p1", "--top", 0), "bad_cut"),
        (("powder", "--ids", "p1", "--top", 5, "--share", 0.1), "bad_cut"),
        (("powder", "--ids", "none such", "--top", 5), "unknown_products"),
        (("powder", "--where", "brand is Nobody", "--top", 5), "empty_product_set"),
        (("powder", "--ids", "p1", "--top", 5, "--horizon", 1000), "bad_horizon"),
        (("powder", "--ids", "p1", "--by", "churn", "--top", 5), "bad_subject"),
    ],
)
def test_an_interest_that_cannot_be_is_refused_in_words(folder: Path, words: tuple[object, ...], code: str):
    assert getattr(running(folder)("intent", "follow", *words).exception, "code", "") == code


def test_customers_are_foretold_and_judged(folder: Path, shop: Shop):
    run = running(folder)
    with shop.state.read() as conn:
        judged = intent.trained(conn).foretold
    assert judged is not None
    assert judged.span == 91
    assert 0.6 < judged.value_inside < 0.95
    found = json.loads(run("intent", "customer", f"c{WAITING}", "--json").output)
    assert found["value_low"] <= found["value"] <= found["value_high"]
    assert found["next_low"] <= found["next_order"] <= found["next_high"]
    vitamin = next(due for due in found["due"] if due["product"] == f"p{VITAMIN}")
    assert (vitamin["times"], vitamin["last"]) == (2, 90)
    assert vitamin["due"] < 0
    assert "next order: in" in run("intent", "customer", f"c{WAITING}").output
    assert getattr(run("intent", "customer", "nobody").exception, "code", "") == "unknown_customer"


def test_segments_ask_about_what_is_foretold(folder: Path, shop: Shop):
    run = running(folder)
    assert "12 people" in run("intent", "follow", "leaving", "--by", "churn", "--top", 12).output
    run("intent", "follow", "soon", "--by", "next-order", "--over", 30)
    put_segment(shop, "leaving", {"rule": {"predicted": "interest-leaving", "is": True}})
    with shop.state.read() as conn:
        asked = base(shop, conn)
        inside = insights.people_at(asked, asked.segment("leaving"), asked.now)
        churn = {
            person: intent.customer(conn, shop.models.current(conn), person).churn for person in places(shop, "p1")
        }
    assert len(inside) == 12
    assert min(churn[person] or 0 for person in inside) >= sorted(v or 0 for v in churn.values())[-12]


@pytest.fixture
def marketer(shop: Shop) -> Iterator[TestClient]:
    """A browser that is signed in."""
    place = "http://testserver"
    with TestClient(Starlette(routes=[Mount("/admin", admin(shop))]), base_url=place, follow_redirects=False) as client:
        client.get(one_time_link(shop, place))
        yield client


def test_the_page_shows_people_reasons_and_the_back_test(marketer: TestClient):
    empty = marketer.get("/admin/intent").text
    assert "How far it can be trusted" in empty
    assert "polyline" in empty
    page = marketer.get("/admin/intent", params={"ids": f"p{VITAMIN}, nonsense", "top": 10}).text
    assert "vitamin D" in page
    assert "1 id is of no product" in page
    assert "usually every" in page or "days ago" in page
    told = marketer.get("/admin/intent.csv", params={"ids": f"p{VITAMIN}", "top": 10, "table": "people"}).text
    assert len(told.splitlines()) == 11
    everybody = marketer.get("/admin/intent.csv", params={"ids": f"p{VITAMIN}", "top": 100_000, "table": "people"}).text
    assert "days ago" in everybody.splitlines()[1]
    assert "there is no id" in marketer.get("/admin/intent", params={"ids": " , "}).text


def test_the_page_keeps_a_list(marketer: TestClient, shop: Shop):
    said = {"ids": f"p{VITAMIN}", "horizon": "28", "top": "7", "as": "seven"}
    answer = marketer.post("/admin/keep-intent", data=said, headers={"sec-fetch-site": "same-origin"})
    assert answer.headers["location"] == "/admin/lists/seven"
    assert len(kept(shop, "seven")) == 7
    assert "/admin/intent" in marketer.get("/admin/lists/seven").text


def test_people_are_asked_for_by_words_and_tests_of_products(shop: Shop):
    by_ids = verbs.ask(shop, verbs.Question(ids=f"p{VITAMIN}", top=20))
    shop.put_products([Product(f"p{VITAMIN}", "Vitamin C forte"), Product("p9999", "Vitamin never sold")])
    by_words = verbs.ask(shop, verbs.Question(set={"search": "vitamin forte"}, top=20))
    assert [each.person for each in by_words.people] == [each.person for each in by_ids.people]
    mixed = verbs.ask(
        shop, verbs.Question(set={"any": [{"where": "title contains forte"}, {"ids": "nothing"}]}, top=20)
    )
    assert (mixed.size, mixed.unknown) == (1, ("nothing",))
    with pytest.raises(BadInput, match="No product is meant"):
        verbs.ask(shop, verbs.Question(set={"search": "bicycle"}))
    with pytest.raises(BadInput, match="ids or a set, not both"):
        verbs.ask(shop, verbs.Question(ids="p1", set={"search": "vitamin"}))


def test_a_live_interest_looks_its_products_up_anew_and_a_frozen_one_keeps_them(folder: Path, shop: Shop):
    run = running(folder)
    shop.put_products([Product(f"p{VITAMIN}", "vitamin D", brand="Sun")])
    said = ("--where", "brand is Sun", "--top", 20)
    assert "live: Products with brand Sun" in run("intent", "follow", "sun", *said).output
    assert "frozen: Products frozen at" in run("intent", "follow", "sun-then", *said, "--frozen").output
    takers = members_of(shop, "sun")
    assert takers == members_of(shop, "sun-then") == set(list(places(shop, f"p{VITAMIN}"))[:20])
    shop.put_products([Product(f"p{VITAMIN}", "vitamin D"), Product(f"p{VANILLA}", "vanilla powder", brand="Sun")])
    assert run("intent", "train").exit_code == 0
    assert members_of(shop, "sun") == set(list(places(shop, f"p{VANILLA}"))[:20]) != takers
    assert members_of(shop, "sun-then") == set(list(places(shop, f"p{VITAMIN}"))[:20])


def members_of(shop: Shop, name: str) -> set[str]:
    with shop.state.read() as conn:
        return intent.store.inside(conn, name)


def test_a_live_set_that_means_nothing_any_more_interests_nobody(folder: Path, shop: Shop):
    shop.put_products([Product(f"p{VITAMIN}", "vitamin D", brand="Moon")])
    assert running(folder)("intent", "follow", "moon", "--where", "brand is Moon", "--top", 20).exit_code == 0
    shop.put_products([Product(f"p{VITAMIN}", "vitamin D")])
    assert running(folder)("intent", "train").exit_code == 0
    assert members_of(shop, "moon") == set()


def test_the_api_follows_tells_and_drops_interests(api: Callable[..., httpx.Response], folder: Path):
    place = "/v1/intent/interests/strawberry"
    live = api("PUT", place, json={"set": {"search": "strawberry"}, "share": 0.1}).json()
    assert (live["live"], live["people"], live["said"]) == (True, 20, "Products found by “strawberry”")
    fixed = api("PUT", place, json={"ids": "p0, nonsense", "top": 7}).json()
    assert (fixed["live"], fixed["people"], fixed["unknown"]) == (False, 7, ["nonsense"])
    frozen = api("PUT", place, json={"set": {"search": "strawberry"}, "frozen": True, "top": 7}).json()
    assert (frozen["live"], frozen["set"]["ids"]) == (False, ["p0"])
    told = {each["name"]: each for each in api("GET", "/v1/intent/interests").json()["interests"]}
    assert told["strawberry"] == {name: value for name, value in frozen.items() if name != "unknown"} | {"unknown": []}
    assert "frozen set" in running(folder)("intent", "interests").output
    assert [e for e in api("DELETE", place).json()["interests"] if e["name"] == "strawberry"] == []
    assert api("DELETE", place).json()["code"] == "unknown_interest"
    assert api("PUT", place, json={"ids": "p0", "top": 1}, auth=None).status_code == 401


def test_the_page_of_a_customer_tells_what_they_will_do(marketer: TestClient, folder: Path):
    page = marketer.get(f"/admin/people/u:c{WAITING}").text
    told = json.loads(running(folder)("intent", "customer", f"c{WAITING}", "--json").output)
    assert "What they will do" in page
    assert f"No order within {told['span']} days" in page
    assert "likely" in page and "eight of ten like them" in page
    assert "Due again" in page
    assert marketer.get(f"/admin/people/u:c{WAITING}.json").json()["data"]["outlook"] == told


def test_the_page_of_a_customer_does_without_a_model_that_cannot_be_read(
    marketer: TestClient, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(shop, "models", intent.Models(tmp_path))
    page = marketer.get(f"/admin/people/u:c{WAITING}")
    assert page.status_code == 200 and "cannot be read" in page.text


def test_the_page_follows_customers_by_what_they_will_do(marketer: TestClient, shop: Shop):
    ours = {"sec-fetch-site": "same-origin"}
    assert "By what customers will do" in marketer.get("/admin/intent").text
    for by, cut, amount in (("churn", "over", "50 %"), ("value", "over", "0.01"), ("next-order", "top", "5")):
        said = {"as": f"by-{by}", "by": by, "cut": cut, "amount": amount}
        assert marketer.post("/admin/follow-intent", data=said, headers=ours).status_code == 303
    assert len(members_of(shop, "by-next-order")) == 5
    assert len(members_of(shop, "by-value")) > 5
    assert marketer.post("/admin/follow-intent", data={**said, "by": "luck"}, headers=ours).status_code == 400
    for by in ("churn", "value", "next-order"):
        marketer.post("/admin/unfollow-intent", data={"name": f"by-{by}"}, headers=ours)


def test_the_page_follows_live_or_frozen_and_drops(marketer: TestClient, shop: Shop):
    ours = {"sec-fetch-site": "same-origin"}
    said = {"search": "vitamin", "as": "page", "cut": "share", "amount": "10 %", "products": "frozen"}
    assert marketer.post("/admin/follow-intent", data=said, headers=ours).headers["location"] == "/admin/intent"
    page = marketer.get("/admin/intent").text
    assert "frozen at" in page
    assert len(members_of(shop, "page")) == 20
    marketer.post("/admin/follow-intent", data={**said, "products": "live"}, headers=ours)
    assert "Products found by “vitamin”" in marketer.get("/admin/intent").text
    assert marketer.post("/admin/follow-intent", data={**said, "amount": "many"}, headers=ours).status_code == 400
    marketer.post("/admin/unfollow-intent", data={"name": "page"}, headers=ours)
    assert "Products found by “vitamin”" not in marketer.get("/admin/intent").text
