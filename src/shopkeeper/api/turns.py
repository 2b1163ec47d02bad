"""Answers that take milliseconds of the processor, given one after another beside the loop.

Threads that all compute take the interpreter's lock from each other: eight of them answer fewer than one does, and the last
of eight waits for all the others. Each in its turn, a visitor waits for those before them and for nobody after.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from shopkeeper.engine.shop import Shop

ACROSS_A_SOCKET = 4
"""At once where a database is waited for meanwhile."""
Value = TypeVar("Value")


class Turns:
    """Who computes, one at a time."""

    def __init__(self, shop: Shop) -> None:
        workers = 1 if shop.state.name == "sqlite" else ACROSS_A_SOCKET
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix="answers")

    async def take(self, act: Callable[[], Value]) -> Value:
        """What `act` returns, as soon as it is its turn."""
        return await asyncio.get_running_loop().run_in_executor(self._workers, act)
