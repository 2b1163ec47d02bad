"""Owns how one person's life is told: session by session, each event in words, each decision with its reasons.

May touch the rooms of facts and decisions through their public verbs, and pages for the address of things; holds no rules and no SQL.
Start reading in `timeline.py`.
"""

from shopkeeper.journal.timeline import describe, timeline

__all__ = ["describe", "timeline"]
