"""Keeping facts: adding them, giving them to somebody else, forgetting them, and moving them into the files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from shopkeeper.model.time import DAY, month_of
from shopkeeper.storage import Connection, State
from shopkeeper.storage.history import Draft, History, ManifestFile
from shopkeeper.timelines import store
from shopkeeper.timelines.bulk import corrections, rewritten
from shopkeeper.timelines.columns import by_span, to_table
from shopkeeper.timelines.facts import Fact

CHUNK = 5_000
"""Writes moved in one transaction."""
MANY_FILES = 8
TRIES = 3
"""How often files are written anew because somebody else changed meanwhile what they hold; then others have to wait."""
OLD = 62 * DAY
"""Facts older than this lie together by the month: a question opens every file, and most shops have few facts a day."""
MANY_ROWS = 3_000_000
"""Facts of a month beyond which its days stay apart, as they are written in one piece."""
MANY_CORRECTIONS = 5_000
"""Beyond this the files are written anew, as every question has to look past the corrections."""


def add(conn: Connection, facts: Mapping[str, Sequence[Fact]]) -> None:
    """Keep new facts, by person. Whoever reads this person's timeline next sees them."""
    found = {person: new for person, new in facts.items() if new}
    if not found:
        return
    numbers = number(conn, found)
    seq = store.reserve(conn, "seq", len(found))
    store.add_facts(conn, [(seq + i, numbers[person], new) for i, (person, new) in enumerate(found.items())])


def put_orders(
    conn: Connection, changed: Iterable[tuple[str, int]], orders: Mapping[str, tuple[str, int, Sequence[Fact]]]
) -> None:
    """Make what is known of changed orders what `orders` (order -> person, at, facts) says.

    `changed` are the (person, at) at which an order was or is: one that is not in `orders` counts no more.
    """
    moved = store.counter(conn, store.MOVED)
    changed = sorted(set(changed))
    people = number(conn, [person for person, _, _ in orders.values()])
    people |= store.numbers(conn, sorted({person for person, _ in changed} - people.keys()))
    before = store.order_seqs(conn, sorted(orders))
    for person, at in changed:
        if person in people:
            for order_id, (seq, body) in store.orders_at(conn, people[person], at).items():
                before.setdefault(order_id, (people[person], seq, body))
    new = [
        (order_id, people[person], at, store.encode(facts))
        for order_id, (person, at, facts) in sorted(orders.items())
        if before.get(order_id, (0, 0, b""))[::2] != (people[person], store.encode(facts))
    ]
    stale = {order_id for order_id, *_ in new} | (before.keys() - orders.keys())
    store.add_changed(conn, [before[id][1] for id in sorted(stale) if id in before and before[id][1] <= moved])
    store.drop_orders(conn, sorted(before.keys() - orders.keys()))
    if new:
        seq = store.reserve(conn, "seq", len(new))
        store.put_orders(conn, [(id, who, at, seq + i, body) for i, (id, who, at, body) in enumerate(new)])
    lost = [who for who in sorted({who for who, *_ in before.values()}) if not store.has_facts(conn, who)]
    store.drop_people(conn, store.persons(conn, lost).values())


def number(conn: Connection, persons: Iterable[str]) -> dict[str, int]:
    """The number of each person; whoever has none is given one."""
    wanted = sorted(set(persons))
    found = store.numbers(conn, wanted)
    missing = [person for person in wanted if person not in found]
    if missing:
        first = store.reserve(conn, "who", len(missing))
        store.add_people(conn, [(person, first + i) for i, person in enumerate(missing)])
        found.update((person, first + i) for i, person in enumerate(missing))
    return found


def rename_person(conn: Connection, old: str, new: str) -> None:
    """All that `old` did becomes what `new` did."""
    found = store.numbers(conn, (old, new))
    if old not in found:
        return
    if new in found:
        store.merge_facts(conn, found[old], found[new])
        store.drop_people(conn, (old,))
    else:
        store.rename(conn, old, new)


def forget(conn: Connection, persons: Sequence[str]) -> None:
    """Drop all facts of these people; the caller adds them again from the log."""
    found = store.numbers(conn, persons)
    store.drop_facts(conn, sorted(found.values()))
    store.drop_people(conn, found)


def people_since(conn: Connection, seq: int) -> list[str]:
    """Everybody with new facts since a write."""
    return sorted(store.persons(conn, store.people_since(conn, seq)).values())


class Prepared(NamedTuple):
    """Writes that the files do not hold yet, in files that are not listed yet."""

    after: int
    """The files hold everything up to this write."""
    rows: list[tuple[int, int]]
    """(number of the write, person), in order."""
    drafts: list[Draft | None]


def move(state: State, history: History, now: int, chunk: int = CHUNK, rest: Callable[[], None] | None = None) -> int:
    """Write what the files do not hold yet, resting after each chunk; returns how many writes.

    Files are written before the transaction that lists them, so that whoever else writes hardly waits.
    """
    moved = 0
    while True:
        count = _move_some(state, history, now, chunk)
        moved += count
        if count < chunk:
            return moved
        if rest is not None:
            rest()


def move_waiting(conn: Connection, history: History, now: int, chunk: int = CHUNK) -> int:
    """Write up to `chunk` of the writes that wait, all in the transaction of `conn`."""
    prepared = _prepare(conn, history, now, chunk)
    _settle(conn, history, prepared)
    return len(prepared.rows)


def _move_some(state: State, history: History, now: int, chunk: int) -> int:
    for _ in range(TRIES):
        with state.read() as conn:
            prepared = _prepare(conn, history, now, chunk)
        if not prepared.rows:
            return 0
        with state.write() as conn:
            if stands := _stands(conn, prepared):
                _settle(conn, history, prepared)
        if stands:
            return len(prepared.rows)
        history.discard(prepared.drafts)
    with state.write() as conn:
        return move_waiting(conn, history, now, chunk)


def _prepare(conn: Connection, history: History, now: int, chunk: int) -> Prepared:
    """Write up to `chunk` of the writes that wait into files, one for each day or old month."""
    after = store.counter(conn, store.MOVED)
    rows = store.bodies_since(conn, after, chunk)
    drafts = [history.draft("facts", span, found) for span, found in by_span(to_table(rows), now - OLD)]
    return Prepared(after, [(seq, who) for who, seq, _ in rows], drafts)


def _stands(conn: Connection, prepared: Prepared) -> bool:
    """Whether those writes are still what they were: of the same people, and none of them gone. What a write says does
    not change under its number.
    """
    return (
        store.counter(conn, store.MOVED) == prepared.after
        and store.numbers_since(conn, prepared.after, len(prepared.rows)) == prepared.rows
    )


def _settle(conn: Connection, history: History, prepared: Prepared) -> None:
    for draft in prepared.drafts:
        history.enter(conn, draft)
    if prepared.rows:
        store.set_counter(conn, store.MOVED, prepared.rows[-1][0])


def tidy(state: State, history: History, now: int) -> int:
    """Write the files anew where there are many of a day or an old month, all of them where they hold much that is no
    longer so. Returns how many days and months were written.
    """
    with state.read() as conn:
        wrong = corrections(conn)
        spans = _spans(history.files(conn, "facts"), now)
    everything = wrong.amount >= MANY_CORRECTIONS
    due = [span for span, files in sorted(spans.items()) if everything or len(files) >= MANY_FILES]
    for span in due:
        _rewrite(state, history, span, _last(span))
    if everything:
        with state.write() as conn:
            store.clear(conn, wrong.renamed, wrong.gone, wrong.changed)
    return len(due)


def _rewrite(state: State, history: History, first: str, last: str) -> None:
    """Write the files of some days anew as one, with what is known by now to be no longer so put right. What turns out
    meanwhile is noted where it always is; files that came meanwhile need another try.
    """
    for _ in range(TRIES):
        with state.read() as conn:
            files = history.files(conn, "facts", first, last)
            draft = history.draft("facts", first, rewritten(conn, history, first, last))
        with state.write() as conn:
            if stands := history.files(conn, "facts", first, last) == files:
                history.replace(conn, "facts", first, draft, last)
        if stands:
            return
        history.discard([draft])
    with state.write() as conn:
        draft = history.draft("facts", first, rewritten(conn, history, first, last))
        history.replace(conn, "facts", first, draft, last)


def _spans(files: Iterable[ManifestFile], now: int) -> dict[str, list[ManifestFile]]:
    """The files by what may be written in one piece: days, and months that are old."""
    months: dict[str, list[ManifestFile]] = defaultdict(list)
    for file in files:
        months[file.day[:7]].append(file)
    spans: dict[str, list[ManifestFile]] = defaultdict(list)
    for month, held in months.items():
        whole = month < month_of(now - OLD) and sum(file.rows for file in held) <= MANY_ROWS
        for file in held:
            spans[month if whole else file.day].append(file)
    return spans


def _last(span: str) -> str:
    """The last name among a day or the days of a month."""
    return span if len(span) > len("2026-01") else f"{span}-31"


def reset(conn: Connection, history: History) -> None:
    """Drop the files too: a rebuild writes them anew."""
    for day in sorted({file.day for file in history.files(conn, "facts")}):
        history.replace(conn, "facts", day, None)
    store.set_counter(conn, store.MOVED, store.counter(conn, "seq"))
