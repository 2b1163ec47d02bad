"""All segments of a shop, ready to be answered, as of one version of definitions and catalogue. Pure."""

from __future__ import annotations

import hashlib
from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from shopkeeper.campaigns import Plan
from shopkeeper.catalogue import Catalogue
from shopkeeper.conditions.leaves import And, Cart, Clock, Expr, Latest, Leaf, Match, Neg, Or, Top, Visits, each_leaf
from shopkeeper.conditions.meaning import AUDIENCE, World, meaning
from shopkeeper.conditions.words import sentence
from shopkeeper.model.definitions import SegmentDefinition
from shopkeeper.model.errors import BadInput
from shopkeeper.model.segments import Predicted
from shopkeeper.segments.prebuilt import PREBUILT
from shopkeeper.timelines.facts import ORDER

UNCOUNTED = "-"
"""Stands for the threshold of a top share that was not counted yet."""
ANY_EVENT = "=event"
"""Stands for every event among the names of facts."""


class Segment(NamedTuple):
    """A rule, ready to be answered."""

    id: str
    name: str
    note: str
    sentence: str
    """The rule in plain words, to stand after "people who"."""
    rule: dict[str, Any]
    expr: Expr
    origin: str
    """`prebuilt`, `shop` (defined or redefined by the shop), or `audience`."""
    touched_by: frozenset[str]
    """Names of the facts that can change an answer; `ANY_EVENT` among them for those of all events."""
    tracked: bool
    """Entering and leaving are followed. Not by the clock, which would wake everybody at once: there the answer counts
    whenever it is asked for."""
    version: str
    """Changes when the answer may: with the rule, those it refers to, or what they name."""


class Book:
    """Segments by id: those pre-built, those of the shop, and one for each audience."""

    def __init__(self, world: World, origins: Mapping[str, tuple[SegmentDefinition, str]]) -> None:
        self.world = world
        self.segments: dict[str, Segment] = {}
        intern = _Interning()
        for id, (definition, origin) in origins.items():
            expr = intern(meaning(definition.rule, world, f"$.segments.{id}.rule", (id,)))
            self.segments[id] = _segment(id, definition, origin, expr, world)
        self._intern = intern

    def get(self, id: str) -> Segment | None:
        """The segment of that id; any audience has one, though only those of the shop are kept in the book."""
        found = self.segments.get(id)
        if found is None and id.startswith(AUDIENCE):
            definition = audience_segment(id)
            found = _segment(id, definition, "audience", self.trial(definition.rule), self.world)
        return found

    def trial(self, rule: Any, where: str = "$") -> Expr:
        """What a rule that is being written means; BadInput says what is wrong in it."""
        return self._intern.apart()(meaning(rule, self.world, where))

    @cached_property
    def asked_for(self) -> tuple[bool, frozenset[str]]:
        """Whether some followed rule asks for any event, and the names of facts that they ask for."""
        followed = frozenset(
            name for segment in self.segments.values() if segment.tracked for name in segment.touched_by
        )
        return ANY_EVENT in followed, followed

    @property
    def tops(self) -> list[Top]:
        """The leaves whose thresholds have to be counted."""
        found: dict[Top, None] = {}
        for segment in self.segments.values():
            found.update((leaf, None) for leaf in each_leaf(segment.expr) if isinstance(leaf, Top))
        return list(found)


def build_book(
    plan: Plan,
    catalogue: Catalogue,
    audiences: Iterable[str] = (),
    predictions: Mapping[str, Callable[[Predicted, str], Expr]] | None = None,
) -> Book:
    """Read every segment; BadInput for the first that cannot be understood. `audiences` are those with members."""
    origins: dict[str, tuple[SegmentDefinition, str]] = {
        id: (definition, "prebuilt") for id, definition in PREBUILT.items()
    }
    origins.update((id, (definition, "shop")) for id, definition in plan.file.segments.items())
    for audience in sorted({*audiences, *_joinable(plan), *_addressed(plan)}):
        origins[AUDIENCE + audience] = (audience_segment(AUDIENCE + audience), "audience")
    rules = {id: definition.rule for id, (definition, _) in origins.items()}
    book = Book(World(plan, catalogue, rules, predictions or {}), origins)
    _check_campaigns(book, plan)
    return book


def users_of(plan: Plan, id: str) -> list[str]:
    """What names a segment: campaigns and other segments, as `kind id`."""
    campaigns = [f"campaign {name}" for name, campaign in plan.file.campaigns.items() if campaign.segment == id]
    rules = [f"segment {name}" for name, segment in plan.file.segments.items() if _refers(segment.rule, id)]
    return campaigns + rules


def _check_campaigns(book: Book, plan: Plan) -> None:
    """BadInput for a campaign that names a segment there is not."""
    for id, campaign in plan.file.campaigns.items():
        if book.get(campaign.segment) is None:
            known = ", ".join(list(book.segments)[:30])
            raise BadInput(
                "bad_definition",
                f"there is no segment {campaign.segment!r}",
                where=f"$.campaigns.{id}.segment",
                hint=f"Use {known} or audience:<name>; or define it under segments.",
            )


def audience_segment(id: str) -> SegmentDefinition:
    """The automatic segment of an audience."""
    audience = id.removeprefix(AUDIENCE)
    return SegmentDefinition({"audience": audience}, f"Audience {audience}", "Everybody who joined the audience.")


def touched_by(expr: Expr) -> frozenset[str]:
    """Names of the facts that can change an answer, `ANY_EVENT` for those of all events."""
    found: set[str] = set()
    for leaf in each_leaf(expr):
        for names in _names(leaf):
            found.update((ANY_EVENT,) if names is None else names)
    return frozenset(found)


def _names(leaf: Leaf) -> Iterator[Collection[str] | None]:
    """The names of facts a leaf asks for; None for all events."""
    if isinstance(leaf, Top):
        yield leaf.metric.match.names
    elif isinstance(leaf, Latest):
        yield leaf.names
    elif isinstance(leaf, Cart):
        yield ("Product Added", "Product Removed", ORDER)
    elif isinstance(leaf, Visits):
        yield None
    else:
        yield from (part.names for name in leaf.__struct_fields__ if isinstance(part := getattr(leaf, name), Match))


def _segment(id: str, definition: SegmentDefinition, origin: str, expr: Expr, world: World) -> Segment:
    return Segment(
        id=id,
        name=definition.name or id,
        note=definition.note,
        sentence=sentence(definition.rule, world.currency),
        rule=definition.rule,
        expr=expr,
        origin=origin,
        touched_by=touched_by(expr),
        tracked=not any(isinstance(leaf, Clock) for leaf in each_leaf(expr)),
        version=version_of(expr),
    )


def version_of(expr: Expr) -> str:
    """A short hash of what a rule comes down to."""
    return hashlib.blake2b(repr(_plain(expr)).encode(), digest_size=8).hexdigest()


def asked_version(segment: Segment, thresholds: Mapping[Top, float]) -> str:
    """What the members of a segment are those of: the rule, and the thresholds in it."""
    tops = [leaf for leaf in each_leaf(segment.expr) if isinstance(leaf, Top)]
    values = (f"{thresholds[top]:.17g}" if top in thresholds else UNCOUNTED for top in tops)
    return " ".join([segment.version, *values])


def _plain(value: Any) -> Any:
    """Sets in order, so that equal expressions read equal."""
    if isinstance(value, frozenset):
        try:
            return sorted(value)
        except TypeError:  # of several kinds
            return sorted(value, key=lambda v: (type(v).__name__, v))
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, msgspec.Struct):
        fields = {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
        return type(value).__name__, {name: field for name, field in fields.items() if field is not None}
    return value


def _refers(rule: Any, id: str) -> bool:
    if isinstance(rule, dict):
        return rule.get("segment") == id or any(_refers(part, id) for part in rule.values())
    return isinstance(rule, list) and any(_refers(part, id) for part in rule)


def _joinable(plan: Plan) -> set[str]:
    """Audiences that clicks, answers and addresses join people to, or once did."""
    versions = (served for versions in plan.served.values() for served in versions)
    return {audience for served in versions for audience in served.communication.audiences()}


def _addressed(plan: Plan) -> set[str]:
    """Audiences that campaigns are for."""
    named = (campaign.segment for campaign in plan.file.campaigns.values())
    return {id.removeprefix(AUDIENCE) for id in named if id.startswith(AUDIENCE)}


class _Interning:
    """Makes equal leaves and matches the same object: whoever answers many rules answers each part once.

    Equal is what reads equal: to Python, `is: 1` and `is: true` are one key.
    """

    def __init__(self, known: MutableMapping[str, Any] | None = None) -> None:
        self._known: MutableMapping[str, Any] = {} if known is None else known

    def apart(self) -> _Interning:
        """One that knows the same, and keeps to itself what it learns."""
        return _Interning(ChainMap({}, self._known))

    def __call__(self, expr: Expr) -> Expr:
        if isinstance(expr, And | Or):
            return type(expr)(tuple(self(part) for part in expr.parts))
        if isinstance(expr, Neg):
            return Neg(self(expr.part))
        shared = {
            name: self._known.setdefault(repr(_plain(part)), part)
            for name in expr.__struct_fields__
            if isinstance(part := getattr(expr, name), Match)
        }
        leaf = msgspec.structs.replace(expr, **shared) if shared else expr
        known: Expr = self._known.setdefault(repr(_plain(leaf)), leaf)
        return known
