"""A server that takes what the simulator sends and remembers it."""

from __future__ import annotations

import gzip
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shopkeeper.simulator.catalogue import catalogue
from shopkeeper.simulator.shop_file import shop_file

WRITE_KEY, SECRET_KEY = "wk_test", "sk_test"


class Recorder:
    """Events by the path they came on, decide requests, products; answers like the real routes."""

    def __init__(self) -> None:
        self.url = ""
        self.shows = True
        self.events: list[tuple[str, str, dict[str, Any]]] = []
        self.decides: list[dict[str, Any]] = []
        self.products: list[dict[str, Any]] = []

    def named(self, event: str) -> list[dict[str, Any]]:
        return [body for _, _, body in self.events if body.get("event") == event]

    async def batch(self, request: Request) -> Response:
        raw = await request.body()
        body = json.loads(gzip.decompress(raw) if request.headers.get("content-encoding") == "gzip" else raw)
        key = body.get("writeKey", "secret" if "authorization" in request.headers else "")
        self.events += [(request.url.path, key, event) for event in body["batch"]]
        return JSONResponse({"success": True, "accepted": len(body["batch"]), "duplicates": 0, "rejected": []})

    async def decide(self, request: Request) -> Response:
        ask = await request.json()
        self.decides.append(ask)
        zones: dict[str, Any] = {}
        for zone in ask["zones"] if self.shows else ():
            ident = shop_file().zones[zone].priority[-1]
            campaigns = shop_file().campaigns.items()
            name, one = next((n, c.communications[ident]) for n, c in campaigns if ident in c.communications)
            products = [{"id": item.id} for item in catalogue().of("tea")[:4]] if one.kind == "recommender" else None
            zones[zone] = {
                "communication": ident,
                "campaign": name,
                "kind": one.kind,
                "version": 1,
                "products": products,
            }
        return JSONResponse({"decision_id": "d1", "ms": 0.1, "zones": zones, "errors": []})

    async def upsert(self, request: Request) -> Response:
        self.products += await request.json()
        return JSONResponse({"success": True})
