"""What a browser has to know before it interrupts somebody with what was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from shopkeeper.campaigns import Plan
from shopkeeper.conditions import cart_worth
from shopkeeper.decisions.board import Board
from shopkeeper.decisions.rules import Chosen, Visitor
from shopkeeper.model.money import decimal_text
from shopkeeper.timelines import Timeline


def manners(
    board: Board, plan: Plan, outcomes: Sequence[Chosen], visitor: Visitor, timeline: Callable[[], Timeline]
) -> dict[str, Any]:
    """How much distance to keep (`gap_s`), how many times it may interrupt (`left`, under a budget), and what the cart is
    worth (`cart`) where a trigger waits for that. Empty when nothing chosen interrupts.
    """
    shown = [each.candidate for each in outcomes if each.candidate is not None]
    triggers = [candidate.placed.communication.trigger for candidate in shown if candidate.interrupts]
    if not triggers:
        return {}
    told: dict[str, Any] = {"gap_s": plan.settings.interruption_gap_s}
    if board.attention:
        told["left"] = min(limit.left(visitor) for limit in board.attention)
    if visitor.personal and any(part.on == "cart_value" for trigger in triggers for part in trigger.each()):
        told["cart"] = float(decimal_text(cart_worth(timeline(), visitor.moment.at), plan.shop.currency))
    return told
