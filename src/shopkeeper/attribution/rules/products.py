"""Who earns a line: product credit. Source: PRODUCT.md section 4.3."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from shopkeeper.attribution.rules.words import CartMove, Key, Rules, Sale, Touch

BEGINNING: Key = (-1, b"")


def product_winners(
    sales: Sequence[Sale], clicks: Sequence[Touch], moves: Sequence[CartMove], emptied: Sequence[Key], rules: Rules
) -> dict[tuple[str, int], Touch]:
    """(order id, line number) -> the click that earns it. All arguments ascending, of one person; `emptied` are the
    moments of all orders up to the last sale, also of those too old to be among the sales.

    A click on a product earns the lines of that product in the first later order holding it, within the lookback;
    among the clicks that may earn it the last wins; a click on what lies in the cart at that moment does not count.
    """
    winners: dict[tuple[str, int], Touch] = {}
    bought = {line.product for sale in sales for line in sale.lines}
    by_product: dict[str, list[Touch]] = {}
    for click in clicks:
        # A coupon may count for thousands of products, of which a person buys few.
        for product in click.products & bought:
            by_product.setdefault(product, []).append(click)
    if not by_product:
        return winners
    previous: dict[str, Key] = {}
    for sale in sales:
        for product in {line.product for line in sale.lines}:
            for click in reversed(by_product.get(product, ())):
                if why_not(click, product, sale, previous.get(product, BEGINNING), rules):
                    continue
                if rules.credit_products_in_cart or not in_cart(product, click.order, moves, emptied):
                    winners.update(((sale.order_id, n.number), click) for n in sale.lines if n.product == product)
                    break
            previous[product] = sale.order
    return winners


def why_not(click: Touch, product: str, sale: Sale, previous: Key, rules: Rules) -> str:
    """Why a click cannot reach a line of `product` in `sale`, or empty. `previous` is the order before that held it."""
    if product not in click.products:
        return "it does not count for this product"
    if click.order > sale.order:
        return "it came after the order"
    if click.order < previous:
        return "an earlier order of the product used it up"
    if click.at < sale.at - rules.product_lookback:
        return "it is older than the lookback of product credit"
    return ""


def in_cart(product: str, at: Key, moves: Sequence[CartMove], orders: Sequence[Key]) -> bool:
    """Whether the product lay in the cart just before `at`: added, not removed, and no order since."""
    last = None
    for move in moves:
        if move.order >= at:
            break
        if move.product == product:
            last = move
    if last is None or not last.added:
        return False
    since = bisect_left(orders, last.order)
    return not (since < len(orders) and orders[since] < at)
