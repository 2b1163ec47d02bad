"""What the machine says of a value of the wrong shape is told in words, with its place."""

from __future__ import annotations

import re
from typing import Any

import pytest

from shopkeeper.model.shapes import in_words, misfit
from tests.doors.conftest import Door

MACHINE = re.compile(r"`|Expected|\b(str|int|bool|array|null|enum|struct|codec)\b")


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        (
            "/v1/track",
            {"event": "Viewed", "anonymousId": 7.5},
            "has to be a whole number or text, not a fraction (at $.anonymousId)",
        ),
        ("/v1/track", {"event": "Viewed", "properties": ["tea"]}, "has to be a mapping, not a list (at $.properties)"),
        ("/v1/track", "tea", "has to be a mapping, not text"),
        ("/v1/batch", {"batch": "tea"}, "has to be a list, not text (at $.batch)"),
        ("/v1/batch", {}, "the field 'batch' is missing"),
        ("/v1/decide", {"zones": ["hero", 1]}, "has to be text, not a whole number"),
        ("/v1/products", {"id": "tea"}, "has to be a list, not a mapping"),
        ("/v1/products", ["tea"], "has to be a mapping, not text"),
        ("/v1/search", {"limit": "all"}, "has to be a whole number, not text"),
        ("/v1/search", {"sort": "dearest"}, "'dearest' is none of the values"),
        ("/v1/search", {"language": "English"}, "the code of a language in two small letters, such as en"),
        ("/v1/search", {"colour": "red"}, "there is no field 'colour' here"),
        ("/v1/recommend", {"max": "all"}, "has to be a whole number, not text"),
        ("/v1/recommend", {"max": 1_000}, "has to be a whole number of at most 48"),
        ("/v1/recommend", {"hide": ["bought", "dear"]}, "'dear' is none of the values"),
        ("/v1/recommend", {"consent": {"personalisation": "no"}}, "has to be true or false, not text"),
        ("/v1/intent", {"ids": 7}, "has to be"),
        ("/v1/intent", {"ids": "tea", "horizon": "month"}, "has to be a whole number, not text"),
        ("/v1/product-sets/preview", {"products": {"where": {"price": {"over": []}}}}, "there is no field 'over' here"),
        ("/v1/product-sets/preview", {"products": {"where": ["price"]}}, "has to be a mapping, not a list"),
    ],
)
def test_a_value_of_the_wrong_shape_is_told_in_words(door: Door, path: str, body: Any, said: str):
    told = door.post(path, body, "secret").json()
    message = told["message"] if "message" in told else told["rejected"][0]["message"]
    assert said in message
    assert not MACHINE.search(message)


def test_the_place_of_a_value_is_told(door: Door):
    assert door.post("/v1/decide", {"zones": ["hero", 1]}).json()["where"] == "$.zones[1]"
    assert door.post("/v1/products", [{"id": "tea"}, 7], "secret").json()["where"] == "$[1]"
    assert (
        door.post("/v1/intent", {"not_purchased": {"universe": "all"}}, "secret").json()["where"].startswith("$.not_")
    )


def test_what_has_no_words_stays_as_it_is():
    assert in_words("Input data was truncated") == "Input data was truncated"
    assert misfit(ValueError("Expected `str`, got `int` - at `key` in `$.consent`")) == (
        "this has to be text, not a whole number",
        "$.consent",
    )
