"""The recording server, running, with the storefront mounted beside it as in the demo."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from shopkeeper.simulator.storefront import storefront
from tests.simulator.recorder import SECRET_KEY, WRITE_KEY, Recorder


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A recording server on a free port, with the storefront mounted beside the API as in the demo."""
    recorder = Recorder()
    routes = [
        Route("/v1/batch", recorder.batch, methods=["POST"]),
        Route("/v1/b", recorder.batch, methods=["POST"]),
        Route("/v1/decide", recorder.decide, methods=["POST"]),
        Route("/v1/products", recorder.upsert, methods=["POST"]),
    ]
    app = Starlette(routes=routes)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    recorder.url = f"http://127.0.0.1:{port}"
    app.router.routes.append(Mount("/shop", storefront(WRITE_KEY, SECRET_KEY, recorder.url)))
    yield recorder
    server.should_exit = True
    thread.join(5)
