"""Tests as visitors live them: a variant that is kept over log-in, and what a held-out visitor leaves in the log."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shopkeeper import decisions, stats
from shopkeeper.campaigns import parse_file
from shopkeeper.engine import decide
from shopkeeper.engine.derive import take_in
from shopkeeper.engine.rebuild import rebuild
from shopkeeper.engine.shop import Shop
from shopkeeper.engine.writer import Writer
from shopkeeper.experiments import Split
from shopkeeper.model.time import HOUR, MINUTE
from shopkeeper.stats import VariantRow, Window
from tests.properties.play import tables
from tests.properties.worlds import START, Call, Copy, arrive

SPLIT = Split.of("hero", {"control": 1, "loud": 1})
ONE, OTHER = (
    next(f"d{n}" for n in itertools.count() if SPLIT.variant_of(f"d{n}") == variant) for variant in ("control", "loud")
)
"""Two browsers that belong to different variants."""
FILE = """
zones: {top: {}, side: {}}
campaigns:
  spring:
    status: published
    holdout: 0
    communications:
      hero: {kind: block, zone: top, content: {heading: Plain}, variants: {control: {}, loud: {content: {heading: LOUD}}}}
"""
PLAIN = Copy(late=0, server=True, flags=0, consent=None)


class Stage:
    """A shop at some moment, asked as a browser asks."""

    def __init__(self, folder: Path, database: str) -> None:
        self.now = START + 2 * HOUR
        self.shop = Shop.open(folder, None if database.startswith("sqlite") else database, now=lambda: self.now)
        self.writer = Writer(self.shop)
        self.shop.apply(parse_file(FILE))
        self.made = 0

    def ask(self, device: str, *, quiet: bool = False, server: bool = False, **more: Any) -> dict[str, Any]:
        """The answer, once the decision is on record."""
        keys = self.shop.keys
        caller = decide.Caller(keys.secret if server else keys.write, quiet, context=lambda: {"device_class": "mobile"})
        body = json.dumps({"anonymousId": device, "zones": ["top"]} | more).encode()
        answer: dict[str, Any] = json.loads(decide.answer(self.shop, self.writer, caller, body, explain=server))
        self.made += not quiet
        for _ in range(2000):
            with self.shop.state.read() as conn:
                if decisions.count_decisions(conn) == self.made:
                    return answer
            time.sleep(0.005)
        raise AssertionError("the decision was not recorded")

    def version(self, device: str, **more: Any) -> int | str:
        version: int | str = self.ask(device, **more)["zones"]["top"]["version"]
        return version

    def send(self, *calls: tuple[dict[str, Any], int]) -> None:
        for body, at in calls:
            event = arrive(Call({"type": "page"} | body, at), f"{body}{at}"[:255], PLAIN)
            with self.shop.state.write() as conn:
                take_in(conn, self.shop.desk(), [event])

    def withheld(self) -> list[tuple[Any, ...]]:
        """(person, communication, device class) of would-be exposures."""
        sql = "SELECT person, communication, device_class FROM attribution_interactions WHERE act = 'withheld'"
        with self.shop.state.read() as conn:
            return sorted(conn.rows(sql))

    def sides(self) -> dict[str, VariantRow]:
        with self.shop.state.read() as conn:
            return {row.variant: row for row in stats.variants(conn, self.shop.plan, Window(0, self.now + 1))}


@pytest.fixture
def stage(tmp_path: Path, database_url: str) -> Iterator[Stage]:
    stage = Stage(tmp_path, database_url)
    yield stage
    stage.writer.close()
    stage.shop.close()


LIFE = (
    ({"anonymousId": ONE}, START),
    ({"type": "identify", "anonymousId": ONE, "userId": "ann"}, START + MINUTE),
    ({"anonymousId": OTHER}, START - HOUR),
    ({"type": "identify", "anonymousId": OTHER, "userId": "ann"}, START + 2 * MINUTE),
    ({"type": "track", "event": "Page Read", "userId": "ann"}, START - 3 * HOUR),
)


ORDERS = random.Random(40).sample([*itertools.permutations(range(len(LIFE)))], 12)


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_a_person_keeps_the_variant_of_the_first_log_in_whatever_comes_first(order: tuple[int, ...], tmp_path: Path):
    stage = Stage(tmp_path, "sqlite")
    stage.send(*(LIFE[number] for number in order))
    met = stage.version(ONE), stage.version(OTHER), stage.version("new", userId="ann", server=True)
    assert set(met) == {"1/control"}
    stage.writer.close()
    stage.shop.close()


def test_logging_in_changes_nothing_on_the_browser_it_happens_on(stage: Stage):
    for device, version in ((ONE, "1/control"), (OTHER, "1/loud")):
        assert stage.version(device) == version
        stage.send(({"type": "identify", "anonymousId": device, "userId": f"user-of-{device}"}, START))
        assert stage.version(device) == version


def test_whoever_met_two_variants_is_mixed(stage: Stage):
    for device, version in ((ONE, "1/control"), (OTHER, "1/loud"), ("else", "1/loud")):
        shown = {"communication_id": "hero", "version": version}
        stage.send(
            ({"type": "track", "event": "Communication Shown", "anonymousId": device, "properties": shown}, START)
        )
    assert {name: (row.people, row.mixed) for name, row in stage.sides().items()} == {"control": (1, 0), "loud": (2, 0)}
    stage.send(*(({"type": "identify", "anonymousId": d, "userId": "ann"}, START + MINUTE) for d in (ONE, OTHER)))
    assert {name: (row.people, row.mixed) for name, row in stage.sides().items()} == {"control": (1, 1), "loud": (2, 1)}


def test_a_would_be_exposure_is_in_the_log_once_in_a_session(stage: Stage):
    stage.shop.apply(parse_file(FILE.replace("holdout: 0", "holdout: 1")))
    answer = stage.ask(ONE, server=True)
    assert answer["zones"] == {"top": None}
    (row,) = answer["explain"]["top"]
    assert (row["test"], row["result"]) == ("holdout", "failed") and row["reason"].startswith("held out")
    stage.now += MINUTE
    stage.ask(ONE)
    assert stage.withheld() == [(f"a:{ONE}", "hero", "mobile")]
    stage.now += HOUR
    stage.ask(ONE)
    assert len(stage.withheld()) == 2
    held = stage.sides()["held out"]
    assert (held.weight, held.people, held.mixed, held.withheld) == (1, 1, 0, 2)


def test_a_would_be_exposure_belongs_to_whom_the_server_knows(stage: Stage):
    stage.shop.apply(parse_file(FILE.replace("holdout: 0", "holdout: 1")))
    stage.ask("phone", userId="ann", server=True)
    assert [person for person, *_ in stage.withheld()] == ["u:ann"]


def test_bots_and_those_who_permit_nothing_take_no_part(stage: Stage):
    stage.shop.apply(parse_file(FILE.replace("holdout: 0", "holdout: 1")))
    assert stage.version(ONE, quiet=True) == 2
    assert stage.version(ONE, consent={"personalisation": False}) == 2
    assert stage.withheld() == []


def test_a_rebuild_gives_the_same(stage: Stage):
    stage.shop.apply(parse_file(FILE.replace("holdout: 0", "holdout: 0.5")))
    for number in range(12):
        stage.ask(f"browser-{number}")
        stage.now += MINUTE
    stage.send(*(({"type": "identify", "anonymousId": f"browser-{n}", "userId": "ann"}, START) for n in range(3)))
    with stage.shop.state.read() as conn:
        before = tables(conn)
    assert 0 < len(stage.withheld()) < 12
    rebuild(stage.shop)
    with stage.shop.state.read() as conn:
        assert tables(conn) == before
