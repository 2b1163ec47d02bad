"""A real shop with segments, told what people do, and asked by every evaluator who is in a segment at an instant."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from shopkeeper import populations, timelines
from shopkeeper.campaigns import parse_file
from shopkeeper.conditions import Standing
from shopkeeper.conditions.leaves import Expr, Top
from shopkeeper.engine.derive import take_in
from shopkeeper.engine.shop import Shop
from shopkeeper.events import Sender, decode_event, read_event, sign
from shopkeeper.model.definitions import Product
from shopkeeper.model.events import WITHHELD, Event
from shopkeeper.model.time import format_time
from shopkeeper.storage import Connection
from shopkeeper.storage.history import History
from shopkeeper.timelines import Fact, Timeline
from tests.segments.naive import Context, holds, threshold

SECRET = "sk_of_the_test"


class Stage:
    """A shop whose clock stands where it is put."""

    def __init__(self, folder: Path, definitions: str, products: Sequence[Product] = (), now: int = 0) -> None:
        self.now = now
        self.shop = Shop.open(folder, now=lambda: self.now)
        self.shop.put_products(list(products))
        self.shop.apply(parse_file(definitions))
        self._numbers = itertools.count(1)

    def event(self, user: str, at: int, name: str, properties: Any = None, context: Any = None, **more: Any) -> Event:
        """The event intake makes of a call; the user's device has the user's name unless `device` says otherwise."""
        who = {"anonymousId": more.pop("device", f"device-{user}")} | ({"userId": user} if user else {})
        kinds: dict[str, dict[str, Any]] = {"page": {"type": "page"}, "identify": {"type": "identify"}}
        call = kinds.get(name, {"type": "track", "event": name}) | who | more
        call |= {"traits" if name == "identify" else "properties": properties or {}}
        signature = {"signature": sign(user, SECRET).decode()} if user else {}
        call |= {
            "messageId": f"m{next(self._numbers)}",
            "timestamp": format_time(at),
            "context": (context or {}) | signature,
        }
        server = name == WITHHELD  # which nobody else may say
        sender = Sender(server=server, received_at=at, context=_told_by_request(context or {}), secret_key=SECRET)
        return read_event(decode_event(json.dumps(call).encode()), sender, call["messageId"])

    def take(self, events: Sequence[Event]) -> None:
        with self.shop.state.write() as conn:
            take_in(conn, self.shop.desk(), events)

    def did(self, user: str, at: int, name: str, properties: Any = None, context: Any = None, **more: Any) -> None:
        """Somebody did something, and it arrived."""
        self.take([self.event(user, at, name, properties, context, **more)])

    def everybody(self) -> dict[str, list[Fact]]:
        """Person -> facts."""
        with self.shop.state.read() as conn:
            people = [row[0] for row in conn.rows("SELECT person FROM timelines_people ORDER BY person")]
            return {person: timelines.load(conn, person).facts for person in people}

    def thresholds(self, at: int) -> dict[Top, float]:
        """What a count of everybody finds."""
        everybody = self.everybody()
        found = {top: threshold(top, everybody, at) for top in self.shop.book.tops}
        return {top: value for top, value in found.items() if value is not None}

    def inside(self, segment: str | Expr, at: int) -> set[str]:
        """Who is in a segment, as every evaluator agrees; people known by their user id."""
        if isinstance(segment, str):
            found = self.shop.book.get(segment)
            assert found is not None, f"there is no segment {segment}"
            segment = found.expr
        return {person.removeprefix("u:") for person in self.agreed({"it": segment}, at)["it"]}

    def agreed(self, rules: Mapping[str, Expr], at: int) -> dict[str, set[str]]:
        """The members of each rule, the same live, in bulk and by the referee."""
        everybody, thresholds = self.everybody(), self.thresholds(at)
        context = Context(thresholds)
        live: dict[str, set[str]] = {id: set() for id in rules}
        naive: dict[str, set[str]] = {id: set() for id in rules}
        for person, facts in everybody.items():
            standing = Standing(Timeline(facts), person, at, thresholds)
            there = any(fact.at <= at for fact in facts)
            for id, rule in rules.items():
                if there and standing.answer(rule).holds:
                    live[id].add(person)
                if there and holds(rule, facts, person, at, context):
                    naive[id].add(person)
        assert live == naive, "live and the referee disagree"
        with self.shop.state.read() as conn:
            assert populations.thresholds(conn, self.shop.history, thresholds, at) == thresholds
            assert in_bulk(conn, self.shop.history, rules, at, thresholds) == naive, "bulk and the referee disagree"
        return naive

    def rule(self, text: str) -> Expr:
        """What a rule in YAML means."""
        return self.shop.book.trial(yaml.safe_load(text))

    def close(self) -> None:
        self.shop.close()


def _told_by_request(context: dict[str, Any]) -> dict[str, Any]:
    """What intake derives from headers."""
    return {key: context[key] for key in ("device_class", "browser", "os", "country", "region") if key in context}


def in_bulk(
    conn: Connection, history: History, rules: Mapping[str, Expr], at: int, thresholds: Mapping[Top, float]
) -> dict[str, set[str]]:
    """The members of each rule as bulk finds them, nobody twice."""
    found = populations.members(conn, history, rules, at, thresholds)
    rows = found.table.to_pydict()
    persons = timelines.persons(conn, sorted(set(rows["who"])))
    members: dict[str, set[str]] = {id: set() for id in rules}
    for segment, who in zip(rows["segment"], rows["who"], strict=True):
        members[found.ids[segment]].add(persons[who])
    assert sum(map(len, members.values())) == found.table.num_rows, "somebody is a member twice"
    assert populations.sizes(conn, history, rules, at, thresholds).sizes == {
        id: len(them) for id, them in members.items()
    }
    return members
