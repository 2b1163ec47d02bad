"""What would have been shown: the campaigns of shop.yaml applied to people of the past, whom nobody decided for."""

from __future__ import annotations

import random

from shopkeeper.model.definitions import Campaign, Communication, ShopFile
from shopkeeper.model.time import DAY
from shopkeeper.simulator.catalogue import Catalogue
from shopkeeper.simulator.crowd.people import Person
from shopkeeper.simulator.crowd.steps import Answer, Page

_WINDOW = {"day": DAY, "week": 7 * DAY}


def invent(
    file: ShopFile, catalogue: Catalogue, person: Person, page: Page, at: int, met: dict[str, bool], rng: random.Random
) -> dict[str, Answer]:
    """Per zone the first communication, in the zone's order, that suits the page and the person."""
    found: dict[str, Answer] = {}
    known = {
        ident: (campaign, one) for campaign in file.campaigns.values() for ident, one in campaign.communications.items()
    }
    overlays = [name for name, zone in file.zones.items() if zone.kind != "block"]
    for zone in (*page.zones, *overlays):
        for ident in file.zones[zone].priority:
            campaign, one = known[ident]
            if _suits(page, one) and _belongs(person, campaign) and _allowed(person, ident, one, at, met):
                found[zone] = Answer(ident, one.kind, zone, products=_products(catalogue, page, one, rng))
                break
    return found


def _suits(page: Page, one: Communication) -> bool:
    when = one.when
    return (
        (not when.page_types or page.type in when.page_types)
        and (not when.categories or page.category in when.categories)
        and (not when.products or page.product in when.products)
    )


def _belongs(person: Person, campaign: Campaign) -> bool:
    kind, _, audience = campaign.segment.partition(":")
    return {
        "everyone": True,
        "new-visitors": person.visits <= 1 and not person.orders,
        "returning-customers": person.orders > 0,
        "audience": audience in person.audiences,
        "tea-or-coffee-unknown": not person.audiences & {"tea-lovers", "coffee-people"},
    }[kind]


def _allowed(person: Person, ident: str, one: Communication, at: int, met: dict[str, bool]) -> bool:
    if one.cap is None:
        return True
    if one.cap.per == "session":
        return ident not in met
    return ident not in person.met or at - person.met[ident] >= _WINDOW[one.cap.per]


def _products(catalogue: Catalogue, page: Page, one: Communication, rng: random.Random) -> tuple[tuple[str, str], ...]:
    """Popular products for a recommender, without the one on the page."""
    if one.recommender is None:
        return ()
    wanted = page.category if one.recommender.category == "page" else one.recommender.category
    shelf = wanted or rng.choice(catalogue.ranges).slug
    popular = (item.id for item in catalogue.of(shelf)[:5] if item.id != page.product)
    return tuple((id, one.recommender.strategies[0]) for id in popular)[: one.recommender.max]
