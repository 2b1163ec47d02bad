"""Which segments there are and who is in them. Pure: a rule sees a profile and a moment, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from shopkeeper.visitors.profile import Profile


class Moment(NamedTuple):
    """When and in which session of the visitor a segment is asked."""

    at: int
    session_start: int
    """When the running session began; `now` when the next event begins one."""


class Segment(NamedTuple):
    """A rule with its name and the sentence people read."""

    id: str
    name: str
    sentence: str
    test: Callable[[Profile, Moment], bool]


def _new(profile: Profile, moment: Moment) -> bool:
    return profile.orders == 0 and (profile.first_at == 0 or profile.first_at >= moment.session_start)


PREBUILT = {
    s.id: s
    for s in (
        Segment("everyone", "Everyone", "every visitor", lambda _p, _m: True),
        Segment("new-visitors", "New Visitors", "in their first session and without an order", _new),
        Segment("returning-customers", "Returning Customers", "with at least one order", lambda p, _m: p.orders > 0),
    )
}
AUDIENCE = "audience:"


def named(id: str) -> Segment | None:
    """The segment of that name: a pre-built one, or `audience:<name>` for the members of an audience."""
    if id.startswith(AUDIENCE):
        audience = id.removeprefix(AUDIENCE)
        return Segment(id, audience, f"members of the audience {audience}", lambda p, _m: audience in p.audiences)
    return PREBUILT.get(id)
