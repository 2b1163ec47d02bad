"""The words of the product: frozen values, ids, money and time that every other room speaks in.

Touches nothing but the standard library and msgspec (see docs/decisions/0002-model-uses-msgspec.md).
Start reading in `events.py` (what happened) and `definitions.py` (what the marketer wants).
"""
