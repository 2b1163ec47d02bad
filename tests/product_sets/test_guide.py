"""Every example of the guide is understood, and the guide names every attribute, field and option there is."""

from __future__ import annotations

import re

import pytest

from shopkeeper.campaigns import parse_file, parse_yaml
from shopkeeper.catalogue import FIELDS as CATALOGUE_FIELDS
from shopkeeper.model.definitions import ShopFile
from shopkeeper.model.product_sets import NODES
from shopkeeper.product_sets import FIELDS, read_set
from shopkeeper.search.analysis import LANGUAGES
from tests.house.tree import DOCS

GUIDE = (DOCS / "guide" / "products.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
FILES = [block for block in BLOCKS if block.startswith(("catalogue:", "search:\n"))]
SETS = [block for block in BLOCKS if block not in FILES]


@pytest.mark.parametrize("text", FILES)
def test_every_setting_of_the_guide_is_understood(text):
    assert parse_file(text) != ShopFile()


@pytest.mark.parametrize("text", SETS)
def test_every_set_of_the_guide_is_understood(text):
    assert type(read_set(parse_yaml(text))) in NODES.values()


def test_the_guide_shows_every_kind_of_set():
    assert {word for word in NODES if any(f"{word}:" in text for text in SETS)} == set(NODES)


@pytest.mark.parametrize("name", sorted({*FIELDS, *CATALOGUE_FIELDS}))
def test_the_guide_names_every_attribute_and_field(name):
    assert f"`{name}`" in GUIDE


def test_the_guide_names_every_language_with_a_stemmer():
    assert {name for name in LANGUAGES.values() if name.title() not in GUIDE} == set()
