"""What the shop's own server tells shopkeeper, with the secret key: products, orders, and who a customer is."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from shopkeeper.simulator.catalogue import Catalogue
from shopkeeper.simulator.http import Client, NoAnswer

_log = logging.getLogger(__name__)
_PAUSES_S = (0.2, 1, 5)


def sign(secret_key: str, user_id: str) -> str:
    """The signature by which a browser may say who it is: hex HMAC-SHA256 of the user id under the secret key."""
    return hmac.new(secret_key.encode(), user_id.encode(), "sha256").hexdigest()


def message_id(*parts: str) -> str:
    """The same id for the same fact, so that sending it again changes nothing."""
    return str(uuid5(NAMESPACE_URL, "/".join(parts)))


async def send_events(base_url: str, secret_key: str, events: list[dict[str, Any]]) -> bool:
    """Deliver events, trying again for some seconds. False when shopkeeper took none of them; it is logged."""
    body = json.dumps({"batch": events}).encode()
    return await _deliver(base_url, secret_key, "/v1/batch", body)


async def send_products(base_url: str, secret_key: str, catalogue: Catalogue) -> bool:
    """Publish the shop's products. False when shopkeeper did not take them; it is logged."""
    return await _deliver(base_url, secret_key, "/v1/products", json.dumps(catalogue.feed()).encode())


async def _deliver(base_url: str, secret_key: str, path: str, body: bytes) -> bool:
    client = Client(base_url, connections=1)
    try:
        for pause in (*_PAUSES_S, None):
            try:
                answer = await client.post(path, body, key=secret_key)
            except NoAnswer as problem:
                _log.warning("%s was not delivered: %s", path, problem)
            else:
                if answer.status == 200:
                    return True
                _log.warning("%s was answered %s: %s", path, answer.status, answer.body[:200].decode(errors="replace"))
                if answer.status < 500:
                    return False
            if pause is not None:
                await asyncio.sleep(pause)
        return False
    finally:
        await client.close()
