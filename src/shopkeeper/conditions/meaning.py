"""What the conditions of a rule mean: from the language to the few kinds of `leaves.py`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from shopkeeper.campaigns import Plan
from shopkeeper.catalogue import Catalogue
from shopkeeper.conditions import leaves
from shopkeeper.conditions.fields import fact_tests, line_tests, order_tests
from shopkeeper.conditions.leaves import (
    And,
    Check,
    Edge,
    Expr,
    FieldTest,
    Follow,
    Latest,
    Match,
    Measure,
    Neg,
    Or,
    Period,
)
from shopkeeper.conditions.read import measure, read, refuse
from shopkeeper.conditions.units import (
    GAPS,
    MINUTES,
    PERCENT,
    SHARE,
    TIMES,
    bounds,
    check,
    duration,
    money,
    period,
)
from shopkeeper.model.definitions import DAYS
from shopkeeper.model.events import (
    CLICKED,
    DELIVERED,
    DISCARDED,
    HOVERED,
    IDENTIFY,
    LEAVING,
    OPENED,
    PAGE,
    RETURNING,
    SHOWN,
    UNSUBSCRIBED,
    WITHHELD,
    names_of,
)
from shopkeeper.model.segments import (
    All,
    Attribute,
    AverageOrder,
    Bucket,
    Cart,
    Clock,
    Condition,
    Consent,
    Did,
    Either,
    Everybody,
    Joined,
    Met,
    Not,
    Orders,
    Predicted,
    Range,
    Reference,
    Rhythm,
    Share,
    Spend,
    Top,
    Visitor,
    Visits,
)
from shopkeeper.timelines.facts import CONSENT, JOINED, LINE, ORDER, SET

MOST_THROUGH = 1000
"""So many conditions a rule may have, those of the segments it refers to included, each time it does."""
_ONCE = Range(at_least=1)
_EVER = Period()
_ACTS = {
    "saw": names_of(SHOWN),
    "clicked": names_of(CLICKED),
    "hovered": names_of(HOVERED),
    "discarded": names_of(DISCARDED),
    "held_out": names_of(WITHHELD),
    "received": names_of(DELIVERED),
    "opened": names_of(OPENED),
    "unsubscribed": names_of(UNSUBSCRIBED),
}
_KNOWN_AS = {"device": "device_class"}
_PURCHASES = Match(frozenset((ORDER,)))


class World(NamedTuple):
    """What names in rules stand for."""

    plan: Plan
    catalogue: Catalogue
    rules: Mapping[str, Any]
    """Segment -> its rule, pre-built ones included."""
    predictions: Mapping[str, Callable[[Predicted, str], Expr]] = {}
    """Name -> what it means: the door through which predictions come in."""

    @property
    def zone(self) -> ZoneInfo:
        return self.plan.zone

    @property
    def currency(self) -> str:
        return self.plan.shop.currency


def meaning(rule: Any, world: World, where: str = "$", inside: Sequence[str] = ()) -> Expr:
    """What a rule asks; BadInput with the place of what cannot be understood. `inside` are the segments being read."""
    return _Reader(world, tuple(inside), _Room(MOST_THROUGH - measure(rule, where))).expr(rule, where)


class _Room:
    """How many more conditions the rule that is being read may have through its references."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, count: int, where: str) -> None:
        """BadInput at that reference when its conditions are too many beside those read before."""
        self.left -= count
        if self.left < 0:
            message = f"through the segments it refers to, the rule has more than {MOST_THROUGH:,} conditions"
            raise refuse(message, where, "Take some of these references out.")


class _Reader:
    """Reads conditions, knowing which segments it is inside of."""

    def __init__(self, world: World, inside: tuple[str, ...], room: _Room, referred: str | None = None) -> None:
        self.world = world
        self.inside = inside
        self.room = room
        self.referred = referred
        """The place in the rule itself of the reference that is being followed."""

    def expr(self, mapping: Any, where: str) -> Expr:
        condition = read(mapping, where)
        try:
            return self._meaning(condition, where)
        except ValueError as error:
            raise refuse(str(error), where) from None

    def _meaning(self, condition: Condition, where: str) -> Expr:
        match condition:
            case All():
                return And(tuple(self.expr(part, f"{where}.all[{i}]") for i, part in enumerate(condition.all)))
            case Either():
                return Or(tuple(self.expr(part, f"{where}.any[{i}]") for i, part in enumerate(condition.any)))
            case Not():
                return Neg(self.expr(condition.not_, f"{where}.not"))
            case Everybody():
                return leaves.EVERYBODY
            case Reference():
                return self._reference(condition, where)
            case Did() | Met() | Orders():
                return self._acts(condition, where)
            case Predicted():
                return self._predicted(condition, where)
            case _:
                return _MEANINGS[type(condition)](condition, self.world)

    def _reference(self, condition: Reference, where: str) -> Expr:
        name = condition.segment
        if name in self.inside:
            path = " > ".join((*self.inside[self.inside.index(name) :], name))
            raise refuse(f"the segment refers to itself: {path}", where, "Take one of these references out.")
        if name.startswith(AUDIENCE):
            return _joined(Joined(name.removeprefix(AUDIENCE)), self.world)
        if name not in self.world.rules:
            known = ", ".join(list(self.world.rules)[:12])
            raise refuse(f"there is no segment {name!r}", where, f"There are {known}; or audience:<name>.")
        inner = _Reader(self.world, (*self.inside, name), self.room, self.referred or where)
        if len(inner.inside) > 16:
            raise refuse("segments may refer to each other 16 deep", where, "Write some of them out.")
        rule, place = self.world.rules[name], f"$.segments.{name}.rule"
        self.room.take(measure(rule, place), self.referred or where)
        return inner.expr(rule, place)

    def _predicted(self, condition: Predicted, where: str) -> Expr:
        found = self.world.predictions.get(condition.predicted)
        if found is None:
            known = ", ".join(self.world.predictions) or "none yet"
            raise refuse(f"there is no prediction {condition.predicted!r}", where, f"Predictions here: {known}.")
        return found(condition, where)

    def _acts(self, condition: Did | Met | Orders, where: str) -> Expr:
        found = self._match(condition, where)
        when = _period(condition, self.world)
        follow = condition.then or condition.then_not
        if follow is not None:
            return self._follow(condition, found, when, where)
        if condition.then_within is not None:
            raise refuse("then_within needs then or then_not", where)
        if condition.when != "any":
            if condition.times is not None or (isinstance(condition, Orders) and condition.orders != _ONCE):
                raise refuse("the first or last act is one: it cannot be counted", where, "Leave the number out.")
            return Edge(found, when, last=condition.when == "last")
        if isinstance(condition, Did) and condition.total is not None:
            if condition.times is not None:
                raise refuse("count with times or add up with total, not both", where, "Join two conditions by all.")
            field = _field(condition.of)
            numbers = money(condition.total, self.world.currency) if field == "price" else bounds(condition.total)
            return Measure(found, when, "sum", numbers, field)
        if isinstance(condition, Orders):
            by_line = found.names == frozenset((LINE,))
            return Measure(found, when, "orders" if by_line else "count", bounds(condition.orders, TIMES))
        times = condition.times
        return Measure(found, when, "count", bounds(times, TIMES) if times is not None else _ONCE)

    def _follow(self, condition: Did | Met | Orders, first: Match, when: Period, where: str) -> Expr:
        if condition.then is not None and condition.then_not is not None:
            raise refuse("either then or then_not", where, "Join two conditions by all.")
        if condition.times is not None or condition.when != "any":
            raise refuse("what is followed by something is not counted", where, "Leave times and when out.")
        word = "then" if condition.then is not None else "then_not"
        place = f"{where}.{word}"
        after = read(condition.then or condition.then_not, place)
        if not isinstance(after, Did | Met | Orders):
            raise refuse("only acts follow each other: did, met or orders", place)
        if (
            after.then
            or after.then_not
            or after.times is not None
            or after.when != "any"
            or _period(after, self.world) != _EVER
        ):
            raise refuse("what follows is one act at any time after", place, "Use then_within beside it.")
        if isinstance(after, Orders) and bounds(after.orders, TIMES) not in (_ONCE, Range(exactly=1)):
            raise refuse("what follows is one order, not a number of them", place, "Write {orders: 1}.")
        within = duration(condition.then_within) if condition.then_within else None
        return Follow(first, self._match(after, place), when, within, negate=word == "then_not")

    def _match(self, condition: Did | Met | Orders, where: str) -> Match:
        if isinstance(condition, Met):
            return self._met(condition, where)
        try:
            if isinstance(condition, Orders):
                lines = line_tests(condition.where, self.world.catalogue, self.world.currency)
                of = LINE if lines else ORDER
                return Match(frozenset((of,)), lines or order_tests(condition.where, self.world.currency))
            names = _names(condition.did)
            whole = names == frozenset((IDENTIFY,))
            return Match(names, fact_tests(condition.where, self.world.catalogue, self.world.currency, whole=whole))
        except ValueError as error:
            raise refuse(str(error), f"{where}.where") from None

    def _met(self, condition: Met, where: str) -> Match:
        plan = self.world.plan
        of = {id for id, versions in plan.served.items() if any(s.campaign_id == condition.campaign for s in versions)}
        if condition.campaign is not None and not of:
            there = ", ".join(sorted({s.campaign_id for versions in plan.served.values() for s in versions})[:12])
            raise refuse(f"there is no campaign {condition.campaign!r}", f"{where}.campaign", f"There are {there}.")
        if condition.communication is not None and condition.communication not in plan.served:
            raise refuse(f"there is no communication {condition.communication!r}", f"{where}.communication")
        meant = of if condition.campaign is not None else set(plan.served)
        if condition.communication is not None:
            meant &= {condition.communication}
        found = [FieldTest("communication", Check(values=frozenset(meant)))]
        if condition.element is not None:
            found.append(FieldTest("element", Check(values=frozenset((condition.element,)))))
        if condition.variant is not None:
            known = {name for id in meant for served in plan.served[id] for name in served.communication.variants}
            if condition.variant not in known:
                hint = f"There are {', '.join(sorted(known))}." if known else "Nothing is tested there."
                raise refuse(f"there is no variant {condition.variant!r}", f"{where}.variant", hint)
            found.append(FieldTest("properties.variant", Check(values=frozenset((condition.variant,)))))
        return Match(_ACTS[condition.met], tuple(found))


AUDIENCE = "audience:"


def _names(did: str | list[str]) -> frozenset[str] | None:
    words = [did] if isinstance(did, str) else did
    if not words:
        raise ValueError("name at least one event")
    if "anything" in words:
        return None
    if any(word.startswith("=") for word in words):
        raise ValueError("no event has a name that begins with =")
    return frozenset({"page": PAGE, "identify": IDENTIFY}.get(word, word) for word in words)


def _field(name: str) -> str:
    return name if name in ("price", "quantity") else f"properties.{name}"


def _period(condition: Any, world: World) -> Period:
    return period(condition.within, condition.older_than, condition.from_, condition.until, world.zone)


def _joined(condition: Joined, world: World) -> Expr:
    found = Match(frozenset((JOINED,)), (FieldTest("label", Check(values=frozenset((condition.audience,)))),))
    when = _period(condition, world)
    return Edge(found, when, last=False) if when != _EVER else Measure(found, when, "count", _ONCE)


def _purchases(condition: Spend | AverageOrder | Share, world: World) -> Match:
    where = condition.where if not isinstance(condition, Share) else {}
    lines = line_tests(where, world.catalogue, world.currency)
    return Match(frozenset((LINE,)), lines) if lines else Match(_PURCHASES.names, order_tests(where, world.currency))


def _spend(condition: Spend, world: World) -> Expr:
    amount = money(condition.spend, world.currency)
    return Measure(_purchases(condition, world), _period(condition, world), "sum", amount, "value")


def _average(condition: AverageOrder, world: World) -> Expr:
    amount = money(condition.average_order, world.currency)
    found = Match(_PURCHASES.names, order_tests(condition.where, world.currency))
    return Measure(found, _period(condition, world), "mean", amount, "value")


def _share(condition: Share, world: World) -> Expr:
    part = order_tests(condition.where, world.currency)
    if not part:
        raise ValueError("a share of the orders needs a where, such as {discounted: true}")
    return leaves.Share(_PURCHASES, part, _period(condition, world), bounds(condition.order_share, SHARE))


def _rhythm(condition: Rhythm, world: World) -> Expr:  # noqa: ARG001 - all meanings are called alike
    usual = duration(condition.usual_gap)
    return leaves.Rhythm(_PURCHASES, usual, condition.sure_from, bounds(condition.overdue, GAPS))


def _cart(condition: Cart, world: World) -> Expr:
    value = money(condition.value, world.currency) if condition.value is not None else None
    found = fact_tests(condition.where, world.catalogue, world.currency)
    return leaves.Cart(found, value, _period(condition, world))


def _attribute(condition: Attribute, world: World) -> Expr:  # noqa: ARG001
    return Latest(frozenset((IDENTIFY, SET)), f"properties.{condition.attribute}", check(condition.is_))


def _visitor(condition: Visitor, world: World) -> Expr:  # noqa: ARG001
    return Latest(None, _KNOWN_AS.get(condition.visitor, condition.visitor), check(condition.is_))


def _visits(condition: Visits, world: World) -> Expr:
    entry = {"path" if name == "entry" else name: test for name, test in condition.where.items()}
    return leaves.Visits(
        fact_tests(entry, world.catalogue, world.currency),
        bounds(condition.pages, TIMES) if condition.pages is not None else None,
        bounds(condition.minutes, MINUTES) if condition.minutes is not None else None,
        _period(condition, world),
        bounds(condition.visits, TIMES),
    )


def _clock(condition: Clock, world: World) -> Expr:
    if not condition.clock:
        raise ValueError("name at least one day")
    days = frozenset(DAYS.index(day) for day in condition.clock)
    return leaves.Clock(days, _minute(condition.from_), _minute(condition.until), world.zone.key)


def _minute(text: str) -> int:
    hour, colon, minute = text.partition(":")
    if colon and hour.isdigit() and minute.isdigit() and int(minute) < 60 and int(hour) * 60 + int(minute) <= 24 * 60:
        return int(hour) * 60 + int(minute)
    raise ValueError(f"{text!r} is not a time of day; write one such as 09:30")


def _consent(condition: Consent, world: World) -> Expr:
    default = world.plan.settings.consent_default == "granted"
    wanted = Check(values=frozenset((condition.is_ == "granted",)))
    chosen = Latest(frozenset((CONSENT,)), f"properties.{condition.consent}", wanted, default)
    if condition.consent != "marketing":
        return chosen
    # As `Profile.choice` has it: unsubscribing stands above a choice that browsers repeat with every call.
    left = Follow(Match(LEAVING), Match(RETURNING), _EVER, None, negate=True)
    return Or((chosen, left)) if condition.is_ == "denied" else And((chosen, Neg(left)))


def _bucket(condition: Bucket, world: World) -> Expr:  # noqa: ARG001
    return leaves.Bucket(bounds(condition.bucket, PERCENT), condition.seed)


def _top(condition: Top, world: World) -> Expr:
    when = _period(condition, world)
    metrics: dict[str, Measure | Edge] = {
        "spend": Measure(_PURCHASES, when, "sum", Range(), "value"),
        "orders": Measure(_PURCHASES, when, "count", Range()),
        "average_order": Measure(_PURCHASES, when, "mean", Range(), "value"),
        "last_order": Edge(_PURCHASES, when, last=True),
        "pages": Measure(Match(frozenset((PAGE,))), when, "count", Range()),
        "events": Measure(Match(None), when, "count", Range()),
    }
    return leaves.Top(metrics[condition.by], condition.top)


_MEANINGS: dict[type, Callable[[Any, World], Expr]] = {
    Spend: _spend,
    AverageOrder: _average,
    Share: _share,
    Rhythm: _rhythm,
    Cart: _cart,
    Joined: _joined,
    Attribute: _attribute,
    Visitor: _visitor,
    Visits: _visits,
    Clock: _clock,
    Consent: _consent,
    Bucket: _bucket,
    Top: _top,
}
