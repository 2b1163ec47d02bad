"""Lists stay as they are, and follow only who people are."""

from __future__ import annotations

from shopkeeper import insights
from shopkeeper.engine.segments import ask, freeze
from shopkeeper.insights import telling
from shopkeeper.model.time import format_time
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
