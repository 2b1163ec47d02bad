"""The visitor's id as a cookie: minted by the tag, signed and kept alive by the server.

Browsers forget within days what a script wrote, and keep for a year what a server set. The signature says that it was us:
an id with a wrong one is nobody's, so that a cookie made up elsewhere shows nothing of a person.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode

COOKIE = "sk_id"
YEAR_S = 31_536_000
_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
_SIGNATURE_CHARS = 22


def signed_id(id: str, secret_key: str) -> str:
    """`id.signature`: HMAC-SHA256 with the secret key, its first 132 bits in URL-safe base64."""
    digest = hmac.new(secret_key.encode(), f"visitor:{id}".encode(), "sha256").digest()
    return f"{id}.{urlsafe_b64encode(digest).decode()[:_SIGNATURE_CHARS]}"


def is_forged(cookie: str, secret_key: str) -> bool:
    """Whether the value of a visitor's cookie bears a signature that is not ours; without one it is only new."""
    id, dot, _ = cookie.partition(".")
    return bool(dot) and not hmac.compare_digest(signed_id(id, secret_key).encode(), cookie.encode())


def cookie_header(id: str, secret_key: str, *, secure: bool) -> str | None:
    """The Set-Cookie that keeps an id for another year; None for one that is no cookie's value."""
    if not _ID.fullmatch(id):
        return None
    attributes = f"Max-Age={YEAR_S}; Path=/; SameSite=Lax" + ("; Secure" if secure else "")
    return f"{COOKIE}={signed_id(id, secret_key)}; {attributes}"


def cookie_in(header: str) -> str:
    """The visitor's cookie in a Cookie header; empty when there is none."""
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return ""
