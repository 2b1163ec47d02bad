"""What goes with what the visitor looks at just now."""

from collections.abc import Iterator, Sequence

from shopkeeper.recommenders.ask import Ask, Found, Strategy, because, merged
from shopkeeper.recommenders.person import weighted

LOOKED_AT = 10
"""The latest of a visit, among which one is sought that others are like."""


def around(ask: Ask, viewed: Sequence[str]) -> list[str]:
    """What was looked at or bought with these, the latest counting most; else what is like the latest that anything is like."""
    if not viewed:
        return []
    weights = weighted(viewed)
    near = [ask.counts.near(kind, weights) for kind in ("also_viewed", "then_bought", "also_bought")]
    like = map(ask.stock.alike.of, viewed[:LOOKED_AT])
    alike = [] if any(near) else next(filter(None, like), [])
    seen = set(viewed)
    return [key for key in merged(*near, alike) if key not in seen]


def _find(ask: Ask) -> Iterator[Found]:
    return because(around(ask, ask.person.this_visit), "Goes with what you are looking at")


THIS_VISIT = Strategy(
    "this_visit", "goes with what the visitor looked at in the running visit, up to the last click", _find, "person"
)
