"""From the events of little shops to who is in which segment: alike for every evaluator, however the events arrived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper import timelines
from shopkeeper.conditions import Expr
from shopkeeper.engine.shop import Shop
from shopkeeper.model.events import Event
from shopkeeper.model.time import DAY, HOUR, MINUTE
from shopkeeper.timelines import keep
from tests.properties.play import cut, empty
from tests.properties.worlds import PRODUCTS, SHOP, START, worlds
from tests.segments.language import Rule, rules
from tests.segments.stage import Stage

examples = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
few = settings(examples, max_examples=max(settings().max_examples // 3, 1))
asked = st.lists(rules, min_size=1, max_size=6)
instants = st.builds(
    lambda far, near, off: START + far + near + off,
    st.sampled_from((0, 7 * DAY, 9 * DAY, 21 * DAY, 30 * DAY)),
    st.sampled_from((0, 30 * MINUTE, HOUR, 3 * HOUR, DAY, 2 * DAY)),
    st.sampled_from((-1, 0, 1)),
)
sizes = st.lists(st.integers(1, 6), max_size=5)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The shop of the worlds; each example empties it first."""
    folder: Path = tmp_path_factory.mktemp("shop")
    stage = Stage(folder, "{}", PRODUCTS, START)
    stage.shop.apply(SHOP)
    yield stage
    stage.close()


def arrive(stage: Stage, batches: Sequence[Sequence[Event]], moves: Sequence[str] = ()) -> None:
    """The batches come to an emptied shop; after each the facts may go into files, or the files be written anew."""
    empty(stage.shop)
    for number, batch in enumerate(batches):
        stage.take(batch)
        for step in moves[number : number + 1]:
            settle(stage.shop, step)


def settle(shop: Shop, step: str) -> None:
    if step != "wait":
        timelines.move(shop.state, shop.history, shop.now())
    if step == "tidy":
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(keep, "MANY_CORRECTIONS", 1)
            timelines.tidy(shop.state, shop.history, shop.now())


def meanings(stage: Stage, said: Sequence[Rule]) -> dict[str, Expr]:
    return {str(number): stage.shop.book.trial(rule) for number, rule in enumerate(said)}


@examples
@given(worlds(), asked, instants)
def test_all_evaluators_agree_about_what_events_led_to(stage: Stage, arrived: list[Event], said: list[Rule], t: int):
    arrive(stage, [arrived])
    stage.agreed(meanings(stage, said), t)


@few
@given(worlds(), st.randoms(use_true_random=False), sizes, asked, instants, st.data())
def test_files_and_corrections_read_as_what_is_live(
    stage: Stage, arrived, chance, sizes, said: list[Rule], t: int, data
):
    batches = cut(chance.sample(arrived, len(arrived)), sizes)
    moves = data.draw(st.lists(st.sampled_from(("move", "move", "tidy", "wait")), max_size=len(batches)))
    arrive(stage, batches, moves)
    stage.agreed(meanings(stage, said), t)


@few
@given(worlds(), st.randoms(use_true_random=False), sizes, sizes, asked, instants)
def test_members_do_not_depend_on_how_events_arrived(stage: Stage, arrived, chance, one, other, said, t: int):
    wanted = meanings(stage, said)
    arrive(stage, cut(arrived, one), ["move"])
    expected = stage.agreed(wanted, t), facts(stage)
    shuffled = chance.sample(arrived, len(arrived))
    again = chance.choices(arrived, k=len(arrived) // 2)
    arrive(stage, [*cut(shuffled, other), again], ["move", "wait", "tidy"])
    assert (stage.agreed(wanted, t), facts(stage)) == expected


def facts(stage: Stage) -> dict[str, list[str]]:
    """Person -> what they did; facts of one event in any order."""
    everybody = stage.everybody()
    assert all(everybody.values()), "somebody is counted of whom nothing is known"
    return {person: sorted(map(repr, found)) for person, found in everybody.items()}
