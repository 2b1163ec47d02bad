"""Owns reading the files of others: sheets of orders, events and products, and a public data set, as calls of ours.

May touch the engine's importing and what lies below it. Start reading in `rows.py` (any file as rows), then `orders.py`; the
commands are in `cli/imports/`.
"""
