"""Segments as definitions of one shop: put, delete, and what questions about them are asked of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from shopkeeper import insights, visitors
from shopkeeper.campaigns import Applied, Plan, read_file
from shopkeeper.engine.shop import Shop
from shopkeeper.insights import Base, members, telling
from shopkeeper.insights.told import AppliedTold, ListTold
from shopkeeper.model.definitions import ShopFile
from shopkeeper.model.errors import Conflict, NotFound
from shopkeeper.segments import PREBUILT, users_of
from shopkeeper.storage import Connection

RESERVED = "schema.json"
"""No segment's id, as the API serves the language's schema under it."""


Told = TypeVar("Told")


def base(shop: Shop, conn: Connection) -> Base:
    """What questions about segments are asked of, as of now."""
    return Base(conn, shop.history, shop.book, shop.thresholds, shop.now())


def ask(shop: Shop, question: Callable[..., Told], *arguments: Any) -> Told:
    """The answer of a question of `insights.telling`, in one view that holds still."""
    with shop.state.read() as conn:
        return question(base(shop, conn), *arguments)


def freeze(shop: Shop, id: str, name: str) -> ListTold:
    """Keep the members of now as a list. The question is asked before the write begins, which others would wait for;
    who became known in between is listed as who they are.
    """
    with shop.state.read() as conn:
        asked = base(shop, conn)
        segment = asked.segment(id)
        people = [member.person for member in members(asked, segment).people]
    with shop.state.write() as conn:
        frozen = insights.freeze(conn, name, segment, visitors.persons_by_now(conn, people), asked.now)
    return telling.list_told(asked, frozen)


def delete_list(shop: Shop, name: str) -> ListTold:
    """Drop a list; what it was. Raises NotFound."""
    with shop.state.write() as conn:
        return telling.list_told(base(shop, conn), insights.delete_list(conn, name))


def put_segment(shop: Shop, id: str, definition: Any) -> AppliedTold:
    """Define a segment, or define it anew. BadInput names the place of what is wrong, as for shop.yaml."""
    if id == RESERVED:
        raise Conflict("reserved_id", f"{RESERVED!r} cannot be a segment's id", hint="Choose another.")
    return _told(shop.change(lambda plan: _with(plan, id, definition)))


def delete_segment(shop: Shop, id: str) -> AppliedTold:
    """Take a segment out of the definitions. Conflict where something uses it, NotFound where there is none."""
    return _told(shop.change(lambda plan: _without(plan, id)))


def _with(plan: Plan, id: str, definition: Any) -> ShopFile:
    data = msgspec.to_builtins(plan.file)
    data["segments"] = data.get("segments", {}) | {id: definition}
    return read_file(data)


def _without(plan: Plan, id: str) -> ShopFile:
    if id not in plan.file.segments:
        if id in PREBUILT:
            raise Conflict(
                "prebuilt_segment",
                f"The segment {id!r} is pre-built and stays",
                hint="Define one of its id to change it.",
            )
        raise NotFound("unknown_segment", f"There is no segment {id[:80]!r} of the shop's own")
    users = users_of(plan, id)
    if users and id not in PREBUILT:
        raise Conflict(
            "segment_in_use",
            f"The segment {id!r} is used by {', '.join(users)}",
            hint="Have them use another segment first.",
        )
    rest = {name: segment for name, segment in plan.file.segments.items() if name != id}
    return msgspec.structs.replace(plan.file, segments=rest)


def _told(applied: Applied) -> AppliedTold:
    return AppliedTold(applied.created, applied.changed, applied.deleted)
