"""What the visitor may soon need again.

Never by being overdue alone: who stopped buying is most overdue of all. A product counts by how often it was lately bought,
times the chance that it is due. Source: INTENT features, `1 - exp(-time since / interval)`.
"""

from collections.abc import Iterator
from math import exp

from shopkeeper.model.time import DAY
from shopkeeper.recommenders.ask import Ask, Found, Strategy, best

USUAL = 60.0
"""Days, where nobody was seen to buy it twice."""
CALM = 2
"""The product's interval counts as so many of the person's own."""
LEAST = 0.3
"""What is less due than this was bought just now."""


def _find(ask: Ask) -> Iterator[Found]:
    person = ask.person
    taste = person.taste()
    scores, told = {}, {}
    for key, times in person.bought.items():
        days = sorted({when // DAY for when, _ in times})
        usual = ask.counts.again_after.get(key, USUAL)
        interval = (days[-1] - days[0] + CALM * usual) / (len(days) - 1 + CALM)
        since = (ask.at - times[0][0]) / DAY
        due = 1 - exp(-since / max(interval, 1.0))
        if due >= LEAST:
            scores[key] = taste[key] * due
            told[key] = f"You bought it {since:.0f} days ago; it lasts about {interval:.0f}"
    return ((key, told[key]) for key, _ in best(scores))


BUY_AGAIN = Strategy(
    "buy_again", "bought before and due again, by how often it was bought and how long it lasts", _find, "person"
)
