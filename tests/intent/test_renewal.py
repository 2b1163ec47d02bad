"""Interests between two trainings: a renewal takes in what people did since, at once when asked, else every few hours."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from typer.testing import CliRunner

from shopkeeper import intent
from shopkeeper.admin import admin, one_time_link
from shopkeeper.api import build_app
from shopkeeper.asking import intent as verbs
from shopkeeper.asking import interests as following
from shopkeeper.asking.interests import InterestAsked
from shopkeeper.cli.main import app
from shopkeeper.engine.clock import now as at_present
from shopkeeper.engine.importing import Call, import_calls
from shopkeeper.engine.intake import Intake
from shopkeeper.engine.shop import Shop
from shopkeeper.engine.writer import Writer
from shopkeeper.intent import nightly, store
from shopkeeper.model.definitions import Product
from shopkeeper.model.errors import NotFound
from shopkeeper.model.time import DAY, HOUR, MINUTE, format_time

Clock = list[int]


@pytest.fixture
def clock() -> Clock:
    """The time it is, to be moved: eight in the morning of a day of shop time."""
    return [at_present() // DAY * DAY + 8 * HOUR]


@pytest.fixture
def shop(tmp_path: Path, clock: Clock) -> Iterator[Shop]:
    """Ten customers who bought a cup once; the first three bought tea too. What that teaches is little and quickly learned."""
    shop = Shop.open(tmp_path / "data", now=lambda: clock[0])
    shop.put_products([Product("tea", "Green tea", brand="Leaf"), Product("cup", "Cup")])
    for number in range(10):
        buy(shop, f"c{number}", "cup", clock[0] - 20 * DAY)
    for number in range(3):
        buy(shop, f"c{number}", "tea", clock[0] - 10 * DAY)
    verbs.train(shop)
    yield shop
    shop.close()


def buy(shop: Shop, person: str, product: str, at: int) -> None:
    order = {"order_id": f"{person}-{product}-{at}", "total": 5, "products": [{"product_id": product, "price": 5}]}
    call = {"type": "track", "event": "Order Completed", "userId": person, "messageId": order["order_id"]}
    raw = json.dumps({**call, "timestamp": format_time(at), "properties": order}).encode()
    assert import_calls(shop, [Call(0, raw)], lambda _place, error: pytest.fail(str(error))).new == 1


def inside(shop: Shop, name: str = "tea") -> set[str]:
    with shop.state.read() as conn:
        return store.inside(conn, name)


def due(shop: Shop) -> bool:
    with shop.state.read() as conn:
        return intent.renewal_due(conn, shop.now())


def follow(shop: Shop, count: int = 4) -> None:
    following.follow(shop, "tea", InterestAsked(set={"where": "brand is Leaf"}, top=count))


def test_who_bought_today_is_interested_after_a_renewal_and_nothing_is_learned(shop: Shop, clock: Clock):
    follow(shop)
    before = inside(shop)
    with shop.state.read() as conn:
        model = intent.trained(conn)
    clock[0] += HOUR
    buy(shop, "c9", "tea", clock[0] - MINUTE)
    assert inside(shop) == before and "u:c9" not in before
    renewed = verbs.renew(shop)
    assert "u:c9" in inside(shop)
    assert (renewed.trained_at, renewed.report, renewed.laid_at) == (model.trained_at, model.report, clock[0])
    assert verbs.ask(shop, verbs.Question(ids="tea", top=1)).people[0].person == "u:c9"
    assert [each.renewed_at for each in following.followed(shop)] == [clock[0]]


def test_a_renewal_after_midnight_is_what_a_training_would_lay_out(shop: Shop, clock: Clock):
    buy(shop, "c9", "tea", clock[0] - MINUTE)
    clock[0] += DAY
    renewed, again = verbs.renew(shop), None
    laid = shop.models.folder / str(renewed.version)
    clock[0] += MINUTE
    again = shop.models.folder / str(verbs.train(shop).version)
    for column in ("about", "items", "people", "known"):
        np.testing.assert_array_equal(np.load(laid / f"{column}.npy"), np.load(again / f"{column}.npy"))


def test_products_that_came_since_count_in_a_live_set(shop: Shop, clock: Clock):
    follow(shop)
    clock[0] += HOUR
    shop.put_products([Product("oolong", "Oolong", brand="Leaf")])
    buy(shop, "c8", "oolong", clock[0] - MINUTE)
    verbs.renew(shop)
    assert "u:c8" in inside(shop)


def test_a_renewal_is_due_hours_later_if_something_happened_and_something_is_followed(shop: Shop, clock: Clock):
    clock[0] += 4 * HOUR
    buy(shop, "c9", "tea", clock[0] - MINUTE)
    assert not due(shop)
    follow(shop)
    assert due(shop)
    verbs.renew(shop)
    assert not due(shop)
    clock[0] += 2 * HOUR
    buy(shop, "c8", "tea", clock[0] - MINUTE)
    assert not due(shop)
    clock[0] += HOUR
    assert due(shop)
    verbs.renew(shop)
    clock[0] += 5 * HOUR
    verbs.renew(shop)  # who came in by the last is something that happened
    clock[0] += 5 * HOUR
    assert not due(shop)
    shop.put_products([Product("oolong", "Oolong", brand="Leaf")])
    assert due(shop)


def test_where_renewing_takes_long_it_is_done_less_often(shop: Shop, clock: Clock):
    follow(shop)
    with shop.state.write() as conn:
        conn.run("UPDATE intent_models SET laid_seconds = 1000")
    clock[0] += 4 * HOUR
    buy(shop, "c9", "tea", clock[0] - MINUTE)
    assert not due(shop)
    clock[0] += 2 * HOUR
    assert due(shop)


def test_a_server_renews_at_once_when_it_is_asked_and_once(shop: Shop, clock: Clock):
    follow(shop)
    assert _turn(shop) is None
    clock[0] += MINUTE
    following.ask_renewal(shop)
    assert _turn(shop) == "renew"
    clock[0] += MINUTE
    assert _turn(shop) is None  # somebody is at it
    verbs.renew(shop)
    clock[0] += HOUR
    assert _turn(shop) is None


def _turn(shop: Shop) -> str | None:
    return nightly._turn(shop.state, shop.now(), shop.plan.zone)


def test_what_was_trained_later_stays_though_a_renewal_ends_after_it(shop: Shop, clock: Clock):
    with shop.state.read() as conn:
        old = intent.trained(conn)
    clock[0] += HOUR
    trained = verbs.train(shop)
    with shop.state.write() as conn:
        clock[0] += HOUR
        late = old.__class__(**{name: getattr(old, name) for name in old.__struct_fields__} | {"version": clock[0]})
        store.add(conn, late)
        assert not store.switch(conn, late.version)
        assert store.current(conn) == trained.version


def test_the_page_says_when_interests_were_renewed_and_renews_them(shop: Shop, clock: Clock):
    follow(shop)
    clock[0] += HOUR
    ours, place = {"sec-fetch-site": "same-origin"}, "http://testserver"
    with TestClient(Starlette(routes=[Mount("/admin", admin(shop))]), base_url=place, follow_redirects=False) as client:
        client.get(one_time_link(shop, place))
        page = client.get("/admin/intent").text
        assert "Renewed" in page and "Renew now" in page
        assert client.post("/admin/renew-intent", headers=ours).headers["location"] == "/admin/intent"
        assert "They are being renewed" in client.get("/admin/intent").text
        assert client.post("/admin/renew-intent", headers={"sec-fetch-site": "cross-site"}).status_code == 403
        verbs.renew(shop)
        assert "Renew now" in client.get("/admin/intent").text


def test_a_server_of_the_shop_asks_for_a_renewal_and_learns_when_it_is_done(shop: Shop, clock: Clock):
    follow(shop)
    clock[0] += HOUR
    app = build_app(Intake(shop, Writer(shop)))
    with TestClient(Starlette(routes=[Mount("/", app)])) as client:
        ask = {
            key: partial(client.post, "/v1/intent/renew", auth=(key, "")) for key in (shop.keys.write, shop.keys.secret)
        }
        assert ask[shop.keys.write]().status_code == 403
        assert _turn(shop) is None
        told = ask[shop.keys.secret]().json()
        assert told == {"asked_at": clock[0], "renewed_at": clock[0] - HOUR}
        assert _turn(shop) == "renew"
        clock[0] += MINUTE
        verbs.renew(shop)
        listed = client.get("/v1/intent/interests", auth=(shop.keys.secret, "")).json()["interests"]
        assert [each["renewed_at"] > told["asked_at"] for each in listed] == [True]


def test_the_command_line_renews_and_tells(shop: Shop):
    follow(shop)
    run: Callable[..., str] = lambda *words: (  # noqa: E731
        CliRunner().invoke(app, ["--data", str(shop.place[0] if shop.place else ""), "intent", *words]).output
    )
    assert "tea: 4 people" in run("renew")
    assert "renewed" in run("interests")


def test_there_is_nothing_to_renew_before_a_training(tmp_path: Path):
    empty = Shop.open(tmp_path / "empty")
    for ask in (verbs.renew, following.ask_renewal):
        with pytest.raises(NotFound, match="No model of purchase intent has been trained yet"):
            ask(empty)
    empty.close()
