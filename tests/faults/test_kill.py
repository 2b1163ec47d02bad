"""kill -9 of the real server under load: what was acknowledged is there, exactly once, also after all is sent again."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from shopkeeper import events
from shopkeeper.campaigns import parse_file
from shopkeeper.engine.shop import Shop
from tests.faults.server import Crowd, serving

ROUNDS = 12
SHOP = """
shop: {name: Faulty, currency: EUR, time_zone: UTC}
zones: {hero: {kind: block}}
campaigns:
  tea:
    status: published
    communications:
      hero-tea: {kind: block, zone: hero, content: {heading: Tea}, elements: {button: {products: [tea]}}}
"""


class Story:
    """Batches of clicks and orders of many visitors, each with ids of its own."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._turn = threading.Lock()
        self.orders = 0
        self.clicks = 0

    def batch(self) -> list[dict[str, object]]:
        with self._turn:
            number = next(self._numbers)
            self.orders += 1
            self.clicks += 3
        who = {"anonymousId": f"d{number % 40}"}
        click = {"communication_id": "hero-tea", "element_id": "button"}
        order = {"order_id": f"o{number}", "products": [{"product_id": "tea", "price": 10, "quantity": 1}]}
        calls = [("Communication Clicked", click)] * 3 + [("Order Completed", order)]
        return [
            {"type": "track", "event": name, "properties": properties, "messageId": f"{number}.{i}", **who}
            for i, (name, properties) in enumerate(calls)
        ]


@pytest.mark.slow
def test_killed_again_and_again_under_load(tmp_path: Path):
    shop = Shop.open(tmp_path)
    shop.apply(parse_file(SHOP))
    key = shop.keys.secret
    shop.close()
    story, chance = Story(), random.Random(7)
    sent: list[list[dict[str, object]]] = []
    acknowledged: list[str] = []
    for _ in range(ROUNDS):
        with serving(tmp_path) as (process, base):
            crowd = Crowd(base, key, story.batch)
            crowd.wait_for_answer()
            time.sleep(chance.uniform(0, 0.7))
            process.kill()
            crowd.join()
        sent += crowd.sent
        acknowledged += crowd.acknowledged
        held = log_of(tmp_path)
        assert not set(acknowledged) - held.keys(), "acknowledged events are gone"
        assert set(held.values()) <= {1}
    assert len(acknowledged) > 100, "the crowd was never answered"

    with serving(tmp_path) as (_, base), httpx.Client(base_url=base, auth=(key, ""), verify=False) as client:
        for batch in sent:
            assert client.post("/v1/batch", json={"batch": batch}).json()["rejected"] == []
        window = {"from": "2000-01-01", "until": "2100-01-01"}
        told = client.get("/v1/stats/summary", params=window).json()
        rows = client.get("/v1/stats/communications", params=window).json()["rows"]
    assert log_of(tmp_path) == Counter({str(event["messageId"]): 1 for batch in sent for event in batch})
    assert (told["orders"], told["revenue"]) == (story.orders, story.orders * 1000)
    assert rows[0]["raw"] == {"shown": 0, "clicked": story.clicks, "hovered": 0, "discarded": 0, "withheld": 0}


def log_of(data: Path) -> Counter[str]:
    """How often each message id is in the log, state and day files together."""
    shop = Shop.open(data)
    try:
        with shop.state.read() as conn:
            batches = events.stream(conn, shop.history, 10_000)
            return Counter(event.message_id for batch in batches for event in batch)
    finally:
        shop.close()
