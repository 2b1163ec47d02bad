"""The visitor's id as a cookie: minted by the tag, signed and kept alive by the server.

Browsers forget within days what a script wrote, and keep for a year what a server set. The signature, a cookie beside it,
says that it was us: an id with a wrong one is nobody's, so that a cookie made up elsewhere shows nothing of a person.
The id's own cookie is nothing but the id, as the shop's servers read it to send orders with.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode

ID_COOKIE = "sk_id"
SIGNATURE_COOKIE = "sk_is"
YEAR_S = 31_536_000
_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
_SIGNATURE_CHARS = 22


def signature_of(id: str, secret_key: str) -> str:
    """HMAC-SHA256 of a visitor's id with the secret key, its first 132 bits in URL-safe base64."""
    digest = hmac.new(secret_key.encode(), f"visitor:{id}".encode(), "sha256").digest()
    return urlsafe_b64encode(digest).decode()[:_SIGNATURE_CHARS]


def is_forged(header: str, secret_key: str) -> bool:
    """Whether a Cookie header holds an id with a signature that is not ours; an id without one is only new."""
    cookies = dict(part.strip().partition("=")[::2] for part in header.split(";"))
    id, signature = cookies.get(ID_COOKIE), cookies.get(SIGNATURE_COOKIE)
    if not id or not signature:
        return False
    return not hmac.compare_digest(signature_of(id, secret_key).encode(), signature.encode())


def cookie_headers(id: str, secret_key: str, *, secure: bool) -> list[str]:
    """The two Set-Cookie that keep an id for another year; none for one that is no cookie's value."""
    if not _ID.fullmatch(id):
        return []
    attributes = f"Max-Age={YEAR_S}; Path=/; SameSite=Lax" + ("; Secure" if secure else "")
    pairs = ((ID_COOKIE, id), (SIGNATURE_COOKIE, signature_of(id, secret_key)))
    return [f"{name}={value}; {attributes}" for name, value in pairs]
