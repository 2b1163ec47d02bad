"""Who unsubscribed permits no marketing, in whatever order that is learnt."""

from __future__ import annotations

import itertools
from typing import Any

from shopkeeper.model.events import Event, Flag
from shopkeeper.visitors.profile import Profile
from shopkeeper.visitors.rules import merge, observe

BANNER = {"consent": {"marketing": True}}


def said(at: int, name: str, context: dict[str, Any] | None = None) -> Event:
    return Event(bytes([at] * 16), at, at, name, "phone", "ada", Flag.VERIFIED, {}, context or {})


def permits(*events: Event) -> bool:
    """Whether marketing is permitted, which the order of arrival and a merge may not change."""
    answers = set()
    for order in itertools.permutations(events):
        profile, other = Profile.begun("u:ada"), Profile.begun("a:phone")
        for event in order[:1]:
            observe(other, event)
        for event in order[1:]:
            observe(profile, event)
        merge(profile, other)
        answers.add(profile.allows("marketing", default=True))
    assert len(answers) == 1
    return answers.pop()


def test_a_banner_repeated_with_a_page_view_does_not_undo_unsubscribing():
    assert permits(said(1, "$page", BANNER))
    assert not permits(said(1, "$page", BANNER), said(2, "Unsubscribed"), said(3, "$page", BANNER))


def test_subscribing_again_gives_the_choice_back():
    assert permits(said(1, "$page", BANNER), said(2, "Communication Unsubscribed"), said(3, "Subscribed"))
    assert not permits(said(1, "Subscribed"), said(2, "Unsubscribed"))
    assert not permits(said(1, "$page", {"consent": {"marketing": False}}), said(2, "Subscribed"))


def test_the_other_purposes_stay():
    profile = Profile.begun("u:ada")
    observe(profile, said(1, "Unsubscribed"))
    assert profile.allows("measurement", default=True) and profile.allows("personalisation", default=True)
