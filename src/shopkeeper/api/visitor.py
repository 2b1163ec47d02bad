"""The visitor's cookie of one request: whether it is ours, and what is to be set in its place."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from shopkeeper.engine import clock
from shopkeeper.visitors.cookie import cookie_headers, is_forged


class VisitorCookie:
    """Only pages of the server's own origin bring a cookie and can keep one: the shop that serves the tag as its own."""

    def __init__(self, headers: Mapping[bytes, bytes], secret_key: str) -> None:
        self._secret = secret_key
        self._secure = headers.get(b"x-forwarded-proto") == b"https"
        self.first_party = headers.get(b"sec-fetch-site") == b"same-origin"
        self.set: list[str] = []
        """The Set-Cookie headers of the answer."""
        sent = headers.get(b"cookie") if self.first_party else None
        self.forged = sent is not None and is_forged(sent.decode("latin-1"), secret_key)
        if self.forged:
            self.keep(str(UUID(bytes=clock.fresh_id())))

    def keep(self, id: str) -> None:
        """Let the browser keep this id for another year."""
        self.set += cookie_headers(id, self._secret, secure=self._secure)
