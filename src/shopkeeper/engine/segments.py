"""Segments as definitions of one shop: put, delete, and what questions about them are asked of."""

from __future__ import annotations

from typing import Any

import msgspec

from shopkeeper import visitors
from shopkeeper.campaigns import Applied, Plan, read_file
from shopkeeper.engine.shop import Shop
from shopkeeper.insights import Base
from shopkeeper.model.definitions import ShopFile
from shopkeeper.model.errors import Conflict, NotFound
from shopkeeper.segments import PREBUILT, users_of
from shopkeeper.storage import Connection

RESERVED = "schema.json"
"""No segment's id, as the API serves the language's schema under it."""


def base(shop: Shop, conn: Connection) -> Base:
    """What questions about segments are asked of, as of now."""
    return Base(conn, shop.history, shop.book, shop.thresholds, shop.now())


def put_segment(shop: Shop, id: str, definition: Any) -> Applied:
    """Define a segment, or define it anew. BadInput names the place of what is wrong, as for shop.yaml."""
    if id == RESERVED:
        raise Conflict("reserved_id", f"{RESERVED!r} cannot be a segment's id", hint="Choose another.")
    return shop.change(lambda plan: _with(plan, id, definition))


def delete_segment(shop: Shop, id: str) -> Applied:
    """Take a segment out of the definitions. Conflict where something uses it, NotFound where there is none."""
    return shop.change(lambda plan: _without(plan, id))


def person_named(conn: Connection, name: str) -> str:
    """The person a name means: an id as it stands, else a user id, else an anonymous id; the name itself for nobody."""
    if "\0" in name or len(name) > 300:
        return name[:80].replace("\0", "")
    wanted = [name, visitors.known_person(name), visitors.anonymous_person(name)]
    found = visitors.load(conn, wanted, create=False)
    known = next((person for person in wanted if person in found), None)
    if known is None:
        owners = visitors.persons_of(conn, [name])
        known = owners[0] if len(owners) == 1 else name
    return known


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
