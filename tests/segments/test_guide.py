"""Every example of the guide is a rule that is understood, and shows all conditions there are; the schema agrees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from shopkeeper.campaigns import parse_file, parse_yaml
from shopkeeper.conditions.schema import schema
from shopkeeper.engine.shop import Shop
from shopkeeper.model.errors import BadInput
from shopkeeper.model.segments import CONDITIONS
from shopkeeper.segments import PREBUILT
from tests.house.tree import DOCS

BLOCKS = re.findall(r"```yaml\n(.*?)```", (DOCS / "guide" / "segments.md").read_text(), re.DOTALL)
RULES = [block for block in BLOCKS if not block.startswith("segments:")]
FILES = [block for block in BLOCKS if block.startswith("segments:")]
SPRING = """
zones: {hero: {}}
campaigns:
  spring:
    communications:
      spring-hero:
        kind: block
        zone: hero
        elements: {button: {join: tea-lovers}}
        variants: {control: {}, loud: {content: {heading: Tea}}}
"""
NOT_SHOWN = {"predicted"}
"""There is no prediction yet."""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop.open(tmp_path)
    opened.apply(parse_file(SPRING))
    yield opened
    opened.close()


def test_every_rule_of_the_guide_is_understood(shop: Shop):
    for text in RULES:
        shop.book.trial(parse_yaml(text))


@pytest.mark.parametrize("text", FILES)
def test_every_file_of_the_guide_can_be_applied(shop: Shop, text: str):
    assert shop.apply(parse_file(text + SPRING)).created


def test_the_guide_shows_every_condition():
    shown = {word for text in BLOCKS for mapping in _mappings(parse_yaml(text)) for word in mapping}
    assert set(CONDITIONS) - shown == NOT_SHOWN


def test_the_schema_takes_every_rule_there_is():
    validator = jsonschema_rs.validator_for(schema())
    rules = [*map(parse_yaml, RULES), *(definition.rule for definition in PREBUILT.values())]
    assert len(rules) > 40
    for rule in rules:
        validator.validate(rule)


@pytest.mark.parametrize(
    "rule",
    [
        {},
        [],
        {"all": []},
        {"all": [{}]},
        {"not": {"dud": "page"}},
        {"did": "page", "wihtin": "1 day"},
        {"orders": "many"},
        {"any": [{"not": {"all": [{"met": "smelled"}]}}]},
        {"met": "saw", "variant": "NOT A NAME"},
        {"did": "page", "then": {"cart": "open"}},
    ],
)
def test_the_schema_refuses_what_the_language_refuses(shop: Shop, rule: Any):
    assert not jsonschema_rs.validator_for(schema()).is_valid(rule)
    with pytest.raises(BadInput):
        shop.book.trial(rule)


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _mappings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _mappings(part)
