"""What is foretold of each customer whatever they buy: whether they come back, what they will spend, when they order next.

All of it is learned on the shop's own past, over the longest span that can be checked there, and judged on a span that was
held out. Where the past is too short nothing is foretold.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from shopkeeper.forecasts.index import CUSTOMER, Index, People, Visits, people, visits
from shopkeeper.forecasts.judge import calibration, expected_error, measure
from shopkeeper.forecasts.newton import Group, newton, sigmoid
from shopkeeper.forecasts.purchases import Doubles, Flags, Floats, Ints, Products, Purchases
from shopkeeper.forecasts.sample import sample
from shopkeeper.forecasts.space import Space

SPANS = (364, 182, 91, 56, 28)
"""Days that may be foretold; the longest is taken of which the past holds three."""
LEAST_PEOPLE = 50
CELLS, OF_A_CELL = 20, 50
"""Customers are put together by what they are expected to spend, so many cells at most of so many people at least; each
cell's own past gives the mean and the interval.
"""
LOW, HIGH = 0.1, 0.9
STRENGTH = 10.0
STEADY = 2.0
"""Gaps of the shop that a customer's own gaps are shrunk towards."""
SPEND = CUSTOMER.index("spend_90")
GIVEN_UP = 3.0
"""Usual gaps after which a product counts as bought no more."""
FAR = 730
"""Days beyond which no next order is foretold."""


class Foretold(NamedTuple):
    """For each customer; nan where nothing can be said."""

    churn: Floats
    """Chance of no order within the span."""
    value: Floats
    """Expected net spending within the span, in minor units."""
    value_low: Floats
    value_high: Floats
    """Eight of ten customers like them spent between these."""
    next_order: Floats
    """Days until the next order: one of two customers like them has come back by then."""
    next_low: Floats
    next_high: Floats
    """Eight of ten come back between these."""


class Judged(msgspec.Struct, frozen=True):
    """How well the held-out span was foretold."""

    span: int
    people: int
    churned: float
    """Share of the customers that did not order."""
    churn_foretold: float
    churn_auc: float
    churn_error: float
    """Expected calibration error of the chance."""
    value_mean: float
    value_foretold: float
    """Mean spending of a customer, and what was foretold of it."""
    value_rank: float
    """Spearman correlation of foretold and actual spending."""
    value_inside: float
    """Share of the customers whose spending lay in its interval; .8 is aimed at."""
    next_inside: float
    """Of those who were foretold to be back by the middle of theirs within the span, the share that was; .5 is aimed at."""


class Learned(NamedTuple):
    """Weights of one span."""

    span: int
    mean: Doubles
    spread: Doubles
    churn: Doubles
    edges: Doubles
    """Edges of the cells, by the score of spending."""
    cells: Doubles
    """(CELLS, 3): mean and interval of each."""


def foretell(
    purchases: Purchases, products: Products, customers: int, now: int, known: Space
) -> tuple[Foretold, Judged] | None:
    """What is foretold of everybody at `now` (`known` is of that day), and how well it would have been a span ago."""
    days = now - int(purchases.day.min(initial=now))
    span = next((span for span in SPANS if days >= 3 * span), None)
    if span is None:
        return None
    some = sample(purchases, customers)
    held_out, earlier = (people(some.purchases, products, some.customers, now - n * span) for n in (1, 2))
    if min(int(each.past.known.sum()) for each in (held_out, earlier)) < LEAST_PEOPLE:
        return None
    judged = _judge(_learn(earlier, some.purchases, span), held_out, some.purchases)
    return _apply(_learn(held_out, some.purchases, span), People(known.past, known.about)), judged


def _outcome(known: People, purchases: Purchases, span: int) -> tuple[Flags, Doubles]:
    """Who ordered in the span after, and what they spent."""
    after = purchases.between(known.past.day, known.past.day + span)
    spent = np.bincount(after.customer, after.value, known.past.customers)
    return np.bincount(after.customer, minlength=known.past.customers) > 0, np.maximum(spent, 0)


def _learn(known: People, purchases: Purchases, span: int) -> Learned:
    everybody = known.past.known
    came, spent = _outcome(known, purchases, span)
    x = known.about[everybody].astype(np.float64)
    mean, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    design = _design(known.about[everybody], mean, spread)
    penalty = np.full(design.shape[1], STRENGTH)
    penalty[0] = 1e-3
    left = (~came[everybody]).astype(np.float64)
    churn = newton([Group(design, left, np.ones(len(design)), (slice(0, len(penalty)),))], penalty)
    score = _score(known, mean, spread, churn)[everybody]
    edges = np.unique(np.quantile(score, np.linspace(0, 1, cells_of(len(score)) + 1)[1:-1]))
    place = np.searchsorted(edges, score, side="right")
    own = spent[everybody]
    cells = np.array([_cell(own[place == cell], own) for cell in range(len(edges) + 1)])
    return Learned(span, mean, spread, churn, edges, cells)


def cells_of(people: int) -> int:
    """How many cells so many people make."""
    return max(min(CELLS, people // OF_A_CELL), 1)


def _cell(own: Doubles, everybody: Doubles) -> tuple[float, float, float]:
    own = own if len(own) else everybody
    return float(own.mean()), float(np.quantile(own, LOW)), float(np.quantile(own, HIGH))


def _design(about: Floats, mean: Doubles, spread: Doubles) -> Floats:
    scaled = ((about - mean) / spread).astype(np.float32)
    return np.concatenate((np.ones((len(scaled), 1), np.float32), scaled, scaled**2), axis=1)


def _score(known: People, mean: Doubles, spread: Doubles, churn: Doubles) -> Doubles:
    """What spending is expected to go by: what was spent lately, times the chance of coming back."""
    stay = 1 - sigmoid((_design(known.about, mean, spread) @ churn.astype(np.float32)).astype(np.float64))
    return np.asarray(stay * np.expm1(known.about[:, SPEND].astype(np.float64)))


def _apply(learned: Learned, known: People) -> Foretold:
    everybody = known.past.known
    design = _design(known.about, learned.mean, learned.spread)
    churn = sigmoid((design @ learned.churn.astype(np.float32)).astype(np.float64))
    score = _score(known, learned.mean, learned.spread, learned.churn)
    cells = learned.cells[np.searchsorted(learned.edges, score, side="right")]
    columns = [churn, cells[:, 0], cells[:, 1], cells[:, 2], *_next_orders(known.past)]
    return Foretold(*(np.where(everybody, c, np.nan).astype(np.float32) for c in columns))


def _next_orders(index: Index) -> list[Doubles]:
    """Days until the next order: middle and interval, by how long everybody waits measured in their own usual gap
    (Kaplan and Meier's estimate over all waits, those that still last too).
    """
    seen: Visits = visits(index)
    same = seen.customer[1:] == seen.customer[:-1]
    gaps = (seen.age[1:] - seen.age[:-1])[same].astype(np.float64)
    n = index.customers
    count = np.bincount(seen.customer, minlength=n)
    last, first = np.zeros(n), np.zeros(n)
    first[seen.customer] = seen.age
    last[seen.customer[::-1]] = seen.age[::-1]
    usual = float(np.median(gaps)) if len(gaps) else float(FAR)
    own = (first - last + STEADY * usual) / (np.maximum(count - 1, 0) + STEADY)
    own = np.maximum(own, 1.0)
    waits = np.concatenate((gaps / own[seen.customer[1:][same]], last / own))
    ended = np.concatenate((np.ones(len(gaps), bool), np.zeros(n, bool)))
    kept = np.concatenate((np.ones(len(gaps), bool), index.known))
    times, left = _survival(waits[kept], ended[kept])
    now = left[np.maximum(np.searchsorted(times, last / own, side="right") - 1, 0)]
    found = []
    for share in (0.5, 1 - LOW, 1 - HIGH):
        place = np.searchsorted(-left, -now * share)
        until = times[np.minimum(place, len(times) - 1)] * own - last
        found.append(np.where((place < len(times)) & (until <= FAR), np.maximum(until, 0), np.nan))
    return found


def _survival(waits: Doubles, ended: Flags) -> tuple[Doubles, Doubles]:
    """(times, share still waiting after each), from time 0."""
    order = np.lexsort((~ended, waits))
    waits, ended = waits[order], ended[order]
    at_risk = len(waits) - np.arange(len(waits))
    left = np.cumprod(1 - ended / at_risk)
    return np.concatenate(([0.0], waits)), np.concatenate(([1.0], left))


def _judge(learned: Learned, known: People, purchases: Purchases) -> Judged:
    everybody = known.past.known
    came, spent = _outcome(known, purchases, learned.span)
    told = _apply(learned, known)
    churn, gone = told.churn[everybody].astype(np.float64), ~came[everybody]
    value, own = told.value[everybody].astype(np.float64), spent[everybody]
    inside = (own >= told.value_low[everybody]) & (own <= told.value_high[everybody])
    after = purchases.between(known.past.day, known.past.day + learned.span)
    back = np.full(known.past.customers, np.inf)
    np.minimum.at(back, after.customer, after.day - known.past.day)
    due = everybody & (told.next_order <= learned.span)
    both = 0 < gone.sum() < len(gone)
    return Judged(
        span=learned.span,
        people=int(everybody.sum()),
        churned=float(gone.mean()),
        churn_foretold=float(churn.mean()),
        churn_auc=measure(churn, gone).auc if both else 0.5,
        churn_error=expected_error(calibration(churn, gone, 10)),
        value_mean=float(own.mean()),
        value_foretold=float(value.mean()),
        value_rank=_spearman(value, own),
        value_inside=float(inside.mean()),
        next_inside=float((back[due] <= told.next_order[due]).mean()) if due.any() else 0.0,
    )


def _spearman(first: Doubles, second: Doubles) -> float:
    ranks = [np.unique(each, return_inverse=True)[1].astype(np.float64) for each in (first, second)]
    return float(np.asarray(np.corrcoef(np.stack(ranks)))[0, 1]) if all(r.std() > 0 for r in ranks) else 0.0


class Due(msgspec.Struct, frozen=True):
    """A product that a customer buys again and again."""

    product: str
    name: str
    times: int
    last: int
    """Days ago."""
    every: float
    """Usual days between two purchases, their own shrunk towards everybody's of that product."""
    due: int
    """Days from now on which it is due; negative where it has been for so long."""


def replenishment(index: Index, customer: int, least: int = 2) -> list[Due]:
    """What a customer buys again and again, the most urgent first; bought on `least` days at least."""
    found = []
    basket: Ints = index.baskets[index.basket_starts[customer] : index.basket_starts[customer + 1]]
    for product in basket.tolist():
        rows = slice(int(index.starts[product]), int(index.starts[product + 1]))
        buyers, ages = index.customer[rows], index.age[rows].astype(np.int32)
        first, end = np.searchsorted(buyers, (customer, customer + 1))
        times = int(end - first)
        if times < least:
            continue
        same = buyers[1:] == buyers[:-1]
        usual = float(np.median((ages[1:] - ages[:-1])[same]))
        last, oldest = int(ages[first]), int(ages[end - 1])
        every = (oldest - last + STEADY * usual) / (times - 1 + STEADY)
        said = (index.products.ids[product], index.products.names[product])
        found.append(Due(*said, times, last, round(every, 1), round(every - last)))
    going_on = [each for each in found if each.last <= GIVEN_UP * each.every]
    return sorted(going_on, key=lambda each: (each.due / max(each.every, 1), each.product))
