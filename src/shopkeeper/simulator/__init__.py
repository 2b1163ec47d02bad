"""Owns the demo: an invented shop and an invented crowd that visits it.

Touches the rest of the product over HTTP only, and the words of `model`.
Start reading in `catalogue.py` (what is sold), then `storefront/` (where) and `crowd/` (to whom).
"""
