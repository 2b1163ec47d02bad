"""A step up from the product of the page."""

from collections.abc import Iterator

from shopkeeper.recommenders.ask import Ask, Found, Strategy, because, merged

LEAST, MOST = 1.05, 2.0
"""How many times the price: less is no step, more is another product."""


def _find(ask: Ask) -> Iterator[Found]:
    seed = ask.product
    if seed is None or not seed.paid:
        return iter(())
    low, high, faces = LEAST * seed.paid, MOST * seed.paid, ask.stock.faces
    near = merged(ask.stock.alike.of(ask.seed), ask.counts.near("also_viewed", {ask.seed: 1.0}))
    dearer = (
        key
        for key in near
        if (face := faces.get(key)) and face.currency == seed.currency and low <= (face.paid or 0) <= high
    )
    return because(dearer, f"A step up from {seed.name}")


UPSELL = Strategy("upsell", "like the product of the page, and dearer: up to twice its price", _find, "product")
