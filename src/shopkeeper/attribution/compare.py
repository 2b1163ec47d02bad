"""The same touches and orders reckoned in other ways: by every model, with every lookback, under other rules.

Nothing here is stored. Orders are those placed in [start, end) that count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from shopkeeper import orders
from shopkeeper.attribution import store
from shopkeeper.attribution.credit import TOGETHER, credits_of
from shopkeeper.attribution.past import Meaning, Past, meant, pasts, sale_of
from shopkeeper.attribution.rules.markov import Ended, removal_weights
from shopkeeper.attribution.rules.models import MODELS
from shopkeeper.attribution.rules.paths import path_to, steps_of
from shopkeeper.attribution.rules.reckon import order_credits
from shopkeeper.attribution.rules.words import WHOLE, WHOLE_ORDER, Credit, Rules, Touch
from shopkeeper.attribution.ruleset import lookback_of, read_rules, rules_of
from shopkeeper.campaigns import Plan
from shopkeeper.catalogue import Catalogue
from shopkeeper.model.definitions import Attribution
from shopkeeper.model.money import spread
from shopkeeper.storage import Connection

MARKOV = "markov"
ALL_MODELS = (*MODELS, MARKOV)
LOOKBACKS = ("session", "1h", "24h", "7d", "30d")
"""The strip every figure can be shown on."""
State = tuple[str, str]
"""(campaign, communication)"""
NOWHERE: State = ("", "")
"""What a path that led to no order ends in."""


class Reckoned(msgspec.Struct, frozen=True):
    """What a communication earns of the orders of a window under one model or lookback."""

    under: str
    """The model or the lookback."""
    currency: str
    campaign: str
    communication: str
    orders: float
    """Shares of orders added up; whole where one touch takes all."""
    value: int
    """Minor units, net of refunds."""


class Side(msgspec.Struct, frozen=True):
    """What one rule set gives a communication: order credit and click total, minor units."""

    orders: int = 0
    value: int = 0
    click_total: int = 0


class Previewed(msgspec.Struct, frozen=True):
    """A communication under the rules in force and under those that were asked about."""

    currency: str
    campaign: str
    communication: str
    now: Side
    then: Side


def model_comparison(conn: Connection, plan: Plan, catalogue: Catalogue, start: int, end: int) -> list[Reckoned]:
    """Order credit by every model over the same touches, with the lookback in force.

    Per currency every model shares the same total: the net value of the orders that have a touch at all.
    """
    rules, found = rules_of(plan), _Sums()
    paths: Counter[tuple[State, ...]] = Counter()
    totals: dict[str, list[int]] = {}
    for past, used in _met(conn, Meaning(plan, catalogue), rules, start, end):
        for sale in past.sales:
            steps = steps_of(path_to(sale, past.touches, rules.order_lookback))
            if not steps:
                continue
            paths[tuple(map(_state, steps))] += 1
            total = totals.setdefault(sale.currency, [0, 0])
            total[0] += 1
            total[1] += sale.net
            for model in MODELS:
                other = msgspec.structs.replace(rules, model=model)
                found.add(model, order_credits(sale, past.person, past.touches, other))
        paths.update((*path, NOWHERE) for path in used)
    return [*found.rows(), *_markov(paths, totals)]


def lookback_strip(conn: Connection, plan: Plan, catalogue: Catalogue, start: int, end: int) -> list[Reckoned]:
    """Order credit by the model in force with each lookback of the strip: how much of a figure is the window's."""
    found = _Sums()
    rules = [msgspec.structs.replace(rules_of(plan), order_lookback=lookback_of(text)) for text in LOOKBACKS]
    # The session's rules come first: they look back farthest and ask when sessions were over.
    for past in _pasts(conn, Meaning(plan, catalogue), rules[0], start, end):
        for text, each in zip(LOOKBACKS, rules, strict=True):
            for sale in past.sales:
                if sale.at >= start:
                    found.add(text, order_credits(sale, past.person, past.touches, each))
    return found.rows()


def preview(
    conn: Connection, plan: Plan, catalogue: Catalogue, chosen: Attribution, start: int, end: int
) -> list[Previewed]:
    """What each communication has and what it would have under other rules. Nothing is switched."""
    now: dict[tuple[str, str, str], Side] = {}
    then: dict[tuple[str, str, str], Side] = {}
    for credit in store.credits_between(conn, start, end):
        _put(now, credit)
    rules = read_rules(chosen, plan.rule_version + 1)
    for past in _pasts(conn, Meaning(plan, catalogue), rules, start, end):
        for credit in credits_of(past, rules, start, end - 1):
            _put(then, credit)
    return [Previewed(*key, now.get(key, Side()), then.get(key, Side())) for key in sorted(now.keys() | then.keys())]


class _Sums:
    """Credits added up by (model or lookback, currency, campaign, communication)."""

    def __init__(self) -> None:
        self.shares: Counter[tuple[str, str, str, str]] = Counter()
        self.values: Counter[tuple[str, str, str, str]] = Counter()

    def add(self, under: str, credits: Iterable[Credit]) -> None:
        for credit in credits:
            key = (under, credit.currency, credit.campaign, credit.communication)
            self.shares[key] += credit.share
            self.values[key] += credit.value

    def rows(self) -> list[Reckoned]:
        return [Reckoned(*key, share / WHOLE, self.values[key]) for key, share in sorted(self.shares.items())]


def _put(sides: dict[tuple[str, str, str], Side], credit: Credit) -> None:
    key = (credit.currency, credit.campaign, credit.communication)
    side = sides.get(key, Side())
    if credit.line == WHOLE_ORDER:
        sides[key] = Side(side.orders + credit.leads, side.value + credit.value, side.click_total)
    else:
        sides[key] = Side(side.orders, side.value, side.click_total + credit.value)


def _markov(paths: Counter[tuple[State, ...]], totals: dict[str, list[int]]) -> Iterator[Reckoned]:
    """The chain over all paths; what it gives, each currency is shared by."""
    ended: dict[tuple[str, ...], Ended] = {}
    states: dict[str, State] = {}
    for path, count in paths.items():
        nothing = path[-1] == NOWHERE
        steps = path[:-1] if nothing else path
        states.update({"\0".join(state): state for state in steps})
        key = tuple("\0".join(state) for state in steps)
        before = ended.get(key, Ended())
        ended[key] = Ended(before.orders, count) if nothing else Ended(count, before.nothing)
    weights = {state: weight for state, weight in removal_weights(ended).items() if weight}
    for currency, (count, value) in sorted(totals.items()):
        shares = spread(count * WHOLE, [*weights.values()])
        values = spread(value, [*weights.values()])
        for state, share, worth in zip(weights, shares, values, strict=True):
            yield Reckoned(MARKOV, currency, *states[state], share / WHOLE, worth)


def _state(touch: Touch) -> State:
    return (touch.campaign, touch.communication)


def _pasts(conn: Connection, meaning: Meaning, rules: Rules, start: int, end: int) -> Iterator[Past]:
    """The pasts of those who ordered in [start, end), with earlier orders that may have used up clicks."""
    buyers = orders.buyers(conn, start, end)
    for place in range(0, len(buyers), TOGETHER):
        known = orders.orders_of(conn, buyers[place : place + TOGETHER], start - rules.product_lookback, end - 1)
        yield from pasts(conn, meaning, rules, known, end)


def _met(
    conn: Connection, meaning: Meaning, rules: Rules, start: int, end: int
) -> Iterator[tuple[Past, list[tuple[State, ...]]]]:
    """Everybody who ordered or was touched in [start, end), with the paths of theirs that led to no order."""
    people = sorted({*orders.buyers(conn, start, end), *store.touched(conn, start, end)})
    for place in range(0, len(people), TOGETHER):
        together = people[place : place + TOGETHER]
        known = orders.orders_of(conn, together, start, end - 1)
        touches = meant(conn, meaning, rules, store.touches_of(conn, together, start - rules.reach, end - 1))
        sales = {p: [sale_of(o, meaning.catalogue) for o in own if o.counts] for p, own in known.items()}
        for person, own in touches.items():
            past = Past(person, sales.get(person, []), own, [], ())
            yield past, list(_leading_nowhere(past, rules, start))


def _leading_nowhere(past: Past, rules: Rules, start: int) -> Iterator[tuple[State, ...]]:
    """Touches since `start` that no order looks back at, in paths: neighbours no farther apart than the lookback."""
    used = {t.event_id for sale in past.sales for t in path_to(sale, past.touches, rules.order_lookback)}
    path: list[Touch] = []
    for touch in past.touches:
        if touch.at < start:
            continue
        if path and (touch.event_id in used or _apart(path[-1], touch, rules.order_lookback)):
            yield tuple(map(_state, steps_of(path)))
            path = []
        if touch.event_id not in used:
            path.append(touch)
    if path:
        yield tuple(map(_state, steps_of(path)))


def _apart(one: Touch, other: Touch, lookback: int | None) -> bool:
    return one.session != other.session if lookback is None else other.at - one.at > lookback
