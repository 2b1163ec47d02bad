"""Rollups after late arrivals: an hour that was summed up is summed up again when something earlier changes it."""

from __future__ import annotations

from shopkeeper import stats
from shopkeeper.model.time import DAY, HOUR, MINUTE
from shopkeeper.stats import Facts, Window
from tests.admin.seed import NOW, Little

NINE = NOW - NOW % DAY - DAY + 9 * HOUR
WINDOW = Window(NINE - DAY, NINE + DAY)


def sum_all(little: Little) -> None:
    with little.shop.state.write() as conn:
        for hour in stats.next_unsummed(conn, NOW + DAY, 10_000):
            stats.sum_up(conn, little.shop.plan, hour)


def facts(little: Little, *, summed: int = 0) -> tuple[int, int, int]:
    """(instances, clicks, order credit) of everything; `summed` hours at least stem from rollups."""
    with little.shop.state.read() as conn:
        found = Facts(conn, little.shop.plan, WINDOW)
        plain = Facts(conn, little.shop.plan, WINDOW, from_rows=True)
        assert found.acts() == plain.acts()
        assert found.earned() == plain.earned()
        assert len(found.hours) >= summed
        sessions = {
            act: sum(n.sessions for p, n in found.acts().items() if p.act == act) for act in ("shown", "clicked")
        }
        return sessions["shown"], sessions["clicked"], sum(value for _, value, _ in found.earned().values())


def at(little: Little, minutes: int, act: str = "Shown") -> None:
    little.send(little.act(NINE + minutes * MINUTE, "d1", act, "spring-hero"))


def test_an_act_before_the_first_takes_its_place(little: Little):
    little.define()
    at(little, 70)
    little.send(*(little.event(NINE + minutes * MINUTE, "d1") for minutes in (30, 55)))
    sum_all(little)
    assert facts(little, summed=1) == (1, 0, 0)
    at(little, 45)
    assert facts(little) == (1, 0, 0)
    sum_all(little)
    assert facts(little, summed=2) == (1, 0, 0)


def test_two_sessions_joined_by_a_late_page_count_once(little: Little):
    little.define()
    at(little, 30)
    at(little, 75)
    sum_all(little)
    assert facts(little, summed=2) == (2, 0, 0)
    little.send(little.event(NINE + 50 * MINUTE, "d1"))
    assert facts(little) == (1, 0, 0)
    sum_all(little)
    assert facts(little, summed=2) == (1, 0, 0)


def test_a_late_click_earns_an_order_of_an_hour_that_was_summed_up(little: Little):
    little.define()
    little.send(little.order(NINE + 5 * HOUR, "d1", "o1", "ann", ("tea-1", 5.5)))
    sum_all(little)
    assert facts(little, summed=1) == (0, 0, 0)
    at(little, 0, "Clicked")
    assert facts(little) == (0, 1, 550)


def test_a_session_over_three_hours_counts_once_in_any_window(little: Little):
    little.define()
    for minutes in range(0, 150, 25):
        at(little, minutes)
    sum_all(little)
    with little.shop.state.read() as conn:
        for start in range(-10, 150, 7):
            for end in range(start + 1, 160, 13):
                window = Window(NINE + start * MINUTE, NINE + end * MINUTE)
                counts = Facts(conn, little.shop.plan, window).acts()
                expected = any(start <= minutes < end for minutes in range(0, 150, 25))
                assert sum(n.sessions for n in counts.values()) == int(expected)


def test_the_days_of_a_window_add_up_to_it(little: Little):
    little.define()
    for hour in range(0, 48, 5):
        at(little, (hour - 24) * 60)
    sum_all(little)
    with little.shop.state.read() as conn:
        counts = Facts(conn, little.shop.plan, Window(NINE - DAY, NINE + DAY)).acts()
    assert sum(n.sessions for n in counts.values()) == 10
    assert len({place.day for place in counts}) == 3
