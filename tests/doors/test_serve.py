"""A real server: who may start it, how it ends, and what the wire may do to it."""

from __future__ import annotations

import json
import signal
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.serving import Served, events_of, run, serving

EVENT = {"event": "Looked", "anonymousId": "ann"}


def connect(served: Served) -> socket.socket:
    place = urlsplit(served.base)
    return socket.create_connection((place.hostname or "", place.port or 0), timeout=10)


def head(served: Served, *headers: str) -> bytes:
    lines = ["POST /v1/track HTTP/1.1", "Host: shop", f"Authorization: Bearer {served.keys.write}", *headers, "", ""]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_peace_and_keeps_what_it_accepted(tmp_path: Path, by: signal.Signals):
    with serving(tmp_path / "shop") as served:
        assert served.post("/v1/track", EVENT).status_code == 200
        code, errors = served.stop(by)
    assert (code, errors) == (0, "")
    assert [event.name for event in events_of(tmp_path / "shop")] == ["Looked"]


def test_a_second_server_is_refused_the_folder_and_the_port(served: Served, tmp_path: Path):
    same_folder = run("--data", served.data, "serve", "--port", "0")
    assert same_folder.returncode == 3
    assert f"already in use by process {served.process.pid}" in same_folder.stderr
    same_port = run("--data", tmp_path / "other", "serve", "--port", urlsplit(served.base).port)
    assert same_port.returncode == 3 and "Address already in use" in same_port.stderr and "--port" in same_port.stderr


def test_commands_work_beside_it(served: Served):
    served.post("/v1/track", {**EVENT, "anonymousId": ""})
    listed = json.loads(run("--data", served.data, "rejects", "list", "--json").stdout)
    assert listed["counts"] == {"missing_identity": 1}
    assert run("--data", served.data, "rejects", "replay").stdout == "accepted 0; 1 are still rejected\n"


def test_a_sender_that_hangs_up_leaves_nothing(served: Served):
    with connect(served) as wire:
        wire.sendall(head(served, "Content-Length: 5000") + json.dumps(EVENT).encode())
    time.sleep(0.3)
    assert served.events() == []
    assert served.get("/v1/rejects").json()["counts"] == {}


def test_a_body_longer_than_it_says_is_not_believed(served: Served):
    body = json.dumps(EVENT).encode()
    with connect(served) as wire:
        wire.sendall(head(served, f"Content-Length: {len(body)}") + body + b"x" * 1000)
        assert wire.recv(1000).split(b" ")[1] in (b"200", b"400")
    assert served.post("/v1/track", EVENT).status_code == 200


def test_chunks_and_a_question_before_the_body(served: Served):
    body = json.dumps(EVENT).encode()
    with connect(served) as wire:
        wire.sendall(head(served, "Transfer-Encoding: chunked", "Expect: 100-continue"))
        assert wire.recv(1000).startswith(b"HTTP/1.1 100")
        for part in (body[:10], body[10:]):
            wire.sendall(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        wire.sendall(b"0\r\n\r\n")
        assert wire.recv(1000).startswith(b"HTTP/1.1 200")
    assert len(served.events()) == 1


def test_a_body_without_end_is_refused(served: Served):
    with connect(served) as wire:
        wire.sendall(head(served, "Transfer-Encoding: chunked"))
        for _ in range(600):
            wire.sendall(b"400\r\n" + b" " * 1024 + b"\r\n")
        assert wire.recv(1000).startswith(b"HTTP/1.1 413")


def test_noise_and_endless_addresses(served: Served):
    for noise in (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"):
        with connect(served) as wire:
            wire.sendall(noise)
            assert wire.recv(1000).split(b" ")[1] in (b"400", b"404", b"414", b"431")
    assert served.get("/healthz").status_code == 200
    assert served.stop()[0] == 0
