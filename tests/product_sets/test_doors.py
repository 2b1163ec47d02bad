"""Sets of products at the API and the command line."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from shopkeeper.cli.main import app
from tests.serving import Served

PRODUCTS = [
    {"id": "tea", "name": "Green tea", "brand": "Fern", "price": 4.5},
    {"id": "cup", "name": "Cup", "brand": "Fern", "price": 120},
]


@pytest.fixture
def run(tmp_path):
    (tmp_path / "p.json").write_text(json.dumps(PRODUCTS))
    run = lambda *words: CliRunner().invoke(app, ["--data", str(tmp_path / "data"), *words])  # noqa: E731
    run("import", "products", str(tmp_path / "p.json"))
    return run


def test_a_server_sees_what_a_set_means(served: Served):
    served.post("/v1/products", PRODUCTS, "secret")
    body = {"products": {"any": [{"search": "teas"}, {"where": "price > 100"}, {"ids": "nosuch"}]}, "limit": 1}
    told = served.post("/v1/product-sets/preview", body, "secret").json()
    assert (told["total"], told["unknown_ids"], len(told["products"])) == (2, ["nosuch"], 1)
    assert [part["size"] for part in told["tree"]["parts"]] == [1, 1, 0]


def test_an_empty_set_is_refused_at_its_place_and_a_page_may_not_ask(served: Served):
    empty = {"products": {"all": [{"ids": ""}]}}
    refused = served.post("/v1/product-sets/preview", empty, "secret")
    assert (refused.status_code, refused.json()["code"]) == (400, "empty_product_set")
    assert refused.json()["where"] == "$.products.all[0].ids"
    assert served.post("/v1/product-sets/preview", empty, "write").status_code == 403
    unknown = served.post("/v1/product-sets/preview", {"products": {"ids": "nosuch"}}, "secret")
    assert unknown.json()["code"] == "unknown_products"


def test_the_command_line_says_which_products_are_meant(run):
    told = run("products", "matching", "--search", "tea", "--where", "price < 10", "--ids", "tea nosuch").output
    assert "1 products" in told and "Green tea" in told and "not in the catalogue: nosuch" in told
    assert json.loads(run("products", "matching", "--where", "brand is Fern", "--json").output)["total"] == 2


def test_a_set_is_frozen_to_a_file_and_read_again(run, tmp_path):
    frozen = run("products", "matching", "--where", "brand is Fern", "--freeze").output
    (tmp_path / "set.yaml").write_text(frozen)
    assert "2 products" in run("products", "matching", "--set", str(tmp_path / "set.yaml")).output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no product is meant"),
        (["--ids", "nosuch"], "not in the catalogue: nosuch"),
        (["--where", "price >"], "column 8"),
        (["--search", "rum"], "No product is meant by"),
    ],
)
def test_the_command_line_refuses_what_means_nothing(run, words, said):
    assert said in str(run("products", "matching", *words).exception)
