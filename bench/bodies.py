"""What is sent: requests made before the clock runs, as a load that thinks would measure itself."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import cycle
from uuid import UUID

VISITORS = 500
REQUESTS_A_SECOND = 2_500
"""How many batches to have ready: more than one core can take in."""
_NAMES = ["Product Viewed"] * 6 + [
    "Product Added",
    "Communication Shown",
    "Communication Clicked",
    "Product List Viewed",
]


class Bodies:
    """Requests of one kind."""

    path = "/v1/noop"
    events = 0

    def __init__(self, key: str) -> None:
        self.key = key

    def make(self, seconds: float) -> Iterable[bytes]:  # noqa: ARG002 - some need it
        """Requests enough for so long; or fewer, when there are no more to be had."""
        return cycle([self.post(b"{}")])

    def post(self, body: bytes) -> bytes:
        head = f"POST {self.path} HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


class Decide(Bodies):
    """Pages with three zones, of visitors who are known."""

    path = "/v1/decide"

    def make(self, seconds: float) -> Iterable[bytes]:  # noqa: ARG002
        ask = '{"writeKey":"%s","anonymousId":"v%d","zones":["z1","z2","z3"],"page":{"type":"home","url":"http://shop.example/"}}'
        return cycle([self.post((ask % (self.key, visitor)).encode()) for visitor in range(VISITORS)])


class Batch(Bodies):
    """Batches of what one visitor did."""

    path = "/v1/batch"
    events = 20

    def make(self, seconds: float) -> Iterable[bytes]:
        chance = random.Random()
        return self.batches(chance, chance.choices(range(VISITORS), k=int(REQUESTS_A_SECOND * seconds)))

    def batches(self, chance: random.Random, visitors: Iterable[int]) -> list[bytes]:
        """A batch for each of these visitors."""
        sent = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        requests = []
        for visitor in visitors:
            batch = ",".join(_event(chance, visitor, sent) for _ in range(self.events))
            requests.append(self.post(f'{{"writeKey":"{self.key}","sentAt":"{sent}","batch":[{batch}]}}'.encode()))
        return requests


class One(Batch):
    """Events one by one."""

    events = 1

    def make(self, seconds: float) -> Iterable[bytes]:
        return super().make(5 * seconds)


class Past(Batch):
    """The two hundred events each visitor has behind them before anything is measured."""

    def make(self, seconds: float) -> Iterable[bytes]:  # noqa: ARG002
        return self.batches(
            random.Random(2), [visitor for visitor in range(VISITORS) for _ in range(200 // self.events)]
        )


def _event(chance: random.Random, visitor: int, at: str) -> str:
    """A call as the tag sends it, with a time-ordered id."""
    number = time.time_ns() // 1_000_000 << 80 | 0x7 << 76 | 0b10 << 62 | chance.getrandbits(60)
    return (
        f'{{"type":"track","event":"{chance.choice(_NAMES)}","messageId":"{UUID(int=number)}","anonymousId":"v{visitor}",'
        f'"timestamp":"{at}","properties":{{"product_id":"p{chance.randrange(300)}","communication_id":"c{chance.randrange(50)}",'
        f'"element_id":"button","price":12.5}},"context":{{"page":{{"url":"http://shop.example/p/1","title":"A product"}},"locale":"en"}}}}'
    )


BODIES: dict[str, type[Bodies]] = {"noop": Bodies, "decide": Decide, "batch": Batch, "one": One, "past": Past}
