"""The board: every zone's candidates in priority order, with all that can be prepared before a visitor comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from shopkeeper.campaigns import Placed, Plan
from shopkeeper.conditions import EVERYBODY, NEVER, Standing, Top
from shopkeeper.content import is_moving
from shopkeeper.decisions.draw import Easel, still
from shopkeeper.decisions.rules import INTERRUPTIONS, Candidate, Chosen, Limit, Visitor
from shopkeeper.experiments import Holdout, Lots, Split
from shopkeeper.model.definitions import CONTROL
from shopkeeper.recommenders import Shelves
from shopkeeper.segments import Book, Segment
from shopkeeper.timelines import Timeline
from shopkeeper.visitors import Profile
from shopkeeper.visitors.profile import would_be

LIMIT = 50_000
"""Visitors whose segments are remembered at most; beyond it all are forgotten, which costs a look each."""


class Zone(NamedTuple):
    """The candidates of a zone, and what they ask for."""

    candidates: Sequence[Candidate]
    """In priority order."""
    bits: int
    """Those of the segments they ask for and of the lots that are drawn for them."""
    settled: bool
    """They ask for nothing else: the segments a visitor is in, and their lots, settle the outcome."""
    outcomes: dict[int, Chosen]
    """The outcomes met so far of a settled zone."""

    @classmethod
    def of(cls, candidates: Sequence[Candidate], held_out: int) -> Zone:
        """A zone of these candidates; `held_out` is the bit of those whom the shop holds out."""
        bits = held_out
        for candidate in candidates:
            bits |= candidate.bits
        return cls(candidates, bits, all(candidate.settled for candidate in candidates), {})


class Board:
    """What competes for attention, as of one version of the definitions."""

    def __init__(
        self,
        zones: Mapping[str, Zone],
        segments: Sequence[Segment],
        thresholds: Mapping[Top, float],
        shelves: Shelves,
        time_zone: ZoneInfo,
        easel: Easel,
        attention: tuple[Limit, ...] = (),
        lots: Lots | None = None,
    ) -> None:
        self.zones = zones
        self.segments = segments
        """The segments that candidates ask for, each once: the first has bit 1, the second bit 2, the third bit 4."""
        self.thresholds = thresholds
        self.shelves = shelves
        self.time_zone = time_zone
        self.easel = easel
        self.attention = attention
        """The caps on all interruptions together."""
        self.lots = lots if lots is not None else Lots(len(segments))
        """What is drawn for visitors: bits above those of the segments."""
        self._seen: dict[str, tuple[Profile, int, int, int]] = {}

    def restocked(self, thresholds: Mapping[Top, float], shelves: Shelves) -> Board:
        """The same definitions with what stands in the shelves now. What is known of visitors stays known, unless other
        thresholds make it doubtful.
        """
        same = (self.time_zone, self.easel, self.attention, self.lots)
        board = Board(self.zones, self.segments, thresholds, shelves, *same)
        if thresholds == self.thresholds:
            board._seen = self._seen
        return board

    def inside(self, visitor: Visitor, timeline: Callable[[], Timeline]) -> int:
        """The bits of the segments a visitor is in; `timeline` reads what they did.

        A page is looked at more often than its visitor does something: the bits are remembered while the profile is
        the very same document (a write makes a new one), and until time alone changes one of the answers.
        """
        profile, at = visitor.profile, visitor.moment.at
        seen = self._seen.get(profile.person)
        if seen is not None and seen[0] is profile and seen[1] <= at < seen[2]:
            return seen[3]
        bits, until = self._answers(visitor, timeline()) if self.segments else (0, NEVER)
        if len(self._seen) >= LIMIT:
            self._seen.clear()
        self._seen[profile.person] = (profile, at, until, bits)
        return bits

    def _answers(self, visitor: Visitor, timeline: Timeline) -> tuple[int, int]:
        """The bits of the segments a visitor is in, and until when they stand."""
        standing = Standing(timeline, visitor.profile.person, visitor.moment.at, self.thresholds)
        bits, until = 0, NEVER
        for position, segment in enumerate(self.segments):
            holds, stands = standing.answer(segment.expr)
            until = min(until, stands)
            if holds:
                bits |= 1 << position
        return bits, until


def build_board(plan: Plan, book: Book, thresholds: Mapping[Top, float], shelves: Shelves) -> Board:
    """Compile the plan's candidates. A segment that everybody is in is not asked."""
    named = {placed.campaign.segment: None for zone in plan.candidates.values() for placed in zone}
    asked = {id: found for id in named if (found := _existing(book, id)).expr != EVERYBODY}
    bits = {id: 1 << position for position, id in enumerate(asked)}
    easel, attention = Easel.of(plan), attention_of(plan)
    share = plan.settings.holdout
    lots = Lots(len(asked), Holdout.of_shop(share) if share else None)

    def alone(placed: Placed) -> Candidate:
        campaign = placed.campaign
        alike = None if is_moving(placed.communication) else still(placed, easel)
        sentence = _existing(book, campaign.segment).sentence
        limits = _limits(placed, attention, tested=bool(share or campaign.holdout))
        live = campaign.holdout and campaign.status == "published"
        held_out = lots.holdout(Holdout.of_campaign(placed.campaign_id, campaign.holdout)) if live else 0
        return Candidate.of(placed, sentence, bits.get(campaign.segment, 0), alike, limits, held_out)

    def prepared(placed: Placed) -> Candidate:
        if not placed.communication.variants:
            return alone(placed)
        # Whoever belongs to no variant sees the control, and it is not called that.
        itself = alone(placed._replace(communication=placed.communication.as_variant(CONTROL)))
        if placed.campaign.status != "published":
            return itself
        faces = placed.communication.faces().items()
        arms = tuple(alone(placed._replace(communication=face, variant=name)) for name, face in faces)
        arm = lots.split(Split.of(placed.id, placed.communication.weights()))
        return msgspec.structs.replace(itself, arm=arm, arms=arms)

    zones = {zone: Zone.of([prepared(p) for p in placed], lots.everywhere) for zone, placed in plan.candidates.items()}
    return Board(zones, list(asked.values()), thresholds, shelves, plan.zone, easel, attention, lots)


def attention_of(plan: Plan) -> tuple[Limit, ...]:
    """The shop's attention budget: what all its pop-ups and notifications together may take of a visitor."""
    everything = tuple(
        id for c in plan.file.campaigns.values() for id, it in c.communications.items() if it.kind in INTERRUPTIONS
    )
    said = "met {} pop-ups and notifications in this {} already"
    return tuple(Limit(cap, everything, said.format(cap.times, cap.per)) for cap in plan.settings.attention)


def _limits(placed: Placed, attention: tuple[Limit, ...], *, tested: bool) -> tuple[Limit, ...]:
    """The caps a communication is under. What was withheld counts for them as if it had been shown, but took nobody's
    attention; where nothing is `tested` it need not be looked for.
    """
    cap, campaign = placed.communication.cap, placed.campaign

    def met(*ids: str) -> tuple[str, ...]:
        return (*ids, *map(would_be, ids)) if tested else ids

    own = (Limit(cap, met(placed.id), f"already met {cap.times} x in this {cap.per}"),) if cap else ()
    others = met(*campaign.communications)
    shared = tuple(
        Limit(cap, others, f"the campaign was met {cap.times} x in this {cap.per} already") for cap in campaign.caps
    )
    return own + shared + (attention if placed.communication.kind in INTERRUPTIONS else ())


def _existing(book: Book, id: str) -> Segment:
    """The segment a campaign names: `apply` has seen that there is one."""
    found = book.get(id)
    assert found is not None
    return found
