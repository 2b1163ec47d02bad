"""What the visitor buys, and what goes with it.

Source: of the methods measured for the next basket, own purchases with a half-life of 90 days, weighed .7, and neighbours,
weighed .3, found most; of what was never bought, neighbours and points of taste together
(docs/decisions/0035-recommenders-read-as-it-comes.md).
"""

from collections.abc import Container, Iterator, Mapping

from shopkeeper.recommenders.ask import Ask, Found, Strategy, best
from shopkeeper.recommenders.person import weighted

OWN, NEIGHBOURS, TASTE, VISIT = 0.7, 0.3, 0.3, 0.3
"""Weights of what was bought, of what goes with it, of what people of like taste buy where only new products are wanted,
and of what goes with the views of the running visit.
"""


def _find(ask: Ask) -> Iterator[Found]:
    person = ask.person
    taste = person.taste()
    visit = weighted(person.this_visit)
    only_new = ask.recommender.only == "new" or "bought" in ask.recommender.hide
    factors = ask.counts.factors if only_new else None
    alike = factors.liked(taste) if factors is not None else []
    near = ask.counts.near("likely", taste, themselves=not only_new)
    parts = (
        (OWN, taste),
        (NEIGHBOURS, dict(near)),
        (TASTE, {key: score for key, score in alike if key not in taste}),
        (VISIT, dict(ask.counts.near("also_viewed", visit))),
    )
    scores: dict[str, float] = {}
    for weight, found in parts:
        most = max(found.values(), default=0.0)
        for key, score in found.items():
            scores[key] = scores.get(key, 0.0) + weight * score / most
    goes = {key for key, _ in near}
    return ((key, _reason(key, taste, goes, ask)) for key, _ in best(scores))


def _reason(key: str, taste: Mapping[str, float], goes: Container[str], ask: Ask) -> str:
    if key in taste:
        times = len({when for when, _ in ask.person.bought[key]})
        return f"You bought it {times} times" if times > 1 else "You bought it before"
    if not taste:
        return "Goes with what you are looking at"
    return "Goes with what you buy" if key in goes else "Bought by people who buy what you buy"


FOR_YOU = Strategy(
    "for_you", "what the visitor buys and what goes with it; the running visit counts at once", _find, "person"
)
