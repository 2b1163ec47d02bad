"""Frequency caps: of a communication, of a campaign, and of the shop's interruptions together."""

from __future__ import annotations

from shopkeeper.campaigns import Plan
from shopkeeper.campaigns.rules import Page
from shopkeeper.catalogue import Catalogue
from shopkeeper.decisions import Chosen, Moment, Visitor, build_board, decide, manners
from shopkeeper.model.definitions import Campaign, Cap, Communication, Settings, ShopFile, Zone
from shopkeeper.model.time import DAY, HOUR, MINUTE, parse_time
from shopkeeper.model.triggers import Trigger
from shopkeeper.recommenders import Now, Shelves, Stock
from shopkeeper.segments import build_book
from shopkeeper.timelines import Fact, Timeline
from shopkeeper.visitors import Profile

NOW = parse_time("2026-03-01T09:00:00Z")
ZONES = {"over": Zone(kind="popup"), "corner": Zone(kind="notification"), "hero": Zone()}
CART = Timeline([Fact(NOW - HOUR, b"added", "Product Added", "phone", product="tea", price=1250)])


class Stage:
    """A shop of a few communications, and a visitor who met some of them."""

    def __init__(self, attention: tuple[Cap, ...] = (), caps: tuple[Cap, ...] = (), **communications: Communication):
        campaign = Campaign(status="published", caps=caps, communications=communications)
        file = ShopFile(settings=Settings(attention=attention), zones=ZONES, campaigns={"c": campaign})
        self.plan = Plan(1, file, {}, {}, {})
        self.board = build_board(self.plan, build_book(self.plan, Catalogue()), {}, Shelves(Stock({}, {}), Now()))

    def decide(self, **met: list[int]) -> tuple[dict[str, Chosen], dict[str, object]]:
        """What is chosen in each zone, and the manners the browser is told; `met` are microseconds ago."""
        appearances = {id: sorted(NOW - ago for ago in times) for id, times in met.items()}
        visitor = Visitor(Profile("u:ada", appearances=appearances), Moment(NOW, NOW - 10 * MINUTE), True)
        outcomes = decide(self.board, visitor, lambda: CART, Page(), ZONES)
        told = manners(self.board, self.plan, outcomes, visitor, lambda: CART)
        return {outcome.zone: outcome for outcome in outcomes}, told


def popup(**changes: object) -> Communication:
    return Communication(kind="popup", zone="over", **changes)  # type: ignore[arg-type]


def why(outcome: Chosen) -> str:
    return outcome.walked[0].reason


def test_a_campaigns_cap_counts_all_its_communications():
    stage = Stage(caps=(Cap(2, "day"),), a=popup(), b=Communication(kind="block", zone="hero"))
    assert stage.decide(a=[HOUR], b=[2 * DAY])[0]["over"].candidate
    outcomes, _ = stage.decide(a=[HOUR], b=[2 * HOUR])
    assert outcomes["over"].candidate is outcomes["hero"].candidate is None
    assert why(outcomes["hero"]) == "the campaign was met 2 x in this day already"


def test_the_attention_budget_counts_interruptions_and_spares_blocks():
    note = Communication(kind="notification", zone="corner")
    stage = Stage((Cap(1, "session"),), a=popup(), b=note, c=Communication(kind="block", zone="hero"))
    assert stage.decide(c=[MINUTE])[0]["over"].candidate
    outcomes, told = stage.decide(b=[MINUTE])
    assert outcomes["over"].candidate is None and outcomes["hero"].candidate
    assert why(outcomes["over"]) == "met 1 pop-ups and notifications in this session already" and told == {}


def test_every_cap_of_a_budget_has_to_hold():
    stage = Stage((Cap(1, "session"), Cap(3, "week")), a=popup())
    assert stage.decide(a=[HOUR, DAY])[0]["over"].candidate
    assert not stage.decide(a=[HOUR, DAY, 6 * DAY])[0]["over"].candidate
    assert stage.decide(a=[HOUR, DAY, 8 * DAY])[1] == {"gap_s": 10, "left": 1}


def test_the_browser_is_told_the_cart_where_a_trigger_waits_for_it():
    waiting = Trigger(any=(Trigger(on="load"), Trigger(on="cart_value", value=30)))
    assert Stage(a=popup(trigger=waiting)).decide()[1] == {"gap_s": 10, "cart": 12.5}
    assert Stage(a=popup()).decide()[1] == {"gap_s": 10}
    assert Stage(c=Communication(kind="block", zone="hero")).decide()[1] == {}


def test_what_the_browser_is_told_of_a_trigger():
    assert Trigger().told() == {"on": "load"}
    assert Trigger(on="exit_intent").told() == {"on": "exit_intent", "seconds": None, "touch": False}
    nested = Trigger(all=(Trigger(on="scroll"), Trigger(any=(Trigger(on="page_view", count=2),))))
    parts = [{"on": "scroll", "share": 0.5}, {"any": [{"on": "page_view", "count": 2}]}]
    assert nested.told() == {"all": parts}
