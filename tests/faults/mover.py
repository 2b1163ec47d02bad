"""A process that takes events in, moves them to history and merges day files without a pause, until it is killed.

Every id it prints is durable; run as `python -m tests.faults.mover DIRECTORY ROUND`.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from shopkeeper import events
from shopkeeper.engine.derive import take_in
from shopkeeper.engine.shop import Shop
from shopkeeper.events import Sender, read_event
from shopkeeper.events.wire import WireEvent
from shopkeeper.model.time import DAY, HOUR, parse_time

START = parse_time("2026-03-01T00:00:00Z")


def main(data: Path, name: str) -> None:
    """Batches of five; every third one brings earlier copies of the one before, so that files must be rewritten."""
    shop = Shop.open(data)
    print("ready", flush=True)
    for number in itertools.count():
        again = number % 3 == 2
        source = number - 1 if again else number
        at = START + (source % 3) * DAY + source * HOUR // 60 - (1 if again else 0)
        batch = [
            read_event(
                WireEvent(type="page", anonymous_id=f"d{i}", message_id=f"{name}.{source}.{i}"),
                Sender(server=False, received_at=at),
                "",
            )
            for i in range(5)
        ]
        with shop.state.write() as conn:
            take_in(conn, shop.desk(), batch)
        print(" ".join(event.message_id for event in batch), flush=True)
        events.move(shop.state, shop.history, at, keep=-30 * DAY)
        events.compact(shop.state, shop.history, many=3)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
