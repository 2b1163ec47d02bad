"""Owns what the doors ask of purchase intent: one open shop, one question, one answer. Keeps nothing.

May touch the engine and what lies below it. Start reading in `intent.py`.
"""
