"""Owns the demo's storefront: pages, pictures, cart and checkout of an invented shop, wired as a real one would be.

Talks to shopkeeper over HTTP only: the tag in its pages with the write key, its server with the secret key.
Start reading in `app.py`.
"""

from shopkeeper.simulator.storefront.app import storefront
from shopkeeper.simulator.storefront.server import send_products

__all__ = ["send_products", "storefront"]
