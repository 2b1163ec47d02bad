"""A rule in plain words, to stand after "people who". Pure."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from shopkeeper.conditions.read import read
from shopkeeper.model.definitions import DAYS
from shopkeeper.model.money import decimal_text, minor_units
from shopkeeper.model.product_sets import CUSTOM
from shopkeeper.model.segments import (
    OF_PRODUCT,
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
    Numbers,
    Orders,
    Predicted,
    Range,
    Reference,
    Rhythm,
    Share,
    Spend,
    Test,
    Tests,
    Top,
    Visitor,
    Visits,
)

_MET = {"held_out": "were held out of", "unsubscribed": "unsubscribed from"}
_CONTRARIES = {
    "are ": "are not ",
    "have granted ": "have not granted ",
    "have denied ": "have not denied ",
    "have ": "do not have ",
    "did ": "did not do ",
}
_METRICS = {
    "spend": "net spend",
    "orders": "number of orders",
    "average_order": "average order",
    "last_order": "latest order",
    "pages": "pages viewed",
    "events": "events",
}


def sentence(rule: Any, currency: str = "") -> str:
    """What a rule says: `have at least 1 order, and viewed a page within 30 days`."""
    return _Speaker(currency).say(rule)


class _Speaker:
    def __init__(self, currency: str) -> None:
        self.currency = currency

    def say(self, rule: Any, nested: bool = False) -> str:
        condition = read(rule, "$")
        match condition:
            case All():
                return self._joined(condition.all, " and ", nested)
            case Either():
                return self._joined(condition.any, " or ", nested)
            case Not():
                return _negated(self.say(condition.not_, nested=True))
            case _:
                return self._plain(condition)

    def _joined(self, parts: list[dict[str, Any]], word: str, nested: bool) -> str:
        said = [self.say(part, nested=True) for part in parts]
        text = word.join(said) if len(said) < 2 or nested else f",{word}".join(said)
        return f"({text})" if nested and len(said) > 1 else text

    def _plain(self, condition: Condition) -> str:  # noqa: C901, PLR0911, PLR0912 - one short sentence for each kind
        match condition:
            case Everybody():
                return "are anybody"
            case Reference():
                return f"are in {condition.segment}"
            case Did() | Met() | Orders():
                return self._acts(condition)
            case Spend():
                return f"spent {self._money(condition.spend)}{self._where(condition.where)}{_period(condition)}"
            case AverageOrder():
                amount = self._money(condition.average_order)
                return f"spend {amount} an order on average{self._where(condition.where)}{_period(condition)}"
            case Share():
                share = _numbers(condition.order_share)
                return f"made a share of {share} of their orders{self._where(condition.where)}{_period(condition)}"
            case Rhythm():
                return f"ordered last {_numbers(condition.overdue)} times their usual gap{_unsure(condition)} ago"
            case Cart():
                worth = f" worth {self._money(condition.value)}" if condition.value is not None else ""
                return f"have an open cart{worth}{self._where(condition.where)}{_period(condition, 'last changed ')}"
            case Joined():
                return f"are in the audience {condition.audience}{_period(condition, 'joined ')}"
            case Attribute():
                return f"have {condition.attribute} {_test(condition.is_)}"
            case Visitor():
                return f"have the {condition.visitor.replace('_', ' ')} {_test(condition.is_)}"
            case Visits():
                return self._visits(condition)
            case Clock():
                days = "any day" if set(condition.clock) == set(DAYS) else ", ".join(condition.clock)
                return f"are asked about on {days} from {condition.from_} until {condition.until}"
            case Consent():
                return f"have {condition.is_} {condition.consent}"
            case Bucket():
                seed = f" by the seed {condition.seed}" if condition.seed else ""
                return f"have a random number {_numbers(condition.bucket)} of 100{seed}"
            case Top():
                return f"are in the top {_percent(condition.top)} by {_METRICS[condition.by]}{_period(condition)}"
            case Predicted(predicted=name) if name.startswith("interest-"):
                return (
                    f"are {'' if condition.is_ else 'not '}among those interested in {name.removeprefix('interest-')}"
                )
            case Predicted():
                return f"are predicted {condition.predicted} {_test(condition.is_)}"
        raise AssertionError(condition)

    def _acts(self, condition: Did | Met | Orders) -> str:
        text = {"first": "first ", "last": "last "}.get(condition.when, "")
        if isinstance(condition, Orders):
            text += f"have {_counted(condition.orders, 'order')}{self._where(condition.where)}"
        elif isinstance(condition, Met):
            named = condition.communication or condition.campaign or "any campaign"
            did = _MET.get(condition.met, condition.met)
            element = f", element {condition.element}" if condition.element else ""
            variant = f", variant {condition.variant}" if condition.variant else ""
            text += f"{did} {named}{element}{variant}{_times(condition.times)}"
        else:
            names = condition.did if isinstance(condition.did, list) else [condition.did]
            text += _deeds(names) + self._where(condition.where) + _times(condition.times)
            if condition.total is not None:
                text += f" with {condition.of} of {_numbers(condition.total)} together"
        text += _period(condition)
        follow = condition.then or condition.then_not
        if follow is not None:
            word = "and after that" if condition.then else "but are after that not people who"
            soon = f" within {condition.then_within}" if condition.then_within else ""
            text += f", {word} {self.say(follow, nested=True)}{soon}"
        return text

    def _visits(self, condition: Visits) -> str:
        text = f"have {_counted(condition.visits, 'visit')}{self._where(condition.where)}"
        if condition.pages is not None:
            text += f" of {_counted(condition.pages, 'page')}"
        if condition.minutes is not None:
            text += f" lasting {_counted(condition.minutes, 'minute')}"
        return text + _period(condition)

    def _where(self, where: dict[str, Tests]) -> str:
        said = [f"{_named(word)} {_test(test)}" for word, test in where.items()]
        return f" with {' and '.join(said)}" if said else ""

    def _money(self, numbers: Numbers) -> str:
        return f"{_numbers(numbers, self._amount)} {self.currency}".strip()

    def _amount(self, amount: float) -> str:
        try:
            text = decimal_text(minor_units(amount, self.currency), self.currency)
        except ValueError:  # more than any amount may be
            return _number(amount)
        return f"{Decimal(text):,f}".removesuffix(".00").removesuffix(".000")


def _negated(said: str) -> str:
    """The contrary of what a condition says: in one word where that leaves no doubt what is meant."""
    if said == "did anything":
        return "never did anything"
    if not any(doubt in said for doubt in (" or ", " not ", " no ", " never", ", ", "are anybody")):
        for begins, contrary in _CONTRARIES.items():
            if said.startswith(begins):
                return contrary + said.removeprefix(begins)
    return f"are not people who {said}"


def _named(word: str) -> str:
    """A word of a `where`; attributes of the catalogue are said to be the product's."""
    if word.startswith(OF_PRODUCT):
        return f"the product's {word.removeprefix(OF_PRODUCT).removeprefix(CUSTOM).replace('_', ' ')}"
    return word.replace("_", " ")


def _deeds(names: list[str]) -> str:
    if "anything" in names:
        return "did anything"
    others = [name for name in names if name != "page"]
    said = [f"did {' or '.join(others)}"] if others else []
    if "page" in names:
        said.insert(0 if names[0] == "page" else 1, "viewed a page")
    return " or ".join(said)


def _unsure(condition: Rhythm) -> str:
    """What counts as the usual gap of people with few orders, unless it is what it always is."""
    if condition == Rhythm(condition.overdue):
        return ""
    return f" ({condition.usual_gap} with fewer than {condition.sure_from} orders)"


def _percent(share: float) -> str:
    return f"{_number(Decimal(repr(share)) * 100)}%"


def _number(number: float | Decimal) -> str:
    """All of its digits and no more."""
    text = f"{Decimal(str(number)):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _numbers(numbers: Numbers, say: Callable[[float], str] = _number) -> str:
    if isinstance(numbers, int | float):
        return f"exactly {say(numbers)}"
    return _bounds(numbers, say)


def _bounds(bounds: Range, say: Callable[[float], str] = _number) -> str:
    parts = (
        ("at least", bounds.at_least),
        ("more than", bounds.above),
        ("at most", bounds.at_most),
        ("less than", bounds.below),
        ("exactly", bounds.exactly),
    )
    return " and ".join(f"{word} {say(bound)}" for word, bound in parts if bound is not None)


def _counted(numbers: Numbers, thing: str) -> str:
    if numbers in (0, Range(at_most=0), Range(exactly=0)):
        return f"no {thing}"
    text = _numbers(numbers)
    return f"{text} {thing}" if text.endswith(" 1") else f"{text} {thing}s"


def _times(numbers: Numbers | None) -> str:
    if numbers is None or numbers == Range(at_least=1):
        return ""
    return " never" if numbers in (0, Range(exactly=0)) else f" {_counted(numbers, 'time')}"


def _period(condition: Any, word: str = "") -> str:
    parts = []
    if condition.within:
        parts.append(f"within {condition.within}")
    if condition.older_than:
        parts.append(f"more than {condition.older_than} ago")
    if condition.from_:
        parts.append(f"from {condition.from_}")
    if condition.until:
        parts.append(f"until {condition.until}")
    return f" {word}{' and '.join(parts)}" if parts else ""


def _test(tests: Tests) -> str:
    if not isinstance(tests, Test):
        return f"being {_listed(tests)}"
    parts = []
    if tests.is_ is not None:
        parts.append(f"being {_listed(tests.is_)}")
    if tests.not_ is not None:
        parts.append(f"not being {_listed(tests.not_)}")
    if tests.contains:
        parts.append(f"containing {tests.contains}")
    if tests.starts_with:
        parts.append(f"beginning with {tests.starts_with}")
    numbers = _bounds(Range(tests.at_least, tests.at_most, tests.above, tests.below))
    if numbers:
        parts.append(f"of {numbers}")
    if tests.exists is not None:
        parts.append("known" if tests.exists else "not known")
    if tests.or_missing:
        parts.append("or not known")
    return " and ".join(parts).replace("and or", "or")


def _listed(values: Any) -> str:
    if isinstance(values, list):
        shown = [str(value) for value in values[:4]]
        return " or ".join(shown) + (f" or {len(values) - 4} others" if len(values) > 4 else "")
    return {True: "true", False: "false"}.get(values, str(values)) if isinstance(values, bool) else str(values)
