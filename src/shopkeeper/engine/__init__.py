"""Owns the running installation: the intake flow, the one writer, derivation and rebuild, jobs, keys and wiring.

May touch everything below the doors. Start reading in `shop.py` (what is open), `intake.py` (the named steps of an
event's way in) and `derive.py` (what an event changes).
"""
