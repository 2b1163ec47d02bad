"""Values in words: money, numbers, shares and times of one shop, for people and for the files they download."""

from __future__ import annotations

from typing import Any

from shopkeeper.campaigns import Plan
from shopkeeper.model.money import decimal_text
from shopkeeper.model.time import format_time, to_datetime

_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
KINDS = {
    "block": "block",
    "popup": "pop-up",
    "notification": "notification",
    "recommender": "recommender",
    "quiz": "quiz",
}


class Wording:
    """How one shop's values are written."""

    def __init__(self, plan: Plan) -> None:
        self.currency = plan.shop.currency
        self.unit = _SYMBOLS.get(self.currency, self.currency)
        self.zone_name = plan.shop.time_zone
        self._zone = plan.zone

    def amount(self, units: int, currency: str = "") -> str:
        """`1,234.50` without the unit, which stands in the column's header; another currency is named."""
        number = _grouped(decimal_text(units, currency or self.currency))
        return f"{number} {currency}" if currency not in ("", self.currency) else number

    def money(self, units: int, currency: str = "") -> str:
        """`€1,234.50`, or `1,234.50 CHF` where no symbol is known."""
        currency = currency or self.currency
        number = _grouped(decimal_text(units, currency))
        symbol = _SYMBOLS.get(currency)
        if symbol is None:
            return f"{number} {currency}"
        return f"−{symbol}{number[1:]}" if number.startswith("−") else f"{symbol}{number}"

    def number(self, value: float) -> str:
        """`12,345`; a number that is not whole with up to two decimals, or three figures below 1."""
        if value % 1 == 0:
            return _grouped(f"{value:.0f}")
        return _grouped(f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) > 1 else f"{value:.3g}")

    def share(self, value: float) -> str:
        return f"{value:.1%}"

    def time(self, us: int) -> str:
        """`2026-03-01 14:05`, shop time."""
        return f"{to_datetime(us, self._zone):%Y-%m-%d %H:%M}"

    def clock(self, us: int) -> str:
        """`14:05:09`, shop time."""
        return f"{to_datetime(us, self._zone):%H:%M:%S}"

    def day(self, us: int) -> str:
        """`Sunday 1 March 2026`, shop time."""
        moment = to_datetime(us, self._zone)
        return f"{moment:%A} {moment.day} {moment:%B %Y}"

    def iso(self, us: int) -> str:
        """ISO 8601 with the shop's offset, for programs."""
        return format_time(us, self._zone)

    def change(self, now: int, before: int) -> str:
        """How a figure moved against the period before, in words."""
        if before == 0:
            return "no figure before" if now else "none before either"
        share = (now - before) / abs(before)
        if abs(share) < 0.0005:
            return "as before"
        return f"{abs(share):.1%} {'more' if share > 0 else 'less'} than before"

    def cell(self, kind: str, value: Any, currency: str = "") -> str:
        """A table's value as people read it; nothing becomes a dash."""
        if value is None:
            return "–"
        if kind == "money":
            return self.amount(value, currency)
        return str(getattr(self, kind)(value)) if kind in ("number", "share", "time") else str(value)

    def plain(self, kind: str, value: Any, currency: str = "") -> Any:
        """A table's value as programs read it: decimal money, ISO time."""
        if value is None:
            return None
        if kind == "money":
            return decimal_text(value, currency or self.currency)
        return self.iso(value) if kind == "time" else value


def _grouped(number: str) -> str:
    whole, point, fraction = number.partition(".")
    sign = "−" if whole.startswith("-") else ""
    return f"{sign}{int(whole.lstrip('-')):,}{point}{fraction}" if whole.lstrip("-").isdigit() else number
