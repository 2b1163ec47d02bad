"""Running it: one process, one port, one folder; a clear word when one of them cannot be had."""

from __future__ import annotations

import errno
import gc
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

import uvicorn

from shopkeeper.model.errors import Unavailable
from shopkeeper.serving.wire import OnePieceProtocol, Outbox
from shopkeeper.storage.lock import refuse_if_held

SWITCH_S = 0.0005
"""The writer thread computes for milliseconds; answers must not wait for it that long."""

GC_THRESHOLDS = (10_000, 20, 50)
"""Requests leave hardly any cycles behind; Python's own 700 objects would be reached every few of them. Looking at 20,000
took 10 ms at a time and more, which is all that a decision may take.
"""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket, or Unavailable that says what stands in the way."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        code, hint = {
            errno.EADDRINUSE: ("port_in_use", "Another program is using it; choose another with --port."),
            errno.EACCES: ("port_not_allowed", "Ports below 1024 are for the system; choose another with --port."),
        }.get(error.errno or 0, ("bad_address", "Name an address of this machine with --host."))
        raise Unavailable(code, f"Cannot listen on {host}:{port}: {error.strerror}", hint=hint) from None
    sock.listen(2048)
    return sock


@contextmanager
def listening(folder: Path, host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket, had before the shop in `folder` is opened: who cannot serve leaves no folder behind. Who serves
    the same shop twice is told that, not that the port is taken.
    """
    refuse_if_held(folder)
    with closing(bind(host, port)) as sock:
        yield sock


def address(sock: socket.socket) -> str:
    """The address a person on this machine can open."""
    host, port = sock.getsockname()[:2]
    name = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


class _NoPandas(MetaPathFinder):
    """Finds pandas missing."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:  # noqa: ARG002
        if name == "pandas":
            raise ModuleNotFoundError("a server does without pandas", name=name)


@contextmanager
def lean() -> Iterator[None]:
    """Nobody imports pandas meanwhile. DuckDB and Arrow do wherever that is installed, to tell its frames from theirs:
    60 MB and a second of the processor's time for what a server never hands them.
    """
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


@contextmanager
def tuned() -> Iterator[None]:
    """The interpreter set up for answering quickly; as it was before once the serving is over."""
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()  # what is loaded by now stays: the collector need not look at it again
    gc.set_threshold(*GC_THRESHOLDS)
    try:
        yield
    finally:
        gc.unfreeze()  # else what libraries still hold at the end looks like a leak to them
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(interval)


def make_server(app: Callable[..., Any], *, lifespan: bool = False) -> uvicorn.Server:
    """A uvicorn server set up the way shopkeeper runs."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=partial(OnePieceProtocol, Outbox()),  # type: ignore[arg-type]  # whatever makes protocols will do
        ws="none",
        lifespan="on" if lifespan else "off",
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=65,
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)
