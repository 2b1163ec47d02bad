"""The plan: all definitions compiled for reading: what competes in each zone, and what any version once said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shopkeeper.campaigns.rules import Hours, hours
from shopkeeper.model.content import Element
from shopkeeper.model.definitions import Attribution, Campaign, Communication, Settings, Shop, ShopFile, Zone


class Placed(NamedTuple):
    """A communication in its place: the candidate a decision looks at."""

    id: str
    campaign_id: str
    campaign: Campaign
    communication: Communication
    version: int
    hours: Hours
    variant: str = ""
    """The variant it is shown as; empty for the communication itself."""


class Served(NamedTuple):
    """One version of a communication as it was served."""

    campaign_id: str
    version: int
    created_at: int
    communication: Communication


class Plan:
    """Definitions as of one version number. Immutable once built."""

    def __init__(
        self,
        version: int,
        file: ShopFile,
        numbers: Mapping[str, int],
        served: Mapping[str, list[Served]],
        segments: Mapping[str, int],
        rule_version: int = 0,
    ) -> None:
        self.version = version
        self.file = file
        self.numbers = numbers
        """Campaign id -> its current version."""
        self.segments = segments
        """Segment id -> its current version, of those in the file."""
        self.served = served
        """Communication id -> its versions, oldest first; also of deleted ones."""
        self.rule_version = rule_version
        """Version of the attribution rules; 0 until a file was applied."""
        self.zone = ZoneInfo(file.shop.time_zone)
        self.candidates = _candidates(file, numbers, self.zone)
        self.overlays = [name for name, zone in file.zones.items() if zone.kind != "block"]

    @property
    def shop(self) -> Shop:
        return self.file.shop

    @property
    def settings(self) -> Settings:
        return self.file.settings

    @property
    def attribution(self) -> Attribution:
        return self.file.attribution

    @property
    def zones(self) -> dict[str, Zone]:
        return self.file.zones

    def served_as(self, communication: str, version: int | None, at: int) -> Served | None:
        """The version of a communication an event speaks of: the one it names, else the one in force at `at`.

        Events older than the first version mean the first.
        """
        versions = self.served.get(communication)
        if not versions:
            return None
        if version is not None:
            for served in versions:
                if served.version == version:
                    return served
        in_force = [served for served in versions if served.created_at <= at]
        return in_force[-1] if in_force else versions[0]

    def variant(self, communication: str, said: str, version: int | None, at: int) -> str:
        """The variant an event speaks of; empty where what was served had none of that name."""
        served = self.served_as(communication, version, at) if said else None
        return said if served and said in served.communication.variants else ""

    def element(
        self, communication: str, element: str, version: int | None, at: int, variant: str = ""
    ) -> Element | None:
        """The element an event speaks of, as it was defined when served."""
        served = self.served_as(communication, version, at)
        return served.communication.as_variant(variant).part(element) if served else None


def _candidates(file: ShopFile, numbers: Mapping[str, int], zone: ZoneInfo) -> dict[str, list[Placed]]:
    """Zone -> its communications in strict priority order: those it lists, then the rest as defined."""
    places: dict[str, dict[str, Placed]] = {name: {} for name in file.zones}
    for campaign_id, campaign in file.campaigns.items():
        when = hours(campaign.schedule, zone)
        for id, communication in campaign.communications.items():
            if communication.zone in places:
                placed = Placed(id, campaign_id, campaign, communication, numbers.get(campaign_id, 1), when)
                places[communication.zone][id] = placed
    ordered = {}
    for name, found in places.items():
        first = [found[id] for id in file.zones[name].priority if id in found]
        ordered[name] = first + [placed for id, placed in found.items() if id not in file.zones[name].priority]
    return ordered


def meant_anew(before: Plan, plan: Plan) -> list[tuple[str, int, int]]:
    """(communication, since, version): what events at or after `since`, or naming `version`, now speak of.

    An event may lie a few minutes in the future by its sender's clock, or name a version before it is applied here.
    """
    return [
        (communication, versions[-1].created_at if communication in before.served else 0, versions[-1].version)
        for communication, versions in plan.served.items()
        if len(versions) > len(before.served.get(communication, ()))
    ]
