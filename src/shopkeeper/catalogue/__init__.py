"""Owns the products: what they are, what they cost, whether they can be bought, which are variants of one another.

May touch storage and model. Start reading in `products.py`.
"""

from shopkeeper.catalogue.products import Catalogue, load_catalogue, read_product, upsert_products
from shopkeeper.catalogue.store import MIGRATIONS

__all__ = ["MIGRATIONS", "Catalogue", "load_catalogue", "read_product", "upsert_products"]
