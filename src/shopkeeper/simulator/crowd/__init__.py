"""Owns the demo's visitors: who they are, what they do, and the truth about what moved them.

Talks to shopkeeper over HTTP only (`send.py`); everything else is planning, the same for the same seed.
Start reading in `visit.py` (one visit), then `plan.py` (a history of them) and `run.py` (both phases).
"""

from shopkeeper.simulator.crowd.run import Crowd, Report, run
from shopkeeper.simulator.crowd.truth import Truth

__all__ = ["Crowd", "Report", "Truth", "run"]
