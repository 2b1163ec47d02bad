"""What an order is, given everything that was ever said about it, in any order of arrival. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import msgspec

from shopkeeper.model.events import ORDER_CANCELLED, ORDER_COMPLETED, ORDER_REFUNDED, ORDER_UPDATED
from shopkeeper.model.money import LARGEST, convert, exponent, spread
from shopkeeper.orders.read import Said


class Line(msgspec.Struct, frozen=True):
    """One line: `value` after all discounts, `refunded` of it given back; minor units."""

    number: int
    product: str
    quantity: float
    value: int
    refunded: int = 0
    variant_of: str = ""

    @property
    def net(self) -> int:
        return self.value - self.refunded


class Order(msgspec.Struct, frozen=True):
    """An order as it stands. It keeps the place in time of the event that counts as placing it."""

    order_id: str
    at: int
    event_id: bytes
    device: str
    user: str
    currency: str
    value: int
    refunded: int
    cancelled: bool
    waiting: bool
    """Claimed by a browser after the shop began to confirm its orders, and not confirmed yet: it does not count."""
    counted: bool
    lines: tuple[Line, ...]
    discount: int = 0
    """What was taken off when it was placed; its value is less that already."""
    sent_currency: str = ""
    """The currency it was sent in, where its amounts were converted into the shop's own."""
    rate: str = ""
    """What one of that currency was worth when the order was placed."""

    @property
    def order(self) -> tuple[int, bytes]:
        return (self.at, self.event_id)

    @property
    def net(self) -> int:
        """The value less refunds; nothing when cancelled."""
        return 0 if self.cancelled else self.value - self.refunded

    @property
    def counts(self) -> bool:
        """Whether reports and credit know this order at all."""
        return self.counted and not self.cancelled and not self.waiting


class RateFrom(msgspec.Struct, frozen=True):
    """What a currency is worth in the shop's own from a moment on."""

    currency: str
    since: int
    rate: str
    """A decimal number, exactly as the merchant wrote it."""


class Reading(msgspec.Struct, frozen=True):
    """How a shop reads its orders."""

    currency: str = ""
    """The shop's own; empty where nothing is converted."""
    rates: tuple[RateFrom, ...] = ()
    without_tax_and_shipping: bool = False

    def rate(self, currency: str, at: int) -> str:
        """The rate in force at a moment; empty where there is none."""
        since = [r for r in self.rates if r.currency == currency and r.since <= at]
        return max(since, key=lambda r: r.since).rate if since else ""


def derive(said: Sequence[Said], confirmed_since: int | None, reading: Reading = Reading()) -> Order | None:  # noqa: B008
    """The order all these events speak of, or None while no event places it (a refund may come first).

    Of several placements the earliest by (at, event id) counts, a confirmed one before any claimed one; what bots and
    staff say of a counted order is not heard. The latest update replaces value and lines. `confirmed_since` is when
    the shop's first confirmed order happened. Amounts in a currency that has a rate when the order is placed are
    converted before anything is reckoned with, so that discounts and refunds are exact in the shop's own currency.
    """
    ordered = sorted(said, key=lambda s: s.order)
    placed = [s for s in ordered if s.name == ORDER_COMPLETED]
    placed = [s for s in placed if s.counted] or placed
    base = next((s for s in placed if s.confirmed), placed[0] if placed else None)
    if base is None:
        return None
    believed = [s for s in ordered if s.confirmed >= base.confirmed and s.counted >= base.counted]
    content = next((s for s in reversed(believed) if s.name == ORDER_UPDATED), base)
    currency = content.currency if content.named else base.currency
    spoken = [_in(s, currency) for s in (content, *(s for s in believed if s.name == ORDER_REFUNDED))]
    rate = reading.rate(currency, base.at) if reading.currency != currency else ""
    converted = [_converted(s, reading.currency, Decimal(rate)) for s in spoken] if rate else spoken
    if any(_too_large(s) for s in converted):
        rate, converted = "", spoken
    value, lines = _value_and_lines(converted[0], reading.without_tax_and_shipping)
    refunded, lines = _refund(value, lines, converted[1:])
    return Order(
        order_id=base.order_id,
        at=base.at,
        event_id=base.event_id,
        device=base.device,
        user=base.user,
        currency=reading.currency if rate else currency,
        value=value,
        refunded=refunded,
        cancelled=any(s.name == ORDER_CANCELLED for s in believed),
        waiting=not base.confirmed and confirmed_since is not None and base.at >= confirmed_since,
        counted=base.counted,
        lines=lines,
        discount=converted[0].saved,
        sent_currency=currency if rate else "",
        rate=rate,
    )


def _in(said: Said, currency: str) -> Said:
    """What was said, in the currency of the order: numbers without a currency, and refunds, mean that one."""
    if exponent(currency) != exponent(said.currency):
        said = _recounted(said, lambda units: convert(units, said.currency, currency, Decimal(1)))
    return msgspec.structs.replace(said, currency=currency)


def _converted(said: Said, into: str, rate: Decimal) -> Said:
    return _recounted(said, lambda units: convert(units, said.currency, into, rate))


def _recounted(said: Said, units: Callable[[int], int]) -> Said:
    """The same with every amount of money put through `units`."""
    lines = [
        msgspec.structs.replace(line, value=None if line.value is None else units(line.value)) for line in said.lines
    ]
    return msgspec.structs.replace(
        said,
        amount=None if said.amount is None else units(said.amount),
        tax=units(said.tax),
        shipping=units(said.shipping),
        discount=units(said.discount),
        saved=units(said.saved),
        lines=tuple(lines),
    )


def _too_large(said: Said) -> bool:
    amounts = (said.amount or 0, said.tax, said.shipping, said.discount, *(line.value or 0 for line in said.lines))
    return max(map(abs, amounts)) > LARGEST


def _value_and_lines(said: Said, without_tax_and_shipping: bool) -> tuple[int, tuple[Line, ...]]:
    """Order value and lines. A discount on the whole order is spread over its lines by value, unless the total shows
    that their prices hold it already; and lines are never worth more than the order, named discount or not.
    """
    values = [line.value or 0 for line in said.lines]
    whole = sum(values)
    value = said.amount if said.amount is not None else max(whole - said.discount, 0)
    off = min(said.discount, max(whole, 0), max(whole + said.tax + said.shipping - value, 0))
    if said.amount is not None and without_tax_and_shipping:
        value = max(value - said.tax - said.shipping, 0)
    off = max(off, whole - max(value, 0))
    if off > 0 and values:
        parts = spread(off, [max(v, 0) for v in values])
        values = [v - part for v, part in zip(values, parts, strict=True)]
    lines = tuple(
        Line(number, line.product, line.quantity, worth, variant_of=line.variant_of)
        for number, (line, worth) in enumerate(zip(said.lines, values, strict=True))
    )
    return value, lines


def _refund(value: int, lines: tuple[Line, ...], refunds: Sequence[Said]) -> tuple[int, tuple[Line, ...]]:
    """Apply refunds in order. Each is whole, an amount, or lines; together never more than was paid."""
    if not refunds:
        return 0, lines
    refunded = 0
    given = [0] * len(lines)
    for refund in refunds:
        left = [max(line.value - back, 0) for line, back in zip(lines, given, strict=True)]
        if refund.lines:
            parts = _line_refunds(refund, lines, left)
            amount = min(refund.amount if refund.amount is not None else sum(parts), value - refunded)
        else:
            amount = min(refund.amount if refund.amount is not None else value, value - refunded)
            parts = spread(min(amount, sum(left)), left) if sum(left) else [0] * len(left)
        refunded += max(amount, 0)
        given = [back + min(part, rest) for back, part, rest in zip(given, parts, left, strict=True)]
    # A refund may be greater than the lines it names; lines are never worth more than what is left of the order.
    left = [max(line.value - back, 0) for line, back in zip(lines, given, strict=True)]
    over = sum(left) - max(value - refunded, 0)
    if over > 0:
        given = [back + part for back, part in zip(given, spread(over, left), strict=True)]
    return refunded, tuple(
        msgspec.structs.replace(line, refunded=back) for line, back in zip(lines, given, strict=True)
    )


def _line_refunds(refund: Said, lines: tuple[Line, ...], left: Sequence[int]) -> list[int]:
    """What a refund by lines gives back on each line of the order: its amount, else its share by quantity."""
    parts = [0] * len(lines)
    for wanted in refund.lines:
        amount, quantity = wanted.value, wanted.quantity
        for i, line in enumerate(lines):
            rest = left[i] - parts[i]
            if line.product != wanted.product or rest <= 0:
                continue
            if amount is not None:
                part = min(amount, rest)
                amount -= part
            else:
                units = min(quantity, line.quantity)
                part = min(round(line.value * units / line.quantity) if line.quantity else rest, rest)
                quantity -= units
            parts[i] += part
            if amount == 0 or quantity <= 0:
                break
    return parts
