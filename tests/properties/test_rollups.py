"""Rollups are exact: any window at any instant, whatever was summed up before or between arrivals, is what a recount says."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper import stats
from shopkeeper.engine.derive import take_in
from shopkeeper.engine.shop import Shop
from shopkeeper.model.events import Event
from shopkeeper.model.time import DAY, HOUR, MINUTE
from shopkeeper.stats import Facts, Window
from shopkeeper.storage import Connection
from tests.properties.play import cut, undone
from tests.properties.worlds import START, Call, Copy, arrive, worlds

examples = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
sizes = st.integers(1, 4).map(lambda size: [size] * 40)
# Around the times of the worlds: to the microsecond, at full hours, and far outside.
instants = st.sampled_from(
    [
        st.integers(START - 2 * DAY, START + 12 * DAY),
        st.integers(-48, 12 * 24).map(lambda hour: START + hour * HOUR),
        st.integers(-10, 300).map(lambda minute: START + minute * MINUTE),
        st.integers(0, 11).map(lambda step: START + step * 19 * MINUTE),
        st.sampled_from([START - DAY, START + 30 * DAY]),
    ]
).flatmap(lambda chosen: chosen)
_acts = st.builds(
    lambda act, id_, zone, version: {
        "type": "track",
        "event": f"Communication {act}",
        "properties": {"communication_id": id_, "zone": zone, "element_id": "button", "version": version},
    },
    st.sampled_from(["Shown", "Clicked", "Shown", "Clicked", "Withheld"]),
    st.sampled_from(["hero-tea", "note-cup"]),
    st.sampled_from(["hero", "side"]),
    st.sampled_from([1, "1/loud", "1/control"]),
)
_orders = st.builds(
    lambda number: {
        "type": "track",
        "event": "Order Completed",
        "properties": {"order_id": f"o{number}", "products": [{"product_id": "tea", "price": 10}]},
    },
    st.integers(1, 3),
)
_rest = [st.just({"type": "page"}), _orders, st.just({"type": "identify", "userId": "ann"})]
_said = st.sampled_from([_acts] * 7 + _rest).flatmap(lambda chosen: chosen)
_calls = st.builds(
    lambda body, device, minutes: Call(body | {"anonymousId": device}, START + minutes * MINUTE),
    _said,
    st.sampled_from(["d1", "d1", "d1", "d2"]),
    st.integers(0, 11).map(lambda step: step * 19),
)

_copies = st.builds(
    Copy, late=st.sampled_from([0, 0, 40 * MINUTE]), server=st.just(False), flags=st.just(0), consent=st.none()
)


@st.composite
def visits(draw: st.DrawFn) -> list[Event]:
    """A few sessions of hours, with something every 19 minutes, or half an hour apart where an event is late."""
    said = draw(st.lists(st.tuples(_calls, st.lists(_copies, min_size=1, max_size=2)), min_size=14, max_size=28))
    return [arrive(call, f"m{number}", copy) for number, (call, made) in enumerate(said) for copy in made]


chances = st.integers(0, 2**32).map(random.Random)
lives = st.sampled_from([visits(), visits(), visits(), worlds()]).flatmap(lambda chosen: chosen)
windows = st.tuples(instants, instants).map(sorted).filter(lambda w: w[0] < w[1]).map(lambda w: Window(*w))


def recount(conn: Connection, window: Window) -> dict[tuple[str, str], tuple[int, int]]:
    """(communication, act) -> (sessions, raw), straight from the rows."""
    sql = (
        "SELECT communication, act, COUNT(DISTINCT device || ' ' || CAST(session AS TEXT)), COUNT(*) "
        "FROM attribution_interactions WHERE communication <> '' AND at >= ? AND at < ? GROUP BY 1, 2"
    )
    return {(c, act): (int(sessions), int(raw)) for c, act, sessions, raw in conn.rows(sql, window)}


def summed(facts: Facts) -> dict[tuple[str, str], tuple[int, int]]:
    sessions: Counter[tuple[str, str]] = Counter()
    raw: Counter[tuple[str, str]] = Counter()
    for place, counted in facts.acts().items():
        sessions[place.communication, place.act] += counted.sessions
        raw[place.communication, place.act] += counted.raw
    return {key: (sessions[key], raw[key]) for key in sessions | raw}


def sum_hours(conn: Connection, shop: Shop, chance) -> None:
    """Sum some of the hours up, as a job would that is interrupted at any time."""
    hours = stats.next_unsummed(conn, START + 20 * DAY, 10_000)
    for hour in chance.sample(hours, chance.choice([0, len(hours) // 2, len(hours)])):
        stats.sum_up(conn, shop.plan, hour)


@examples
@given(lives, chances, sizes, st.lists(windows, min_size=1, max_size=4))
def test_a_window_is_what_a_recount_says(shop: Shop, arrived: list[Event], chance, sizes, asked: list[Window]):
    with undone(shop) as conn:
        for batch in cut(chance.sample(arrived, len(arrived)), sizes):
            take_in(conn, shop.desk(), batch)
            sum_hours(conn, shop, chance)
        for window in asked:
            facts, plain = Facts(conn, shop.plan, window), Facts(conn, shop.plan, window, from_rows=True)
            assert summed(facts) == recount(conn, window)
            assert facts.acts() == plain.acts()
            assert facts.earned() == plain.earned()
            assert facts.sold() == plain.sold()
            for kind in stats.CLICKED_BY:
                assert facts.clicked_days(kind) == plain.clicked_days(kind)


@examples
@given(lives, windows, chances)
def test_rollups_of_one_communication_are_those_of_all(shop: Shop, arrived: list[Event], window: Window, chance):
    with undone(shop) as conn:
        take_in(conn, shop.desk(), arrived)
        sum_hours(conn, shop, chance)
        facts = Facts(conn, shop.plan, window)
        parts = {p: n for id_ in shop.plan.served for p, n in facts.acts([id_]).items()}
        assert parts == {place: n for place, n in facts.acts().items() if place.communication in shop.plan.served}


def added(rows: list[stats.PanelRow]) -> dict[str, int]:
    """Every figure, added up over the rows."""
    return {name: sum(getattr(row, name) for row in rows) for name in stats.PanelRow.__struct_fields__[1:]}


@examples
@given(lives, windows, chances, sizes)
def test_every_cut_of_a_panel_adds_up_to_the_same(shop: Shop, arrived: list[Event], window: Window, chance, sizes):
    with undone(shop) as conn:
        for batch in cut(chance.sample(arrived, len(arrived)), sizes):
            take_in(conn, shop.desk(), batch)
            sum_hours(conn, shop, chance)
        cuts = [added(stats.panel(conn, shop.plan, window, by)) for by in ("communication", "zone", "device", "day")]
        everybody = {row[0] for row in conn.rows("SELECT DISTINCT person FROM attribution_interactions")}
        everybody |= {row[0] for row in conn.rows("SELECT DISTINCT person FROM orders_orders")}
        assert cuts == [added(stats.panel_of_groups(conn, shop.plan, window, {"all": everybody}, ()))] * 4


@examples
@given(lives, windows, chances, sizes)
def test_a_figure_is_as_long_as_the_list_behind_it(shop: Shop, arrived: list[Event], window: Window, chance, sizes):
    with undone(shop) as conn:
        for batch in cut(chance.sample(arrived, len(arrived)), sizes):
            take_in(conn, shop.desk(), batch)
            sum_hours(conn, shop, chance)
        figures = stats.figures(conn, shop.plan, window)
        for row in figures.communications:
            for figure in ("instances", "clicks", "orders"):
                told = stats.behind(conn, shop.plan, window, figure, "communication", row.communication)
                assert len(told) == getattr(row, figure)
        for campaign in figures.campaigns:
            for figure in ("instances", "clicks", "started", "profiles", "orders"):
                told = stats.behind(conn, shop.plan, window, figure, "campaign", campaign.campaign)
                assert len(told) == getattr(campaign, figure)
            told = stats.behind(conn, shop.plan, window, "value", "campaign", campaign.campaign)
            assert sum(row.value or 0 for row in told) == campaign.value
        for side in stats.variants(conn, shop.plan, window):
            for figure in ("people", "mixed", "instances", "clicks", "hovered", "orders", "withheld"):
                key = f"{side.communication}/{side.variant}"
                told = stats.behind(conn, shop.plan, window, figure, "variant", key)
                assert len(told) == getattr(side, figure), (figure, key)


@examples
@given(lives, chances, sizes)
def test_the_audit_finds_nothing_whatever_arrived(shop: Shop, arrived: list[Event], chance, sizes):
    with undone(shop) as conn:
        for batch in cut(chance.sample(arrived, len(arrived)), sizes):
            take_in(conn, shop.desk(), batch)
            sum_hours(conn, shop, chance)
        found = stats.audit(conn, shop.plan)
        assert found.clean, found
        whole = stats.whole_period(conn)
        for row in found.reconciliation:
            totals = stats.Facts(conn, shop.plan, whole).sold()
            assert row.revenue == sum(net for (_, currency), (_, net, _) in totals.items() if currency == row.currency)
