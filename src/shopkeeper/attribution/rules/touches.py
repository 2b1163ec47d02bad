"""Which acts are touches. Source: PRODUCT.md sections 1 and 4.2."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shopkeeper.attribution.rules.words import Defined, Interaction, Rules, Same, Touch


def may_earn(act: str, kind: str, rules: Rules) -> bool:
    """Whether an act is a touch: a click on any kind that counts; a hover on notifications; a discard never."""
    if kind not in rules.kinds:
        return False
    return act == "clicked" or (act == "hovered" and kind == "notification" and rules.notification_hovers)


def touches_of(
    interactions: Iterable[Interaction],
    definitions: Mapping[bytes, Defined],
    same: Same,
    rules: Rules,
    lives_until: Mapping[tuple[str, int], int],
) -> list[Touch]:
    """The interactions that are touches, in order, with what their definitions add.

    A click counts for the products of its element, and in a recommender for the product clicked. `lives_until` says of
    sessions, by (device, start), when they are over; it may be empty where the rules do not ask.
    """
    touches = []
    for i in interactions:
        defined = definitions.get(i.event_id)
        if defined is None or not may_earn(i.act, defined.kind, rules):
            continue
        campaign, kind, products, recommends = defined
        if i.act != "clicked":
            products = frozenset()
        elif i.product and recommends:
            products = products | {same(i.product)}
        session = (i.device, i.session)
        over = lives_until.get(session, 0)
        touches.append(
            Touch(i.at, i.event_id, i.act, i.communication, campaign, kind, i.element, i.zone, products, session, over)
        )
    return sorted(touches, key=lambda touch: touch.order)
