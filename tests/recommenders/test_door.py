"""Recommendations over HTTP and on the command line: the write key is enough, data only, and errors say what to do."""

from __future__ import annotations

import json
import subprocess
import time

import httpx
import pytest

from tests.serving import COMMAND, ENVIRONMENT, Served, serving

SHOP = """
shop: {currency: EUR}
recommenders:
  beside: {title: Goes well, strategies: [bought_together, newest], max: 2}
zones:
  shelf: {kind: block}
  over: {kind: popup}
campaigns:
  all:
    status: published
    communications:
      now: {kind: recommender, zone: shelf, recommender: {strategies: [this_visit], max: 2}}
      look: {kind: popup, zone: over, content: {heading: The look}, recommender: {strategies: [complete_the_look]}}
      hello: {kind: popup, zone: over, content: {heading: Hello}}
"""
PRODUCTS = [
    {"id": "tea", "name": "Tea", "price": 5, "sale_price": 4},
    {"id": "cup", "name": "Cup", "price": 9, "category": "Home > Kitchen"},
    {"id": "pot", "name": "Pot", "price": 30, "category": "Home > Kitchen"},
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("recommend") / "shop", SHOP) as served:
        served.post("/v1/products", PRODUCTS, "secret")
        for number in range(2):
            track(served, f"v{number}", "Product Viewed", product_id="tea")
            track(served, f"v{number}", "Product Viewed", product_id="pot")
            lines = [{"product_id": id, "price": 5} for id in ("tea", "cup")]
            order = {"order_id": f"o{number}", "currency": "EUR", "products": lines}
            track(served, f"v{number}", "Order Completed", "secret", **order)
        soon(lambda: ask(served, strategies=["bought_together"], product="tea")["products"])
        yield served


def track(served: Served, who: str, name: str, key: str = "write", **properties):
    body = {"event": name, "anonymousId": who, "properties": properties}
    assert served.post("/v1/track", body, key).status_code == 200


def ask(served: Served, key: str = "write", **asked):
    return served.post("/v1/recommend", asked, key).json()


def soon(holds):
    """Wait for what the next count brings."""
    until = time.monotonic() + 60
    while not holds() and time.monotonic() < until:
        time.sleep(0.1)


def test_a_page_asks_by_strategy_and_gets_products_with_reasons(shop: Served):
    (found,) = ask(shop, strategies=["bought_together"], product="tea")["products"]
    assert {name: found[name] for name in ("id", "price", "reason", "strategy")} == {
        "id": "cup", "price": "9.00", "reason": "Often bought together with Tea", "strategy": "bought_together",
    }  # fmt: skip
    (found,) = ask(shop, strategies=["on_sale"])["products"]
    assert (found["price"], found["was"]) == ("4.00", "5.00")


def test_a_page_asks_by_the_name_of_a_definition(shop: Served):
    told = ask(shop, recommender="beside", product="tea")
    assert (told["title"], [p["id"] for p in told["products"]]) == ("Goes well", ["cup"])
    assert [p["id"] for p in ask(shop, recommender="now", anonymousId="v0", min=1)["products"]] == ["cup"]


def test_a_click_of_this_visit_counts_in_the_next_answer(shop: Served):
    assert ask(shop, strategies=["this_visit"], anonymousId="new")["products"] == []
    track(shop, "new", "Product Viewed", product_id="tea")
    assert "pot" in [p["id"] for p in ask(shop, strategies=["this_visit"], anonymousId="new")["products"]]
    shown = shop.post("/v1/decide", {"zones": ["shelf"], "anonymousId": "new"}).json()["zones"]["shelf"]
    assert "pot" in [p["id"] for p in shown["products"]]


def test_content_with_too_few_products_gives_way_to_the_next(shop: Served):
    wish = {"zones": ["over"], "anonymousId": "wit", "page": {"type": "product", "product": "tea"}}
    assert shop.post("/v1/decide", wish).json()["zones"]["over"]["communication"] == "hello"


def test_who_permits_no_personalisation_is_not_known(shop: Served):
    told = ask(shop, strategies=["this_visit"], anonymousId="v0", consent={"personalisation": False})
    assert told["products"] == []


def test_two_lists_hold_what_was_bought_and_what_never_was(shop: Served):
    told = ask(shop, strategies=["newest"], anonymousId="v0", lists=True)
    assert [p["id"] for p in told["again"]] == ["cup", "tea"]
    assert [p["id"] for p in told["new"]] == ["pot"]


def test_what_is_not_in_the_catalogue_is_told(shop: Served):
    told = ask(shop, strategies=["newest"], product="gone", cart=["cup", "lost"])
    assert told["unknown_ids"] == ["gone", "lost"]


@pytest.mark.parametrize(
    ("asked", "status", "code", "where"),
    [
        ({"strategies": ["guess"]}, 400, "bad_definition", "$.strategies[0]"),
        ({"strategies": ["search"]}, 400, "bad_definition", "$.search"),
        ({"strategies": ["search"], "search": " - "}, 400, "bad_definition", "$.search"),
        ({"recommender": "gone"}, 404, "unknown_recommender", "$.recommender"),
        ({"recommender": "beside", "strategies": ["newest"]}, 400, "bad_request", "$.strategies"),
        ({"max": 0}, 400, "bad_request", "$.max"),
        ({"pin": ["tea"]}, 400, "bad_request", ""),
        ({"include": {"where": "price > 1"}}, 403, "secret_key_needed", "$.include"),
        ([], 400, "malformed", ""),
    ],
)
def test_what_cannot_be_answered_says_where_and_why(shop: Served, asked, status, code, where):
    answer = shop.post("/v1/recommend", asked)
    told = answer.json()
    assert (answer.status_code, told["code"], told.get("where", "")) == (status, code, where)


def test_the_category_of_the_page_is_that_of_its_product(shop: Served):
    told = ask(shop, strategies=["newest"], product="cup", category="page", hide=["bought"])
    assert [p["id"] for p in told["products"]] == ["pot"]


def test_sets_of_products_come_from_servers(shop: Served):
    told = ask(shop, "secret", strategies=["newest"], include={"where": "price > 8"})
    assert [p["id"] for p in told["products"]] == ["cup", "pot"]
    bad = shop.post("/v1/recommend", {"include": {"where": "colour is red"}}, "secret").json()
    assert bad["where"].startswith("$.include")


def test_a_stranger_is_refused(shop: Served):
    assert httpx.post(f"{shop.base}/v1/recommend", json={}, auth=("nobody", "")).status_code == 401


def test_the_command_line_says_the_same(shop: Served):
    said = ["recommend", "--strategy", "bought_together", "--product", "tea", "--person", "a:v0", "--json"]
    done = subprocess.run(
        [*COMMAND, "--data", shop.data, *said], env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    assert [p["id"] for p in json.loads(done.stdout)["products"]] == ["cup"]
    wrong = subprocess.run(
        [*COMMAND, "--data", shop.data, "recommend", "--strategy", "guess"],
        check=False,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
    )
    assert wrong.returncode == 2
    assert "best_sellers" in wrong.stderr
