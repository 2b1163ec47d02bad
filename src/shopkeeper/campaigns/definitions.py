"""Definitions with versions: apply a file, export it again, load the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from shopkeeper.campaigns import store
from shopkeeper.campaigns.earlier import renewed
from shopkeeper.campaigns.plan import Plan, Served
from shopkeeper.model.definitions import Attribution, Campaign, ShopFile
from shopkeeper.storage import Connection

_encode = msgspec.json.encode
_SINGLE = frozenset(("shop", "settings", "attribution", "rates", "catalogue", "search", "strings"))
"""Parts of the file there is one of."""


class Applied(msgspec.Struct):
    """What applying a file changed, as `kind id`."""

    created: list[str] = []
    changed: list[str] = []
    deleted: list[str] = []
    new_communications: list[str] = []
    """Communications that did not exist before: events that already speak of them gain their meaning now."""


class _Row(msgspec.Struct):
    version: int
    deleted: bool
    position: int
    body: bytes


def apply_file(conn: Connection, file: ShopFile, now: int) -> Applied:
    """Make the definitions those of the file: new versions for what changed, soft deletes for what is gone."""
    latest: dict[tuple[str, str], _Row] = {}
    known: set[str] = set()
    for kind, id, version, _, deleted, position, body in store.versions(conn):
        latest[kind, id] = _Row(version, deleted, position, body)
        if kind == "campaign":
            known.update(msgspec.json.decode(body, type=Campaign).communications)
    result = Applied()
    wanted = dict(_bodies(file))
    for (kind, id), (position, body) in wanted.items():
        old = latest.get((kind, id))
        if old and not old.deleted and (old.body, old.position) == (body, position):
            continue
        result.__getattribute__("changed" if old else "created").append(f"{kind} {id}".strip())
        store.add(conn, kind, id, old.version + 1 if old else 1, now, False, position, body)
    for (kind, id), old in latest.items():
        if (kind, id) not in wanted and not old.deleted:
            result.deleted.append(f"{kind} {id}")
            store.add(conn, kind, id, old.version + 1, now, True, old.position, old.body)
    for campaign in file.campaigns.values():
        result.new_communications.extend(id for id in campaign.communications if id not in known)
    if result.created or result.changed or result.deleted:
        store.bump(conn)
    return result


def load_plan(conn: Connection, have: Plan | None = None) -> Plan:
    """The current plan; `have` itself when nothing was applied since."""
    number = store.plan_version(conn)
    if have is not None and have.version == number:
        return have
    current: dict[tuple[str, str], tuple[int, int, bytes]] = {}
    served: dict[str, list[Served]] = {}
    for kind, id, version, created_at, deleted, position, body in store.versions(conn):
        if deleted:
            current.pop((kind, id), None)
            continue
        current[kind, id] = (position, version, body)
        if kind == "campaign":
            for name, communication in msgspec.json.decode(body, type=Campaign).communications.items():
                served.setdefault(name, []).append(Served(id, version, created_at, communication))
    numbers: dict[str, dict[str, int]] = {"campaign": {}, "segment": {}}
    for (kind, id), (_, version, _) in current.items():
        numbers.setdefault(kind, {})[id] = version
    rule_version = current["attribution", ""][1] if ("attribution", "") in current else 0
    return Plan(number, _file(current), numbers["campaign"], served, numbers["segment"], rule_version)


def rule_sets(conn: Connection) -> list[tuple[int, int, Attribution]]:
    """(version, created_at, rules) of every set of attribution rules the shop had, newest first."""
    rows = [(v, at, body) for kind, _, v, at, _, _, body in store.versions(conn) if kind == "attribution"]
    return [(v, at, msgspec.json.decode(body, type=Attribution)) for v, at, body in rows[::-1]]


def export_file(plan: Plan) -> ShopFile:
    """What `apply` would need to give these definitions."""
    return plan.file


def campaign_history(conn: Connection, campaign: str) -> list[tuple[int, int, bool]]:
    """(version, created_at, deleted) of a campaign, newest first."""
    rows = [
        (v, at, gone) for kind, id, v, at, gone, _, _ in store.versions(conn) if (kind, id) == ("campaign", campaign)
    ]
    return rows[::-1]


def _bodies(file: ShopFile) -> Iterable[tuple[tuple[str, str], tuple[int, bytes]]]:
    yield ("shop", ""), (0, _encode(file.shop))
    yield ("settings", ""), (0, _encode(file.settings))
    yield ("attribution", ""), (0, _encode(file.attribution))
    yield ("rates", ""), (0, _encode(file.rates))
    yield ("catalogue", ""), (0, _encode(file.catalogue))
    yield ("search", ""), (0, _encode(file.search))
    yield ("strings", ""), (0, _encode(file.strings))
    for position, (id, zone) in enumerate(file.zones.items()):
        yield ("zone", id), (position, _encode(zone))
    for position, (id, segment) in enumerate(file.segments.items()):
        yield ("segment", id), (position, _encode(segment))
    for position, (id, recommender) in enumerate(file.recommenders.items()):
        yield ("recommender", id), (position, _encode(recommender))
    for position, (id, campaign) in enumerate(file.campaigns.items()):
        yield ("campaign", id), (position, _encode(campaign))


def _file(current: Mapping[tuple[str, str], tuple[int, int, bytes]]) -> ShopFile:
    """The definitions put together again, in the order of the file they came from."""
    parts: dict[str, object] = {"zones": {}, "segments": {}, "recommenders": {}, "campaigns": {}}
    for (kind, id), (_, _, body) in sorted(current.items(), key=lambda item: item[1][0]):
        value = msgspec.json.decode(body)
        if kind in _SINGLE:
            parts[kind] = value
        else:
            parts[f"{kind}s"][id] = value  # type: ignore[index]
    return msgspec.convert(renewed(parts), ShopFile)
