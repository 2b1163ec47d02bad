"""Owns sets of products: reading what somebody said, which products are meant, and the same in words.

May touch search, catalogue, storage's connections and model; it keeps nothing. Start reading in `resolve.py`, then `read.py` (data in),
`grammar.py` (`price > 100 and brand is Acme` as data) and `attributes.py` (tests of a product).
"""

from shopkeeper.product_sets.attributes import FIELDS
from shopkeeper.product_sets.grammar import parse_where
from shopkeeper.product_sets.read import read_set, split_ids, to_data
from shopkeeper.product_sets.resolve import Part, Resolved, World, freeze, live, resolve, world_of
from shopkeeper.product_sets.words import sentence

__all__ = [
    "FIELDS",
    "Part",
    "Resolved",
    "World",
    "freeze",
    "live",
    "parse_where",
    "read_set",
    "resolve",
    "sentence",
    "split_ids",
    "to_data",
    "world_of",
]
