"""The hash of a script as browsers want it under `integrity`. Pure."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha384


def integrity_of(script: bytes) -> str:
    """Source: Subresource Integrity, W3C."""
    return "sha384-" + b64encode(sha384(script).digest()).decode()
