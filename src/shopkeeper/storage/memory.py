"""What keyed reads found, kept in the process for as long as it is true.

A value is kept only when no write committed while it was read, and it is dropped, or replaced by what was written,
before the write that changes it is acknowledged: whoever was told of a write never meets a value older than it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

LIMIT = 100_000
"""Values kept at most; beyond it all are dropped, which costs one read each."""

Value = TypeVar("Value")


class Memory:
    """Values by key, for many readers and one writer at a time. Readers must not change what they are given."""

    def __init__(self) -> None:
        self._held: dict[Hashable, object] = {}
        self.held: Callable[[Hashable], object | None] = self._held.get
        """The value of a key if it is held. Not a method, as everybody who writes or decides asks it several times."""
        self._lock = threading.Lock()
        self.writes = 0
        """Commits so far: values recalled while it stands still belong to one state."""

    def recall(self, key: Hashable, read: Callable[[], Value]) -> Value:
        """The value of a key; `read` fetches it when it is not held."""
        try:
            return self._held[key]  # type: ignore[return-value]
        except KeyError:
            pass
        before = self.writes
        value = read()
        with self._lock:
            if before == self.writes:
                if len(self._held) >= LIMIT:
                    self._held.clear()
                self._held[key] = value
        return value

    def renew(self, gone: Iterable[Hashable], now: Mapping[Hashable, object]) -> None:
        """A write has committed: `gone` are no longer what they were, and of others it is known what they are `now`."""
        with self._lock:
            self.writes += 1
            for key in gone:
                self._held.pop(key, None)
            if len(self._held) + len(now) > LIMIT:
                self._held.clear()
            self._held.update(now)

    def clear(self) -> None:
        """Somebody else wrote: nothing that is held can be relied on."""
        with self._lock:
            self.writes += 1
            self._held.clear()
