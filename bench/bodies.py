"""What is sent: requests made before the clock runs, as a load that thinks would measure itself."""

from __future__ import annotations

import json
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


class Views(Batch):
    """What the visitors of the shop front looked at just now: products that sell."""

    events = 20

    def make(self, seconds: float) -> Iterable[bytes]:  # noqa: ARG002
        chance, popular = random.Random(3), _popular()
        sent = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        requests = []
        for visitor in range(VISITORS):
            events = [
                f'{{"type":"track","event":"Product Viewed","messageId":"{UUID(int=chance.getrandbits(128))}","anonymousId":"v{visitor}",'
                f'"timestamp":"{sent}","properties":{{"product_id":"{chance.choice(popular)}"}}}}'
                for _ in range(self.events)
            ]
            body = f'{{"writeKey":"{self.key}","sentAt":"{sent}","batch":[{",".join(events)}]}}'
            requests.append(self.post(body.encode()))
        return requests


class Recommend(Bodies):
    """Every strategy in turn, half of the requests with filters."""

    path = "/v1/recommend"

    def make(self, seconds: float) -> Iterable[bytes]:  # noqa: ARG002
        from shopkeeper.recommenders import STRATEGIES  # noqa: PLC0415 - other loads do without

        chance, popular = random.Random(4), _popular()
        filters = {"hide": ["bought", "in_cart", "out_of_stock"], "per_brand": 3, "relative": ["cheaper"]}
        requests = []
        for number in range(40 * len(STRATEGIES)):
            asked = {
                "strategies": [list(STRATEGIES)[number % len(STRATEGIES)], "best_sellers"],
                "products": chance.sample(popular, 20),
                "search": "milk",
                "free_delivery_from": 20,
                "product": chance.choice(popular),
                "cart": chance.sample(popular, 3),
                "page": "product",
                "min": 6,
                "max": 12,
                "anonymousId": f"v{chance.randrange(VISITORS)}",
                "writeKey": self.key,
                **(filters if number // len(STRATEGIES) % 2 else {}),
            }
            requests.append(self.post(json.dumps(asked).encode()))
        return cycle(requests)


class Search(Bodies):
    """Words of random products: as they stand, begun, misspelt, or with a word that nothing has."""

    path = "/v1/search"

    def make(self, seconds: float) -> Iterable[bytes]:  # noqa: ARG002
        from bench.search import catalogue, questions  # noqa: PLC0415 - other loads do without

        chance = random.Random(6)
        asked = questions(catalogue(chance)[1], chance)
        return cycle([self.post(json.dumps({"q": q, "limit": 10, "writeKey": self.key}).encode()) for q in asked])


def _popular() -> list[str]:
    from bench.storefront import ids  # noqa: PLC0415 - reads a year of orders

    return ids()[:5_000]


BODIES: dict[str, type[Bodies]] = {
    "noop": Bodies,
    "decide": Decide,
    "batch": Batch,
    "one": One,
    "past": Past,
    "views": Views,
    "recommend": Recommend,
    "search": Search,
}
