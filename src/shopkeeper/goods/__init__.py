"""Owns what the doors ask about the products of the open shop: bringing them in, finding them, sets of them.

May touch the engine and what lies below it. Start reading in `finding.py`, then `sets.py` and `bring.py`.
"""
