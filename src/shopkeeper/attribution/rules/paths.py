"""The touches an order looks back at. Source: PRODUCT.md section 4.2."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from shopkeeper.attribution.rules.words import Sale, Touch


def path_to(sale: Sale, touches: Sequence[Touch], lookback: int | None) -> list[Touch]:
    """The touches before an order and inside the lookback (both ends inclusive), ascending as `touches` are.

    A lookback of None is the session: the touches whose session was not over when the order was placed.
    """
    end = bisect_left(touches, sale.order, key=lambda touch: touch.order)
    if lookback is None:
        return [touch for touch in touches[:end] if sale.at < touch.lives_until]
    start = bisect_left(touches, sale.at - lookback, hi=end, key=lambda touch: touch.at)
    return list(touches[start:end])


def steps_of(path: Sequence[Touch]) -> list[Touch]:
    """The path with neighbours of one session and communication taken together, at the last of them.

    Three clicks in one session are one click in the panels and one step here.
    """
    steps: list[Touch] = []
    for touch in path:
        if steps and (steps[-1].session, steps[-1].communication) == (touch.session, touch.communication):
            steps.pop()
        steps.append(touch)
    return steps
