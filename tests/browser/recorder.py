"""A tiny shop for the tag: serves pages and the built script, answers decisions, writes down what the tag sends."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from shopkeeper.api.tag import TagFiles

TAG = TagFiles()
SCRIPT = '<script async src="/sk/t.js" data-key="wk_test"></script>'
Json = dict[str, Any]


class Recorder:
    """One origin that is both the shop and the server of the tag."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.appended: dict[str, str] = {}
        """What somebody added to files of the tag, by the first word of their name."""
        self.headers: dict[str, str] = {}
        """Of every page, such as its policy."""
        self.zones: dict[str, Json | None] = {}
        """The answer of the next decisions."""
        self.more: Json = {}
        """What else the answer holds, as `gap_s`."""
        self.decide_status = 200
        self.decide_seconds = 0.0
        self.intake_status = 200
        self.batches: list[Json] = []
        """Accepted batches."""
        self.refused: list[Json] = []
        self.questions: list[Json] = []
        self.content_types: set[str] = set()
        self.fetched: list[str] = []
        """Paths of what was loaded."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def page(self, path: str, body: str, head: str = SCRIPT, body_marks: str = "") -> None:
        """Serves a page; `head` holds the tag unless told otherwise."""
        self.pages[path] = (
            f"<!doctype html><html lang=en><meta charset=utf-8><title>{path}</title>{head}<body {body_marks}>{body}"
        )

    def events(self, name: str | None = None) -> list[Json]:
        """What arrived so far, each event once, as they were made (two requests may overtake each other, and ids of the
        tag sort): tracked under `name`, or everything."""
        found = {event["messageId"]: event for batch in list(self.batches) for event in batch["batch"]}
        made = sorted(found.values(), key=lambda event: event["messageId"])
        return [event for event in made if name in (None, event.get("event"), event["type"])]

    def acts(self) -> list[str]:
        """The acts upon communications so far, in the order they were done."""
        return [event["event"].split()[1] for event in self.events("track") if event["event"].startswith("Comm")]

    def until(self, true: Callable[[], list[Json] | bool], seconds: float = 20) -> list[Json]:
        """Waits for something to become true, and returns it when it is a list."""
        end = time.monotonic() + seconds
        while not (value := true()):
            assert time.monotonic() < end, f"did not happen within {seconds} s; so far: {self.events()}"
            time.sleep(0.02)
        return value if isinstance(value, list) else []

    def got(self, name: str) -> Json:
        """Waits for an event of this name."""
        return self.until(lambda: self.events(name))[-1]


def _handler(recorder: Recorder) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            recorder.fetched.append(path)
            if file := TAG.find(path.removeprefix("/sk/"), b""):
                more = recorder.appended.get(path.removeprefix("/sk/").split(".")[0], "")
                self._answer(200, file[0] + more.encode(), dict(file[1])[b"content-type"].decode())
            elif path in recorder.pages:
                self._answer(200, recorder.pages[path].encode(), "text/html; charset=utf-8", recorder.headers)
            else:
                self._answer(404, b"", "text/plain")

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            recorder.content_types.add(self.headers["content-type"].split(";")[0])
            if self.path == "/sk/b":
                (recorder.batches if recorder.intake_status == 200 else recorder.refused).append(body)
                self._answer(recorder.intake_status, b'{"success":true}', "application/json")
            else:
                recorder.questions.append(body)
                answer = {"decision_id": f"d{len(recorder.questions)}", "zones": recorder.zones, **recorder.more}
                time.sleep(recorder.decide_seconds)
                self._answer(recorder.decide_status, json.dumps(answer).encode(), "application/json")

        def _answer(self, status: int, body: bytes, kind: str, headers: Mapping[str, str] = {}) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):  # the tag may no longer wait
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
