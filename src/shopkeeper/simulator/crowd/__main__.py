"""The crowd in a process of its own, so that what it measures is the server: `python -m shopkeeper.simulator.crowd`.

Takes one line of JSON through a pipe, the arguments of `run`; writes lines of JSON: `{"done", "of"}` while the history
is delivered, then `{"report", "truth"}` or `{"error"}`. Ends, with its report, when the pipe is closed.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
from contextlib import suppress
from typing import Any

import msgspec

from shopkeeper.model.errors import ShopkeeperError
from shopkeeper.simulator.crowd.run import Crowd, work_through


def _say(**line: Any) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


async def _main() -> int:
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    wish: dict[str, Any] = json.loads(await orders.readline())
    crowd = Crowd(*(wish.pop(name) for name in ("base_url", "write_key", "secret_key")), seed=wish.pop("seed", 1))
    work = asyncio.create_task(work_through(crowd, **wish, on_progress=lambda done, of: _say(done=done, of=of)))
    closed = asyncio.create_task(orders.read())
    await asyncio.wait({work, closed}, return_when=asyncio.FIRST_COMPLETED)
    work.cancel()
    try:
        with suppress(asyncio.CancelledError):
            await work
    except ShopkeeperError as problem:
        _say(error=str(problem))
        return problem.exit_code
    finally:
        closed.cancel()
        await crowd.close()
    _say(report=msgspec.to_builtins(crowd.report()), truth=dataclasses.asdict(crowd.truth)["communications"])
    return 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(asyncio.run(_main()))
