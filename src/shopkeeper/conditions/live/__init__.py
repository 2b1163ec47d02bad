"""The live half: what a rule answers for one person, and until when that holds. Pure.

Start reading in `standing.py`; each kind of leaf is answered by one function of `measures.py` or `others.py`.
"""

from shopkeeper.conditions.live.flips import NEVER
from shopkeeper.conditions.live.others import cart_worth
from shopkeeper.conditions.live.standing import Answer, Standing

__all__ = ["NEVER", "Answer", "Standing", "cart_worth"]
