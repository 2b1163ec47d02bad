"""Credit: what each touch of one person earns of their orders, in both ledgers, to the minor unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shopkeeper.attribution.rules.models import leader, weights
from shopkeeper.attribution.rules.paths import path_to, steps_of
from shopkeeper.attribution.rules.products import product_winners
from shopkeeper.attribution.rules.words import WHOLE, WHOLE_ORDER, CartMove, Credit, Key, Rules, Sale, SaleLine, Touch
from shopkeeper.model.money import spread


def order_credits(sale: Sale, person: str, touches: Sequence[Touch], rules: Rules) -> list[Credit]:
    """The entries of one order in the order ledger; they sum to the whole of it. Empty when no touch reaches it."""
    steps = steps_of(path_to(sale, touches, rules.order_lookback))
    if not steps:
        return []
    return shared(sale, person, steps, weights(rules.model, steps, rules.half_life), rules.version)


def shared(sale: Sale, person: str, steps: Sequence[Touch], by: Sequence[int], version: int) -> list[Credit]:
    """An order split over the steps of its path by weights, by largest remainder; steps without weight are left out."""
    values, refunds, shares = spread(sale.net, by), spread(sale.refunded, by), spread(WHOLE, by)
    leads = leader(by)
    return [
        _credit(sale, person, step, WHOLE_ORDER, ("", values[i], refunds[i]), version, shares[i], i == leads)
        for i, step in enumerate(steps)
        if by[i] > 0
    ]


def earned(sale: Sale, person: str, touch: Touch, rules: Rules, line: SaleLine | None = None) -> Credit:
    """The entry of a touch that takes all of an order, or all of a line of it."""
    if line is None:
        return _credit(sale, person, touch, WHOLE_ORDER, ("", sale.net, sale.refunded), rules.version)
    return _credit(sale, person, touch, line.number, (line.product, line.net, line.refunded), rules.version)


def product_credits(
    sales: Sequence[Sale],
    person: str,
    touches: Iterable[Touch],
    moves: Sequence[CartMove],
    emptied: Sequence[Key],
    rules: Rules,
) -> Iterator[Credit]:
    """The entries of these orders in the product ledger; see `product_winners` for the arguments."""
    winners = product_winners(sales, [touch for touch in touches if touch.products], moves, emptied, rules)
    for sale in sales:
        for line in sale.lines:
            click = winners.get((sale.order_id, line.number))
            if click:
                yield earned(sale, person, click, rules, line)


def _credit(
    sale: Sale,
    person: str,
    touch: Touch,
    line: int,
    worth: tuple[str, int, int],
    version: int,
    share: int = WHOLE,
    leads: bool = True,
) -> Credit:
    product, value, refunded = worth
    return Credit(
        order_id=sale.order_id,
        line=line,
        at=sale.at,
        person=person,
        currency=sale.currency,
        product=product,
        value=value,
        refunded=refunded,
        campaign=touch.campaign,
        communication=touch.communication,
        element=touch.element,
        zone=touch.zone,
        touch_at=touch.at,
        touch_id=touch.event_id,
        rule=version,
        share=share,
        leads=leads,
    )
