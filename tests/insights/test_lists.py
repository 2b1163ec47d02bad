"""Lists stay as they are, and follow only who people are."""

from __future__ import annotations

import pytest

from shopkeeper import insights
from shopkeeper.engine.segments import ask, freeze
from shopkeeper.insights import Base, telling
from shopkeeper.insights.members import Members, members
from shopkeeper.model.time import format_time
from shopkeeper.segments import Segment
from tests.admin.seed import NOW, Little


def test_a_visitor_who_becomes_known_stands_in_the_list_once(little: Little):
    known = {"type": "identify", "userId": "eve", "timestamp": format_time(NOW)}
    little.send(little.event(NOW, "eve-phone", "Danced"), known | {"anonymousId": "eve-laptop", "messageId": "1"})
    freeze(little.shop, "everyone", "dancers")
    little.send(known | {"anonymousId": "eve-phone", "messageId": "2"})
    with little.shop.state.read() as conn:
        people = insights.listed(conn, "dancers")
    assert people.count("u:eve") == 1 and "a:eve-phone" not in people
    assert ask(little.shop, telling.listed, "dancers", 1000).size == len(people)


def test_a_visitor_who_becomes_known_while_the_list_is_made_stands_in_it_by_name(
    little: Little, monkeypatch: pytest.MonkeyPatch
):
    little.send(little.event(NOW, "eve-phone", "Danced"))

    def meanwhile(base: Base, segment: Segment) -> Members:
        found = members(base, segment)
        little.send({"type": "identify", "userId": "eve", "anonymousId": "eve-phone", "timestamp": format_time(NOW)})
        return found

    monkeypatch.setattr("shopkeeper.engine.segments.members", meanwhile)
    freeze(little.shop, "everyone", "dancers")
    with little.shop.state.read() as conn:
        people = insights.listed(conn, "dancers")
    assert "u:eve" in people and "a:eve-phone" not in people
