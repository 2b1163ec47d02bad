"""A small web server that is a shop's own: it serves pages as it is told, well or badly."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Served(NamedTuple):
    """What is at a path."""

    body: bytes
    headers: Mapping[str, str]
    status: int = 200
    pause_s: float = 0
    """Between any two bytes of the body."""


class Site:
    """Pages by path; `seen` holds what was asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, Served] = {}
        self.seen: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.origin = f"http://{self.host}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def page(self, body: str | bytes, path: str = "/", *, status: int = 200, pause_s: float = 0, **headers: str) -> str:
        """Serve this and return its address; header names come as `cache_control`."""
        given = {"content-type": "text/html; charset=utf-8"} | {k.replace("_", "-"): v for k, v in headers.items()}
        self.pages[path] = Served(body.encode() if isinstance(body, str) else body, given, status, pause_s)
        return self.origin + path

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.seen.append(self.path)
            page = site.pages.get(self.path) or Served(b"", {}, 404)
            self.send_response(page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):  # the other side may have hung up
                if not page.pause_s:
                    self.wfile.write(page.body)
                else:
                    for byte in page.body:
                        self.wfile.write(bytes([byte]))
                        time.sleep(page.pause_s)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
