"""@segment/analytics-node, unmodified, pointed at a real server."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from shopkeeper.model.time import parse_time
from tests.needs import missing
from tests.serving import Served

HERE = Path(__file__).parent


def send(served: Served, key: str) -> list[str]:
    """Run the client; answers the failures it was told of."""
    if not (HERE / "node_modules" / "@segment" / "analytics-node").is_dir() or not shutil.which("node"):
        missing("@segment/analytics-node (npm ci in tests/clients)")
    command = ["node", "send.mjs", served.base, key]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=60, check=True)
    failures: list[str] = json.loads(done.stdout)
    return failures


def test_its_calls_arrive(served: Served):
    assert send(served, served.keys.write) == []
    found = {event.name: event for event in served.events()}
    assert sorted(event.name for event in served.events()) == [
        "$alias",
        "$group",
        "$identify",
        "$page",
        "$page",
        "Product Viewed",
    ]
    viewed = found["Product Viewed"]
    assert (viewed.message_id, viewed.device, viewed.user) == ("node-track", "ann", None)
    assert viewed.properties["nested"] == {"deep": True} and viewed.properties["price"] == 12.25
    # The client's clock is right, so the corrected time is the stamp but for the way here.
    assert abs(viewed.occurred_at - parse_time("2026-03-01T10:00:00.250Z")) < 5_000_000
    assert found["$identify"].properties == {"email": "ann@shop.example", "visits": 3}
    assert found["$alias"].device == "ann" and found["$alias"].user == "customer-7"


def test_it_is_told_of_a_wrong_key(served: Served):
    assert any("401" in failure for failure in send(served, "nobody"))
    assert served.events() == []
