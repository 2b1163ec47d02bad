"""segment-analytics-python, unmodified, pointed at a real server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from segment.analytics import request as transport
from segment.analytics.client import Client

from shopkeeper.model.events import Flag
from shopkeeper.model.time import parse_time
from tests.serving import Served

WHEN = datetime(2026, 3, 1, 10, 0, 0, 250_000, tzinfo=UTC)


def client(served: Served, key: str, **options: Any) -> tuple[Client, list[Exception]]:
    """A client as its documentation makes one, and the failures it is told of."""
    failures: list[Exception] = []
    made = Client(key, host=served.base, on_error=lambda error, _items: failures.append(error), **options)
    return made, failures


@pytest.mark.parametrize("gzip", [False, True])
def test_all_its_calls_arrive(served: Served, gzip: bool):
    analytics, failures = client(served, served.keys.secret, gzip=gzip)
    analytics.track(
        "customer-7", "Product Viewed", {"product_id": "tea-1", "price": 12.25, "none": None}, timestamp=WHEN
    )
    analytics.page("customer-7", "Docs", "Home", {"url": "https://shop.example/?utm_source=mail"}, timestamp=WHEN)
    analytics.screen("customer-7", "App", "Basket")
    analytics.identify("customer-7", {"email": "ann@shop.example"}, anonymous_id="ann")
    analytics.group("customer-7", "club", {"plan": "gold"})
    analytics.alias("ann", "customer-7")
    analytics.shutdown()
    assert failures == []
    found = served.events()
    names = ["$alias", "$group", "$identify", "$page", "$page", "Product Viewed"]
    assert sorted(event.name for event in found) == names
    viewed = next(event for event in found if event.name == "Product Viewed")
    assert (viewed.user, viewed.device) == ("customer-7", "user:customer-7")
    assert viewed.properties == {"product_id": "tea-1", "price": 12.25, "none": None}
    assert abs(viewed.occurred_at - parse_time("2026-03-01T10:00:00.250Z")) < 5_000_000
    assert viewed.flags & Flag.SERVER and viewed.verified


def test_an_order_is_attributed(served: Served):
    analytics, failures = client(served, served.keys.secret)
    analytics.track(
        anonymous_id="ann",
        event="Communication Clicked",
        properties={"communication_id": "spring-hero", "element_id": "button"},
    )
    analytics.flush()
    order = {"order_id": "1001", "currency": "EUR", "total": 24.5, "products": [{"product_id": "tea-1", "price": 24.5}]}
    analytics.track("customer-7", "Order Completed", order, anonymous_id="ann")
    analytics.shutdown()
    assert failures == []
    explained = served.get("/v1/orders/1001/explain").json()
    assert explained["order_credit"] == {"campaign": "spring-tea", "communication": "spring-hero"}


def test_a_hundred_and_more_go_in_several_batches(served: Served):
    analytics, failures = client(served, served.keys.write, gzip=True)
    for number in range(250):
        analytics.track(anonymous_id="ann", event="Counted", properties={"number": number})
    analytics.shutdown()
    assert failures == []
    assert sorted(event.properties["number"] for event in served.events()) == list(range(250))


def test_what_it_sends_again_has_no_second_effect(served: Served, monkeypatch: pytest.MonkeyPatch):
    """The answer is lost on its way back once, as in a timeout; the client's own retry sends the batch again."""
    post = transport._session.post
    lost: list[Any] = []

    def lossy(*arguments: Any, **options: Any) -> Any:
        answer = post(*arguments, **options)
        if not lost:
            lost.append(answer)
            raise ConnectionError("the answer was lost")
        return answer

    monkeypatch.setattr(transport._session, "post", lossy)
    analytics, failures = client(served, served.keys.secret)
    analytics.track("customer-7", "Order Completed", {"order_id": "1001", "total": 20})
    analytics.shutdown()
    assert failures == [] and len(lost) == 1
    assert len(served.events()) == 1
    assert served.get("/v1/stats/summary").json()["orders"] == 1


def test_it_is_told_of_a_wrong_key(served: Served):
    analytics, failures = client(served, "nobody", max_retries=0)
    analytics.track("customer-7", "Product Viewed")
    analytics.shutdown()
    assert failures and "key" in str(failures[0])
