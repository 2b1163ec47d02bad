"""Replaying rejects: the same steps as when they arrived, at the time they arrived."""

from __future__ import annotations

from shopkeeper import events, orders
from shopkeeper.engine import clock
from shopkeeper.engine.derive import take_in
from shopkeeper.engine.shop import Shop
from shopkeeper.events import CONFLICT, Reject, Sender
from shopkeeper.model.errors import BadEvent
from shopkeeper.model.events import ORDER_EVENTS, Event


def replay(shop: Shop, limit: int) -> tuple[int, int]:
    """Try the oldest kept rejects again; returns (accepted now, still rejected)."""
    accepted = remaining = 0
    with shop.state.write() as conn:
        for reject in events.list_rejects(conn, limit):
            event = _read(shop, reject)
            if event is None or CONFLICT in take_in(conn, shop.desk(), [event]):
                remaining += 1
            else:
                events.forget_reject(conn, reject.id)
                accepted += 1
    return accepted, remaining


def _read(shop: Shop, reject: Reject) -> Event | None:
    sender = Sender(reject.server, reject.received_at, reject.sent_at, secret_key=shop.keys.secret)
    try:
        wire = events.decode_event(reject.raw)
        event = events.read_event(wire, sender, clock.fresh_id().hex(), reject.default_type)
        if event.name in ORDER_EVENTS:
            orders.read_order(event, shop.plan.shop.currency)
    except BadEvent:
        return None
    return event
