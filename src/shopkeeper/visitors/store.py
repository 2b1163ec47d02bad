"""The room's tables and every statement on them. Private to the room."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from shopkeeper.storage import Connection, Migration, marks, parts
from shopkeeper.visitors.profile import Profile
from shopkeeper.visitors.rules import Choice, Claim, Span

MIGRATIONS = (
    Migration(
        "visitors",
        1,
        (
            """CREATE TABLE visitors_claims (
                device TEXT NOT NULL, at BIGINT NOT NULL, event_id BLOB NOT NULL, user_id TEXT NOT NULL,
                PRIMARY KEY (device, at, event_id)) WITHOUT ROWID""",
            """CREATE TABLE visitors_choices (
                device TEXT NOT NULL, at BIGINT NOT NULL, event_id BLOB NOT NULL, granted INTEGER NOT NULL,
                PRIMARY KEY (device, at, event_id)) WITHOUT ROWID""",
            """CREATE TABLE visitors_sessions (
                device TEXT NOT NULL, started_at BIGINT NOT NULL, ended_at BIGINT NOT NULL,
                PRIMARY KEY (device, started_at)) WITHOUT ROWID""",
            """CREATE TABLE visitors_profiles (
                person TEXT NOT NULL PRIMARY KEY, last_at BIGINT NOT NULL, label TEXT NOT NULL, doc BLOB NOT NULL)""",
            """CREATE TABLE visitors_devices (
                device TEXT NOT NULL, person TEXT NOT NULL, PRIMARY KEY (device, person)) WITHOUT ROWID""",
            "CREATE INDEX visitors_devices_person ON visitors_devices (person)",
            """CREATE TABLE visitors_audiences (
                audience TEXT NOT NULL, person TEXT NOT NULL, joined_at BIGINT NOT NULL,
                PRIMARY KEY (audience, person)) WITHOUT ROWID""",
        ),
    ),
)
DERIVED = (
    "visitors_claims",
    "visitors_choices",
    "visitors_sessions",
    "visitors_profiles",
    "visitors_devices",
    "visitors_audiences",
)
"""Tables a rebuild empties and fills again from the log."""

_decode = msgspec.msgpack.Decoder(Profile).decode
_encode = msgspec.msgpack.Encoder(order="deterministic").encode


def claims(conn: Connection, devices: Sequence[str]) -> dict[str, list[Claim]]:
    """By device, ascending; only of those that have any."""
    found: dict[str, list[Claim]] = {}
    unknown = []
    for device in devices:
        held = conn.recall(claims_of(device))
        if held is None:
            unknown.append(device)
        elif held:
            found[device] = [*held]
    for part in parts(unknown):
        sql = (
            f"SELECT device, at, event_id, user_id FROM visitors_claims WHERE device IN ({marks(len(part))}) "
            "ORDER BY device, at, event_id"
        )
        for device, at, event_id, user in conn.rows(sql, part):
            found.setdefault(device, []).append(Claim(at, event_id, user))
    conn.remember({claims_of(device): (*found.get(device, ()),) for device in unknown})
    return found


# What the writer and decisions look at is remembered by the process under these keys; every statement that writes says
# what is no longer so, or what is so now.


def claims_of(device: str) -> tuple[str, str]:
    """The key of all claims on a device, ascending."""
    return ("claims", device)


def visits_of(device: str) -> tuple[str, str]:
    """The key of a device's `Visits`."""
    return ("visits", device)


def no_choices(device: str) -> tuple[str, str]:
    """The key under which it is remembered that no choice was ever made on a device."""
    return ("no choices", device)


def of_person(person: str) -> tuple[str, str]:
    """The key of a person's document."""
    return ("person", person)


def add_claims(conn: Connection, rows: Sequence[tuple[str, Claim]]) -> None:
    conn.changed(claims_of(device) for device, _ in rows)
    conn.many(
        "INSERT INTO visitors_claims VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(device, c.at, c.event_id, c.user) for device, c in rows],
    )


def choices(conn: Connection, since: Mapping[str, int]) -> dict[str, list[Choice]]:
    """By device, the last choice before its moment and all that came then or later; few devices have any."""
    found: dict[str, list[Choice]] = {}
    unknown = [device for device in since if not conn.recall(no_choices(device))]
    for part in parts(unknown):
        sql = f"SELECT DISTINCT device FROM visitors_choices WHERE device IN ({marks(len(part))})"
        for device in {row[0] for row in conn.rows(sql, part)}:
            found[device] = _choices_of(conn, device, since[device])
    conn.remember({no_choices(device): True for device in unknown if device not in found})
    return found


def _choices_of(conn: Connection, device: str, since: int) -> list[Choice]:
    sql = (
        "SELECT at, event_id, granted FROM visitors_choices WHERE device = ? AND at >= "
        "(SELECT COALESCE(MAX(at), 0) FROM visitors_choices WHERE device = ? AND at < ?) ORDER BY at, event_id"
    )
    return [Choice(at, event_id, bool(granted)) for at, event_id, granted in conn.rows(sql, (device, device, since))]


def add_choices(conn: Connection, rows: Sequence[tuple[str, Choice]]) -> None:
    conn.changed(no_choices(device) for device, _ in rows)
    conn.many(
        "INSERT INTO visitors_choices VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(device, c.at, c.event_id, int(c.granted)) for device, c in rows],
    )


def delete_choices(conn: Connection, device: str) -> None:
    conn.run("DELETE FROM visitors_choices WHERE device = ?", (device,))


def delete_claims(conn: Connection, device: str) -> None:
    conn.changed([claims_of(device)])
    conn.run("DELETE FROM visitors_claims WHERE device = ?", (device,))


def devices_of(conn: Connection, persons: Sequence[str]) -> list[str]:
    sql = f"SELECT DISTINCT device FROM visitors_devices WHERE person IN ({marks(len(persons))}) ORDER BY device"
    return [row[0] for row in conn.rows(sql, persons)] if persons else []


def persons_of(conn: Connection, devices: Sequence[str]) -> list[str]:
    sql = f"SELECT DISTINCT person FROM visitors_devices WHERE device IN ({marks(len(devices))}) ORDER BY person"
    return [row[0] for row in conn.rows(sql, devices)] if devices else []


def add_devices(conn: Connection, pairs: Iterable[tuple[str, str]]) -> None:
    conn.many("INSERT INTO visitors_devices VALUES (?, ?) ON CONFLICT DO NOTHING", pairs)


def profiles(conn: Connection, persons: Sequence[str]) -> dict[str, Profile]:
    """Documents of the caller's own, to be changed."""
    found: dict[str, Profile] = {}
    unknown = []
    for person in persons:
        held = conn.recall(of_person(person))
        if held is None:
            unknown.append(person)
        else:
            found[person] = held.copy()
    read: dict[Hashable, Profile] = {}
    for part in parts(unknown):
        sql = f"SELECT person, doc FROM visitors_profiles WHERE person IN ({marks(len(part))})"
        for person, doc in conn.rows(sql, part):
            profile = read[of_person(person)] = _decode(doc)
            found[person] = profile.copy()
    conn.remember(read)
    return found


def stored(conn: Connection, person: str) -> Profile | None:
    """The document as it stands before a write, where that is remembered. Not to be changed."""
    held: Profile | None = conn.recall(of_person(person))
    return held


def profile(conn: Connection, person: str) -> Profile | None:
    row = conn.row("SELECT doc FROM visitors_profiles WHERE person = ?", (person,))
    return _decode(row[0]) if row else None


def claims_on(conn: Connection, device: str) -> list[Claim]:
    sql = "SELECT at, event_id, user_id FROM visitors_claims WHERE device = ? ORDER BY at, event_id"
    return [Claim(*row) for row in conn.rows(sql, (device,))]


def put_profiles(conn: Connection, rows: Sequence[tuple[Profile, str]]) -> None:
    """Store documents, each with the label people search finds it by; empty where it is what it was. The documents must
    not be changed any more.
    """
    conn.remember({of_person(profile.person): profile for profile, _ in rows})
    conn.many(
        "INSERT INTO visitors_profiles VALUES (?, ?, ?, ?) ON CONFLICT (person) DO UPDATE "
        "SET last_at = excluded.last_at, doc = excluded.doc, "
        "label = CASE WHEN excluded.label = '' THEN visitors_profiles.label ELSE excluded.label END",
        [(p.person, p.last_at, label, _encode(p)) for p, label in rows],
    )


def delete_persons(conn: Connection, persons: Sequence[str]) -> None:
    conn.changed(of_person(person) for person in persons)
    for table in ("visitors_profiles", "visitors_devices", "visitors_audiences"):
        conn.many(f"DELETE FROM {table} WHERE person = ?", [(person,) for person in persons])


def put_audiences(conn: Connection, rows: Iterable[tuple[str, str, int]]) -> None:
    conn.many(
        "INSERT INTO visitors_audiences VALUES (?, ?, ?) ON CONFLICT (audience, person) DO UPDATE "
        "SET joined_at = excluded.joined_at",
        rows,
    )


def audience_sizes(conn: Connection) -> dict[str, int]:
    return dict(conn.rows("SELECT audience, COUNT(*) FROM visitors_audiences GROUP BY audience ORDER BY audience"))


def audience_members(conn: Connection, audience: str, limit: int) -> list[tuple[str, int]]:
    sql = "SELECT person, joined_at FROM visitors_audiences WHERE audience = ? ORDER BY joined_at, person LIMIT ?"
    return conn.rows(sql, (audience, limit))


def search(conn: Connection, text: str, limit: int, offset: int) -> list[Profile]:
    """People whose ids, names or e-mails contain the text, the most recently seen first."""
    pattern = "%" + text.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
    sql = (
        "SELECT doc FROM visitors_profiles WHERE label LIKE ? ESCAPE '!' ORDER BY last_at DESC, person LIMIT ? OFFSET ?"
    )
    return [_decode(row[0]) for row in conn.rows(sql, (pattern, limit, offset))]


def totals(conn: Connection) -> tuple[int, int]:
    """(people, known customers among them)."""
    row = conn.row(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN person >= 'u:' AND person < 'u;' THEN 1 ELSE 0 END), 0) "
        "FROM visitors_profiles"
    )
    return (int(row[0]), int(row[1])) if row else (0, 0)


class Visits(NamedTuple):
    """The latest sessions of a device, as far as they are remembered."""

    since: int
    """Every session that ended at this moment or later is among them."""
    spans: Sequence[Span]
    """Ascending."""


def visits(conn: Connection, since: Mapping[str, int]) -> dict[str, Visits]:
    """By device, the sessions that ended at its moment or later, and maybe some before."""
    found: dict[str, Visits] = {}
    unknown = []
    for device, moment in since.items():
        held = conn.recall(visits_of(device))
        if held is None or held.since > moment:
            unknown.append(device)
        else:
            found[device] = held
    oldest = min((since[device] for device in unknown), default=0)
    read: dict[str, list[Span]] = {device: [] for device in unknown}
    for part in parts(unknown):
        sql = (
            f"SELECT device, started_at, ended_at FROM visitors_sessions WHERE device IN ({marks(len(part))}) "
            "AND ended_at >= ? ORDER BY device, started_at"
        )
        for device, start, end in conn.rows(sql, (*part, oldest)):
            read[device].append(Span(start, end))
    found.update((device, Visits(oldest, spans)) for device, spans in read.items())
    return found


def all_spans(conn: Connection, device: str) -> list[Span]:
    sql = "SELECT started_at, ended_at FROM visitors_sessions WHERE device = ? ORDER BY started_at"
    return [Span(*row) for row in conn.rows(sql, (device,))]


def latest_visits(conn: Connection, device: str) -> Visits:
    """The last two sessions of a device: one may lie in the future by as much as clocks differ."""
    sql = "SELECT started_at, ended_at FROM visitors_sessions WHERE device = ? ORDER BY started_at DESC LIMIT 2"
    found = [Span(*row) for row in conn.rows(sql, (device,))][::-1]
    return Visits(found[0].end if len(found) == 2 else 0, found)


def put_spans(
    conn: Connection, gone: Sequence[tuple[str, int]], new: Sequence[tuple[str, int, int]], now: Mapping[str, Visits]
) -> None:
    """Drop sessions by (device, start) and store those that begin or end otherwise; `now` is how each device stands."""
    conn.remember({visits_of(device): latest for device, latest in now.items()})
    conn.many("DELETE FROM visitors_sessions WHERE device = ? AND started_at = ?", gone)
    conn.many(
        "INSERT INTO visitors_sessions VALUES (?, ?, ?) ON CONFLICT (device, started_at) DO UPDATE "
        "SET ended_at = excluded.ended_at",
        new,
    )


def delete_spans(conn: Connection, device: str) -> None:
    conn.changed([visits_of(device)])
    conn.run("DELETE FROM visitors_sessions WHERE device = ?", (device,))
