"""Two nodes on one PostgreSQL follow the same people: every change once, whoever gets to it."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from shopkeeper import segments
from shopkeeper.campaigns import parse_file
from shopkeeper.engine.derive import take_in
from shopkeeper.engine.jobs import fill_segments, follow_segments
from shopkeeper.engine.shop import Shop
from shopkeeper.model.events import Event, Flag
from shopkeeper.model.time import MINUTE, SECOND, parse_time

START = parse_time("2026-03-01T09:00:00Z")
LOOKING = "segments: {looking: {rule: {did: Product Viewed, within: 10 minutes}}}"
PEOPLE = 120


def test_two_nodes_tell_each_change_once(postgres_url: str, tmp_path: Path):
    clock = [START]
    nodes = [Shop.open(tmp_path, postgres_url, lambda: clock[0]) for _ in range(2)]
    nodes[0].apply(parse_file(LOOKING))
    nodes[1].refresh()
    fill_segments(nodes[0])
    views = [
        Event(n.to_bytes(16, "big"), START, START, "Product Viewed", f"d{n}", flags=int(Flag.NONE), message_id=str(n))
        for n in range(PEOPLE)
    ]
    for node, half in zip(nodes, (views[::2], views[1::2]), strict=True):
        with node.state.write() as conn:
            take_in(conn, node.desk(), half)
    with ThreadPoolExecutor(2) as both:
        for clock[0] in (START + SECOND, START + 11 * MINUTE):
            list(both.map(follow_segments, nodes))
    with nodes[0].state.read() as conn:
        told = Counter(
            (c.person, c.entered, c.at - START) for c in segments.changes_in(conn, "looking", 1000) if c.person
        )
    for node in nodes:
        node.close()
    entered = {(f"a:d{n}", 1, SECOND) for n in range(PEOPLE)}
    left = {(f"a:d{n}", 0, 10 * MINUTE + 1) for n in range(PEOPLE)}
    assert told == Counter(entered | left)
