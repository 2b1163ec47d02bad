"""What doors tell of segments, as programs read it: times ISO 8601 in shop time, money in minor units of its currency."""

from __future__ import annotations

from typing import Any

import msgspec

from shopkeeper.insights.figures import Part, Product, Worth
from shopkeeper.insights.together import Place


class SegmentTold(msgspec.Struct):
    """One segment with its size."""

    id: str
    name: str
    note: str
    sentence: str
    """The rule in plain words, to stand after "people who"."""
    origin: str
    """`prebuilt`, `shop` (defined by the shop) or `audience`."""
    size: int
    share: float
    """Of everybody."""
    followed: bool
    """Who enters and leaves is followed, and `since` is known of its members."""
    entered: int
    """How often somebody entered in the last 7 x 24 hours."""
    left: int
    used_by: list[str]
    """Campaigns and segments that name it, as `campaign spring`."""
    rule: dict[str, Any] = {}
    """The tree of conditions; of one segment only."""


class SegmentsTold(msgspec.Struct):
    """All segments."""

    everybody: int
    """How many people are on record."""
    segments: list[SegmentTold]


class MemberTold(msgspec.Struct):
    """Somebody inside."""

    person: str
    user_id: str
    """Empty for a visitor whose identity is not known."""
    name: str
    email: str
    orders: int
    """Orders that count."""
    spent: int
    """Their net value."""
    since: str | None
    """When they entered; null where that is not followed."""


class MembersTold(msgspec.Struct):
    """Some of the members of a segment or list."""

    segment: str
    at: str
    size: int
    offset: int
    currency: str
    members: list[MemberTold]


class SizedTold(msgspec.Struct):
    """One condition of a rule, and how many people it alone means."""

    where: str
    kind: str
    sentence: str
    size: int
    share: float
    parts: list[SizedTold]


class PreviewTold(msgspec.Struct):
    """What a rule would give."""

    sentence: str
    size: int
    everybody: int
    share: float
    tree: SizedTold
    currency: str
    sample: list[MemberTold]
    empty_because: str


class EvidenceTold(msgspec.Struct):
    """The facts behind an answer."""

    count: int
    last: str | None
    value: str | int | float | bool | None
    money: bool


class ReasonTold(msgspec.Struct):
    """One condition and its answer for one person."""

    where: str
    kind: str
    sentence: str
    holds: bool
    until: str | None
    """From when on time alone may change the answer; null for never."""
    evidence: EvidenceTold
    parts: list[ReasonTold]


class WhyTold(msgspec.Struct):
    """Why a person is in a segment, or is not."""

    person: str
    segment: str
    at: str
    since: str | None
    currency: str
    reason: ReasonTold


class ChangeTold(msgspec.Struct):
    """Somebody entered or left; an empty person stands for all whom an edit of the rule moved."""

    segment: str
    person: str
    at: str
    entered: int
    left: int
    cause: str


class ChangesTold(msgspec.Struct):
    """Who entered and left, the latest first."""

    changes: list[ChangeTold]


class ListTold(msgspec.Struct):
    """A frozen list."""

    id: str
    segment: str
    sentence: str
    at: str
    size: int


class ListsTold(msgspec.Struct):
    """All lists, the latest first."""

    lists: list[ListTold]


class AppliedTold(msgspec.Struct):
    """What a change of definitions did, as `kind id`."""

    created: list[str]
    changed: list[str]
    deleted: list[str]


class InsightsTold(msgspec.Struct, rename={"start": "from"}):
    """A segment beside the shop, over a window; of those inside at its end."""

    segment_id: str
    start: str
    until: str
    currency: str
    segment: Worth
    shop: Worth
    products: list[Product]


class BySegmentTold(msgspec.Struct, rename={"start": "from"}):
    """What each segment brought in a window. Segments may share people, so the rows need not add up."""

    start: str
    until: str
    currency: str
    rows: list[Part]
    shop: Worth


class PlacesTold(msgspec.Struct):
    """An ordered set: everybody is in the first place whose rule holds, and in no other."""

    everybody: int
    places: list[Place]
