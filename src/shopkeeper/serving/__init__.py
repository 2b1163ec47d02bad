"""Owns the running server: its socket, its interpreter's settings, and how requests and answers go over the wire.

May touch the API and what lies below it. Start reading in `serve.py`; `wire.py` is what makes hot routes quick.
"""

from shopkeeper.serving.serve import address, bind, lean, listening, make_server, tuned

__all__ = ["address", "bind", "lean", "listening", "make_server", "tuned"]
