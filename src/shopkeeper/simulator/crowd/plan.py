"""The history of the crowd: every event of the last days, invented in order, the same for the same seed and moment."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from shopkeeper.model.time import DAY, HOUR, SECOND, format_time
from shopkeeper.simulator.catalogue import Item
from shopkeeper.simulator.crowd.choice import invent
from shopkeeper.simulator.crowd.people import Person
from shopkeeper.simulator.crowd.rhythm import moments
from shopkeeper.simulator.crowd.steps import Answer, Ask, Tell, Wait
from shopkeeper.simulator.crowd.truth import Due, Truth
from shopkeeper.simulator.crowd.visit import Visit, World
from shopkeeper.simulator.storefront.basket import Cart

VISITS_PER_DAY = 66
"""With 60 days this makes about 40,000 events."""
_VITAMINS_EVERY = 60 * DAY
_TEA_EVERY = 30 * DAY


@dataclass(slots=True)
class Plan:
    """Events in order of time as `/v1/batch` takes them, and what is true about them."""

    events: list[dict[str, Any]]
    orders: int
    truth: Truth


@dataclass(slots=True)
class _Diary:
    """The work in progress: visits still to come, events so far."""

    now: int
    rng: random.Random
    coming: list[tuple[int, int, str]] = field(default_factory=list)
    """(when, person, product they come for or empty): a heap."""
    events: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)
    truth: Truth = field(default_factory=Truth)
    orders: int = 0

    def write(self, at: int, event: dict[str, Any]) -> None:
        if at < self.now:
            event = {**event, "messageId": message_id(at, self.rng), "timestamp": format_time(at // 1000 * 1000)}
            self.events.append((at, len(self.events), event))


def plan_history(
    world: World, people: list[Person], seed: int, now: int, days: int, visits_per_day: float = VISITS_PER_DAY
) -> Plan:
    """`days` of visits up to `now`. People are left as they are at the end of it."""
    diary = _Diary(now, random.Random(f"history:{seed}:{now}"))
    zone = ZoneInfo(world.file.shop.time_zone)
    times = moments(diary.rng, now, days, visits_per_day, zone)
    visitors = diary.rng.choices(people, [person.activity for person in people], k=len(times))
    diary.coming = [(at, person.number, "") for at, person in zip(times, visitors, strict=True)]
    for person in people:
        if person.replenisher:
            at = now - days * DAY + diary.rng.randrange(_VITAMINS_EVERY)
            heapq.heappush(diary.coming, (at, person.number, "daily-vitamin-d3"))
    while diary.coming and diary.coming[0][0] < now:
        at, number, goal = heapq.heappop(diary.coming)
        _live_through(diary, world, people[number], at, goal)
    diary.truth.due = [Due(at, people[who].user_id, goal) for at, who, goal in sorted(diary.coming) if goal]
    diary.events.sort(key=lambda entry: entry[:2])
    return Plan([event for _, _, event in diary.events], diary.orders, diary.truth)


def _live_through(diary: _Diary, world: World, person: Person, start: int, goal: str) -> None:
    """One visit of the past, its questions answered as the campaigns would have."""
    order_id = f"C{start // SECOND:x}-{person.number}"
    visit = Visit(world, person, diary.rng.choice(person.devices), diary.rng, order_id, goal)
    steps, at = visit.steps(), start
    step = next(steps, None)
    while step is not None:
        answers: dict[str, Answer] = {}
        match step:
            case Wait(seconds):
                at += int(seconds * SECOND)
            case Tell(event, _):
                context = {"userAgent": visit.device.user_agent, **event.get("context", {})}
                diary.write(at, {**event, "context": context})
                at += 40_000
            case Ask(page):
                answers = invent(world.file, world.catalogue, person, page, at, visit.met, diary.rng)
                at += 30_000
        for ident in visit.met:
            person.met[ident] = at
        step = _next(steps, answers)
    value = visit.bought.total if visit.bought else None
    if at < diary.now:
        diary.truth.record(visit.met, value, visit.cause)
        diary.orders += visit.bought is not None
    if visit.bought:
        _afterwards(diary, visit, visit.bought, at)


def _next(steps: Any, answers: dict[str, Answer]) -> Any:
    try:
        return steps.send(answers)
    except StopIteration:
        return None


def _afterwards(diary: _Diary, visit: Visit, cart: Cart, at: int) -> None:
    """Refunds, cancellations, and the purchases this one leads to."""
    rng = diary.rng
    ids = {"anonymousId": visit.device.anonymous_id}
    if not visit.person.guest:
        ids = {"userId": visit.person.user_id}
    fate = rng.random()
    properties: dict[str, Any] = {"order_id": visit.order_id}
    if fate < 0.01:
        diary.write(at + HOUR, {"type": "track", "event": "Order Cancelled", "properties": properties, **ids})
    elif fate < 0.05:
        if len(cart.lines) > 1:
            back = cart.lines[-1]
            properties["products"] = [{"product_id": back.item.id, "quantity": back.quantity}]
        later = at + rng.randrange(2 * DAY, 10 * DAY)
        diary.write(later, {"type": "track", "event": "Order Refunded", "properties": properties, **ids})
    for line in cart.lines:
        if due := _returns(rng, visit.person, line.item):
            when, product = due
            heapq.heappush(diary.coming, (at + when, visit.person.number, product))


def _returns(rng: random.Random, person: Person, item: Item) -> tuple[int, str] | None:
    """The planted cycles: vitamins every 60 days, tea every 30, and vanilla powder after a strawberry bar."""
    chance = rng.random()
    if item.product.category == "vitamins" and (person.replenisher or chance < 0.3):
        return _VITAMINS_EVERY + rng.randrange(-4 * DAY, 4 * DAY), item.id
    if item.product.category == "tea" and chance < 0.45:
        return _TEA_EVERY + rng.randrange(-5 * DAY, 5 * DAY), item.id
    if item.id == "strawberry-bar" and chance < 0.5:
        return rng.randrange(9 * DAY, 16 * DAY), "vanilla-powder"
    return None


def message_id(at: int, rng: random.Random) -> str:
    """A UUIDv7 of the moment `at`, as the tag would have made it."""
    bits = (at // 1000) << 80 | rng.getrandbits(80)
    return str(UUID(int=bits & ~(0xF << 76 | 0x3 << 62) | 0x7 << 76 | 0x2 << 62))
