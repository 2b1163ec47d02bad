"""Addresses that wait for their owners: who gave which, the signed link that confirms one, and confirming it.

Sending the link is not done here: whoever sends the shop's mail takes it from the list. The link says who gave the
address and which, so that no link confirms another address than the one it was sent to.
"""

from __future__ import annotations

from typing import Any

import msgspec
from itsdangerous import BadData, URLSafeTimedSerializer

from shopkeeper import attribution, visitors
from shopkeeper.campaigns import Plan, Served
from shopkeeper.model.definitions import CAPTURE
from shopkeeper.model.errors import BadInput
from shopkeeper.model.events import CAPTURED_EMAIL, CONFIRMED_EMAIL
from shopkeeper.storage import Connection
from shopkeeper.visitors import Profile

VALID_S = 30 * 24 * 3600
"""A link confirms for 30 days."""
PATH = "/v1/confirm"
LISTED = 1000
"""Addresses that are listed at most, the newest."""


class Waiting(msgspec.Struct, frozen=True):
    """An address somebody gave that is not confirmed yet."""

    email: str
    person: str
    communication: str
    at: int
    """When it was given."""
    link: str
    """Path and query to open at this server."""


class Confirmed(msgspec.Struct, frozen=True):
    """What a link confirms."""

    device: str
    email: str


def waiting(conn: Connection, plan: Plan, secret: str) -> list[Waiting]:
    """The addresses that wait, those given last first, each person once."""
    asking = [id for id, versions in plan.served.items() if any(map(_asks, versions))]
    found: dict[str, Waiting] = {}
    clicks = attribution.clickers(conn, asking, CAPTURE, LISTED)
    profiles = visitors.load(conn, [person for person, _, _ in clicks], create=False)
    for person, communication, at in clicks:
        profile = profiles.get(person)
        email = profile.attribute(CAPTURED_EMAIL) if profile else None
        if profile and email and email != profile.attribute(CONFIRMED_EMAIL) and person not in found:
            found[person] = Waiting(str(email), person, communication, at, link_of(secret, profile, str(email)))
    return list(found.values())


def _asks(served: Served) -> bool:
    return any(face.content.capture for face in served.communication.faces().values())


def link_of(secret: str, profile: Profile, email: str) -> str:
    """The link that confirms an address for somebody."""
    return f"{PATH}?token={_signer(secret).dumps([_device(profile), email])}"


def read_token(secret: str, token: str) -> Confirmed:
    """What a token confirms. Raises BadInput for one that we did not sign or that is older than 30 days."""
    try:
        device, email = _signer(secret).loads(token, max_age=VALID_S)
    except (BadData, ValueError, TypeError):
        raise BadInput("bad_token", "This link is not valid any more.", hint="Sign up again for another one.") from None
    return Confirmed(device, email)


def confirmation(confirmed: Confirmed, token: str) -> dict[str, Any]:
    """The call that tells the log: an identify as a server sends it, the same one however often the link is opened."""
    user = confirmed.device.removeprefix("user:") if confirmed.device.startswith("user:") else None
    who = {"userId": user} if user else {"anonymousId": confirmed.device}
    traits = {CONFIRMED_EMAIL: confirmed.email, "email": confirmed.email}
    return {"type": "identify", "messageId": f"confirm:{token[-27:]}", **who, "traits": traits}


def _device(profile: Profile) -> str:
    """A device the person was seen on; for one known by a user id only, that."""
    return profile.devices[0] if profile.devices else f"user:{profile.user}"


def _signer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="shopkeeper confirm e-mail")
