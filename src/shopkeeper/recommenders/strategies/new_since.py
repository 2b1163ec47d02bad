"""What came into the shop since the visitor was last here."""

from collections.abc import Iterator
from itertools import islice

from shopkeeper.catalogue.rules import fold
from shopkeeper.recommenders.ask import LOOKED, Ask, Found, Strategy, because
from shopkeeper.recommenders.strategies.newest import order


def _find(ask: Ask) -> Iterator[Found]:
    person, faces = ask.person, ask.stock.faces
    before = person.seen_before(ask.occasion.session_start)
    if before is None:
        return iter(())
    known = [faces[key] for key in (*person.viewed, *person.bought) if key in faces]
    liked = {fold(face.category) for face in known if face.category}
    fresh = []
    for key in islice(ask.ranked(order), LOOKED):
        if faces[key].created_at <= before:
            break
        fresh.append(key)
    return because(sorted(fresh, key=lambda key: fold(faces[key].category) not in liked), "New since your last visit")


NEW_SINCE = Strategy(
    "new_since", "made since the visitor was last here; categories they know come first", _find, "person"
)
