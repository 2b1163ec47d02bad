"""Owns the products: what they are, cost and are variants of, what they cost before, and when they were to be had.

May touch storage and model. Start reading in `products.py` (in and out), then `read.py` (what a shop may send) and
`offers.py` (how price and stock went).
"""

from shopkeeper.catalogue.discover import adopt, notice, noticed
from shopkeeper.catalogue.offers import Drop, Offer, back_in_stock, newest, offers_of, outages, price_drops
from shopkeeper.catalogue.products import (
    Catalogue,
    Put,
    changed_ids,
    current_version,
    descriptions,
    full_products,
    load_catalogue,
    put,
    retire,
    upsert_products,
)
from shopkeeper.catalogue.read import FIELDS, OTHER_NAMES, as_sent, changed, read_product
from shopkeeper.catalogue.rules import fold, lies_in, paths
from shopkeeper.catalogue.store import MIGRATIONS

__all__ = [
    "FIELDS",
    "MIGRATIONS",
    "OTHER_NAMES",
    "Catalogue",
    "Drop",
    "Offer",
    "Put",
    "adopt",
    "as_sent",
    "back_in_stock",
    "changed",
    "changed_ids",
    "current_version",
    "descriptions",
    "fold",
    "full_products",
    "lies_in",
    "load_catalogue",
    "newest",
    "notice",
    "noticed",
    "offers_of",
    "outages",
    "paths",
    "price_drops",
    "put",
    "read_product",
    "retire",
    "upsert_products",
]
