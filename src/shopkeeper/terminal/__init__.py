"""Owns what commands share: the shop they open, how they speak, and the tables they print.

May touch the engine and what lies below it. Start reading in `context.py`.
"""
