"""What must hold for credit in any little world: money is conserved, names and dates do not matter, noise changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper import attribution, orders
from shopkeeper.attribution import Credit
from shopkeeper.engine.derive import take_in
from shopkeeper.engine.shop import Shop
from shopkeeper.model.definitions import Attribution, Rate
from shopkeeper.model.events import Event
from shopkeeper.model.time import DAY, HOUR
from shopkeeper.orders import Order
from shopkeeper.storage import Connection
from tests.properties.play import cut, undone
from tests.properties.worlds import SHOP, START, Call, Copy, arrive, busy_worlds, worlds

examples = settings(
    max_examples=max(settings().max_examples // 2, 1),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
models = st.sampled_from(["last", "first", "linear", "position", "decay", "shapley"])
rule_sets = st.builds(
    Attribution,
    order_lookback=st.sampled_from(["session", "1h", "24h", "7d"]),
    product_lookback=st.sampled_from(["1h", "7d"]),
    model=models,
    half_life=st.sampled_from(["1h", "7d"]),
)
NAMES = {"d1": "z9", "d2": "z8", "u:ann": "u:zoe", "ann": "zoe"}


@contextmanager
def under(shop: Shop, chosen: Attribution, rates: tuple[Rate, ...] = ()) -> Iterator[None]:
    """The shop with other rules for a while."""
    plan = shop.plan
    shop.plan = type(plan)(
        7,
        msgspec.structs.replace(SHOP, attribution=chosen, rates=rates),
        {},
        plan.served,
        segments=plan.segments,
        rule_version=7,
    )
    try:
        yield
    finally:
        shop.plan = plan


def credits_now(conn: Connection) -> list[Credit]:
    """Every entry that holds."""
    return sorted((entry.credit for order in all_orders(conn) for entry in held(conn, order.order_id)), key=repr)


def held(conn: Connection, order_id: str) -> list[attribution.LedgerEntry]:
    """What is left of an order's ledger when reversals are taken from what they reverse."""
    left: dict[tuple[object, ...], list[attribution.LedgerEntry]] = {}
    for entry in attribution.ledger(conn, order_id):
        c = entry.credit
        key = (c.line, c.touch_at, c.touch_id, abs(c.value), abs(c.refunded), c.share, c.campaign, c.zone, c.currency)
        if entry.sign > 0:
            left.setdefault(key, []).append(entry)
        else:
            left[key].pop()
    return [entry for entries in left.values() for entry in entries]


def all_orders(conn: Connection) -> list[Order]:
    found = orders.orders_of(conn, orders.buyers(conn), 0, 1 << 62)
    return [order for own in found.values() for order in own]


def played(shop: Shop, batches: list[list[Event]]) -> list[Credit]:
    with undone(shop) as conn:
        for batch in batches:
            take_in(conn, shop.desk(), batch)
        assert attribution.ledger_differences(conn) == []
        return credits_now(conn)


def told(credit: Credit, shift: int = 0) -> tuple[object, ...]:
    """An entry without the name of the person."""
    return (
        credit.order_id,
        credit.line,
        credit.at - shift,
        credit.communication,
        credit.value,
        credit.touch_at - shift,
    )


@examples
@given(
    busy_worlds(), rule_sets, st.booleans(), st.lists(st.integers(1, 6), max_size=6), st.randoms(use_true_random=False)
)
def test_money_is_conserved(shop: Shop, arrived: list[Event], chosen: Attribution, rated: bool, sizes, chance):
    rates = (Rate("USD", 0.9), Rate("JPY", 0.006)) if rated else ()
    with under(shop, chosen, rates), undone(shop) as conn:
        for batch in cut(chance.sample(arrived, len(arrived)), sizes):
            take_in(conn, shop.desk(), batch)
        assert attribution.ledger_differences(conn) == []
        given_, lines, shares, leads = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
        for credit in credits_now(conn):
            if credit.line < 0:
                given_[credit.order_id] += credit.value
                shares[credit.order_id] += credit.share
                leads[credit.order_id] += credit.leads
            else:
                lines[credit.order_id] += credit.value
        for order in all_orders(conn):
            assert 0 <= order.refunded <= max(order.value, 0)
            if order.order_id in given_:
                assert order.counts and given_[order.order_id] == order.net
                assert (shares[order.order_id], leads[order.order_id]) == (1_000_000, 1)
            assert 0 <= lines[order.order_id] <= max(order.net, 0)


@examples
@given(worlds(), rule_sets)
def test_the_ledger_adds_up_whatever_is_said(shop: Shop, arrived: list[Event], chosen: Attribution):
    with under(shop, chosen):
        played(shop, [[event] for event in arrived])


@examples
@given(busy_worlds(), rule_sets)
def test_names_do_not_matter(shop: Shop, arrived: list[Event], chosen: Attribution):
    renamed = [
        msgspec.structs.replace(e, device=NAMES.get(e.device, e.device), user=NAMES.get(e.user or "", e.user))
        for e in arrived
    ]
    with under(shop, chosen):
        assert list(map(told, played(shop, [arrived]))) == list(map(told, played(shop, [renamed])))


@examples
@given(busy_worlds(), rule_sets, st.sampled_from([1, HOUR + 7, 400 * DAY]))
def test_dates_do_not_matter(shop: Shop, arrived: list[Event], chosen: Attribution, by: int):
    later = [
        msgspec.structs.replace(e, occurred_at=e.occurred_at + by, received_at=e.received_at + by) for e in arrived
    ]
    with under(shop, chosen):
        assert sorted(map(told, played(shop, [arrived]))) == sorted(told(c, by) for c in played(shop, [later]))


@examples
@given(busy_worlds(), rule_sets.filter(lambda r: r.order_lookback != "session"), st.data())
def test_what_is_no_touch_changes_nothing(shop: Shop, arrived: list[Event], chosen: Attribution, data: st.DataObject):
    acts = data.draw(st.lists(st.sampled_from(["Shown", "Discarded"]), min_size=1, max_size=5))
    noise = [
        _event(f"Communication {act}", START + number * HOUR, f"n{number}", communication_id="pop-tea")
        for number, act in enumerate(acts)
    ]
    noise.append(_event("Communication Hovered", START + HOUR, "nh", communication_id="hero-tea"))
    noise.append(_event("Product Viewed", START + HOUR, "nv", product_id="tea"))
    with under(shop, chosen):
        assert played(shop, [arrived]) == played(shop, [[*noise, *arrived]])


@examples
@given(busy_worlds(), rule_sets, st.integers(0, 9 * 24))
def test_no_touch_reaches_back(shop: Shop, arrived: list[Event], chosen: Attribution, hours: int):
    since = START + hours * HOUR
    click = _event("Communication Clicked", since, "late", communication_id="hero-tea", element_id="button")
    with under(shop, chosen):
        before, after = played(shop, [arrived]), played(shop, [arrived, [click]])
    assert [c for c in before if c.at < since] == [c for c in after if c.at < since]


@examples
@given(busy_worlds(), rule_sets, st.permutations(["d1", "d2"]))
def test_the_order_of_merges_does_not_matter(shop: Shop, arrived: list[Event], chosen: Attribution, devices: list[str]):
    said = [
        arrive(
            Call({"type": "identify", "userId": "ann", "anonymousId": device, "traits": {}}, START - HOUR),
            f"who-{device}",
            Copy(late=0, server=True, flags=0, consent=None),
        )
        for device in ("d1", "d2")
    ]
    turned = sorted(said, key=lambda e: devices.index(e.device))
    with under(shop, chosen):
        first = played(shop, [said, arrived])
        assert sorted(map(told, first)) == sorted(map(told, played(shop, [arrived, [turned[0]], [turned[1]]])))


def _event(name: str, at: int, message_id: str, **properties: str) -> Event:
    body = {"type": "track", "event": name, "anonymousId": "d1", "properties": properties}
    return arrive(Call(body, at), message_id, Copy(late=0, server=True, flags=0, consent=None))
