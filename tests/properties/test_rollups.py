"""Rollups are exact: any window at any instant, whatever was summed up before or between arrivals, is what a recount says."""

from __future__ import annotations

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
from tests.properties.worlds import START, worlds

examples = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
sizes = st.lists(st.integers(1, 6), max_size=8)
# Around the times of the worlds: to the microsecond, at full hours, and far outside.
instants = st.one_of(
    st.integers(START - 2 * DAY, START + 12 * DAY),
    st.integers(-48, 12 * 24).map(lambda hour: START + hour * HOUR),
    st.integers(-30, 30).map(lambda us: START + us),
    st.integers(-200, 200).map(lambda minutes: START + minutes * MINUTE),
)
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
    for hour in chance.sample(hours, chance.randint(0, len(hours))):
        stats.sum_up(conn, shop.plan, hour)


@examples
@given(worlds(), st.randoms(use_true_random=False), sizes, st.lists(windows, min_size=1, max_size=4))
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
@given(worlds(), windows, st.randoms(use_true_random=False))
def test_rollups_of_one_communication_are_those_of_all(shop: Shop, arrived: list[Event], window: Window, chance):
    with undone(shop) as conn:
        take_in(conn, shop.desk(), arrived)
        sum_hours(conn, shop, chance)
        facts = Facts(conn, shop.plan, window)
        parts = {p: n for id_ in shop.plan.served for p, n in facts.acts([id_]).items()}
        assert parts == {place: n for place, n in facts.acts().items() if place.communication in shop.plan.served}
