"""The crowd at work: a history delivered in bulk, then live visits that behave like browsers."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from typing import Any

import msgspec

from shopkeeper.model.time import SECOND, format_time
from shopkeeper.simulator.catalogue import catalogue
from shopkeeper.simulator.crowd.people import Person, population
from shopkeeper.simulator.crowd.plan import VISITS_PER_DAY, message_id, plan_history
from shopkeeper.simulator.crowd.send import Progress, Sender, alone
from shopkeeper.simulator.crowd.steps import Answer, Ask, Step, Tell, Wait
from shopkeeper.simulator.crowd.truth import Truth
from shopkeeper.simulator.crowd.visit import Steps, Visit, World
from shopkeeper.simulator.shop_file import shop_file
from shopkeeper.simulator.storefront.server import sign

_VISITS_AT_ONCE = 300
HURRIED = 0.05
"""The pace at which a whole visit, to the order, fits into a run of some seconds."""


class Report(msgspec.Struct, frozen=True):
    """What the crowd did: accepted events, decisions asked for and how long they took, orders placed."""

    events: int
    refused: int
    refusals: tuple[str, ...]
    decisions: int
    decide_p50_ms: float | None
    decide_p99_ms: float | None
    orders: int
    seconds: float


class Crowd:
    """People of one seed and the server they visit. First `backfill`, then `live`, as often as wanted; then `close`."""

    def __init__(self, base_url: str, write_key: str, secret_key: str, *, seed: int = 1, people: int = 1500) -> None:
        goods = catalogue()
        self._world = World(goods, shop_file(), base_url.rstrip("/"))
        self._people = population(seed, people, goods)
        self._seed, self._secret_key = seed, secret_key
        self._sender = Sender(base_url, write_key, secret_key)
        self._busy: set[int] = set()
        self._started = time.monotonic()
        self._orders = 0
        self.truth = Truth()

    async def backfill(
        self,
        *,
        days: int = 60,
        now: int | None = None,
        visits_per_day: float = VISITS_PER_DAY,
        on_progress: Progress | None = None,
    ) -> None:
        """Invent and deliver the last `days`, up to `now` (microseconds). Raises Unavailable."""
        moment = _now() if now is None else now
        plan = await asyncio.to_thread(
            plan_history, self._world, self._people, self._seed, moment, days, visits_per_day
        )
        await self._sender.import_events(plan.events, on_progress)
        self._orders += plan.orders
        self.truth = plan.truth

    async def live(self, *, rate: float = 2, seconds: float | None = None, pace: float = 0.1) -> None:
        """Start `rate` visits a second, for `seconds` or until cancelled; visits under way then end where they are.

        `pace` shortens every wait: at 1 people take the minutes that people take. Raises Unavailable.
        """
        rng = random.Random(f"live:{self._seed}:{_now()}")
        weights = [person.activity for person in self._people]
        with suppress(TimeoutError), alone():
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                while True:
                    person = rng.choices(self._people, weights)[0]
                    if person.number not in self._busy and len(self._busy) < _VISITS_AT_ONCE:
                        self._busy.add(person.number)
                        group.create_task(self._visit(person, random.Random(rng.random()), pace))
                    await asyncio.sleep(rng.expovariate(rate))

    def report(self) -> Report:
        """Figures since the crowd was made."""
        taken = sorted(self._sender.decide_ms)
        return Report(
            events=self._sender.events,
            refused=self._sender.refused,
            refusals=tuple(self._sender.refusals),
            decisions=len(taken),
            decide_p50_ms=_quantile(taken, 0.5),
            decide_p99_ms=_quantile(taken, 0.99),
            orders=self._orders,
            seconds=round(time.monotonic() - self._started, 3),
        )

    async def close(self) -> None:
        await self._sender.close()

    async def _visit(self, person: Person, rng: random.Random, pace: float) -> None:
        """One visit in real time; what it came to is recorded, also when it is cut short."""
        visit = Visit(self._world, person, rng.choice(person.devices), rng, f"L{_now():x}-{person.number}")
        try:
            await _Browser(self._sender, visit, self._secret_key, pace).drive(visit.steps())
        finally:
            self._busy.discard(person.number)
            self.truth.record(visit.met, visit.bought.total if visit.bought else None, visit.cause)
            self._orders += visit.bought is not None


class _Browser:
    """Carries the steps of a visit out as browser and shop would."""

    def __init__(self, sender: Sender, visit: Visit, secret_key: str, pace: float) -> None:
        self._sender, self._visit, self._pace = sender, visit, pace
        self._unsent: list[dict[str, Any]] = []
        self._secret_key = secret_key

    async def drive(self, steps: Steps) -> None:
        step = next(steps, None)
        while step is not None:
            answers = await self._do(step)
            try:
                step = steps.send(answers)
            except StopIteration:
                step = None
        await self._flush()

    async def _do(self, step: Step) -> dict[str, Answer]:
        match step:
            case Wait(seconds):
                await self._flush()
                await asyncio.sleep(seconds * self._pace)
            case Tell(event, server):
                stamped = self._stamp(event, server)
                if server:
                    await self._flush()
                    await self._sender.from_server([stamped])
                else:
                    self._unsent.append(stamped)
            case Ask(page):
                url = self._visit.world.origin + page.path
                asked = self._sender.decide(self._visit.device, page, url, self._identity())
                answers, _ = await asyncio.gather(asked, self._flush())
                return answers
        return {}

    async def _flush(self) -> None:
        if self._unsent:
            events, self._unsent = self._unsent, []
            await self._sender.from_browser(self._visit.device, events, _now())

    def _stamp(self, event: dict[str, Any], server: bool) -> dict[str, Any]:
        at = _now()
        context = dict(event.get("context", {}))
        if server:
            context["userAgent"] = self._visit.device.user_agent
        elif "userId" in event:
            context["signature"] = sign(self._secret_key, event["userId"])
        stamped = {**event, "messageId": message_id(at, self._visit.rng), "timestamp": format_time(at)}
        return {**stamped, "context": context} if context else stamped

    def _identity(self) -> dict[str, str]:
        known = {"anonymousId": self._visit.device.anonymous_id}
        if self._visit.logged_in:
            user = self._visit.person.user_id
            known |= {"userId": user, "signature": sign(self._secret_key, user)}
        return known


async def work_through(
    crowd: Crowd,
    *,
    days: int = 60,
    live_seconds: float | None = 20,
    rate: float = 4,
    pace: float = HURRIED,
    on_progress: Progress | None = None,
) -> None:
    """Both phases, one after the other; 0 leaves one out, `live_seconds` None is until cancelled. Raises Unavailable."""
    if days:
        await crowd.backfill(days=days, on_progress=on_progress)
    if live_seconds != 0:
        await crowd.live(rate=rate, seconds=live_seconds, pace=pace)


async def run(base_url: str, write_key: str, secret_key: str, seed: int = 1, **phases: Any) -> Report:
    """`work_through` with a crowd of its own, and its report. Raises Unavailable when the server does not serve it."""
    crowd = Crowd(base_url, write_key, secret_key, seed=seed)
    try:
        await work_through(crowd, **phases)
        return crowd.report()
    finally:
        await crowd.close()


def _now() -> int:
    return int(time.time() * 1000) * (SECOND // 1000)


def _quantile(ordered: list[float], share: float) -> float | None:
    if not ordered:
        return None
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)
