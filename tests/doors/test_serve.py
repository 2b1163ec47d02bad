"""A real server: who may start it, how it ends, and what the wire may do to it."""

from __future__ import annotations

import json
import signal
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
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
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["serve", "--port", "{port}"],
        ["demo", "--port", "{port}"],
        ["--database", "postgresql://me@127.0.0.1:1/shop", "serve", "--port", "0"],
        ["--database", "postgresql://me@127.0.0.1:1/shop", "keys"],
    ],
)
def test_who_cannot_begin_leaves_no_folder(served: Served, tmp_path: Path, arguments: list[str]):
    port = urlsplit(served.base).port
    done = run("--data", tmp_path / "new", *(argument.format(port=port) for argument in arguments))
    assert done.returncode == 3 and not (tmp_path / "new").exists()


def test_links_and_tags_find_the_running_server(served: Served):
    linked, tagged = (run("--data", served.data, verb) for verb in ("link", "tag"))
    assert linked.stdout.startswith(served.base + "/admin/sign-in/") and linked.stderr == ""
    assert httpx.get(linked.stdout.strip()).status_code == 303
    assert f'src="{served.base}/sk/t.js"' in tagged.stdout and tagged.stderr == ""


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_that_is_gone_is_not_found(served: Served, by: signal.Signals):
    served.stop(by)
    linked = run("--data", served.data, "link")
    assert linked.stdout.startswith("http://127.0.0.1:8000/admin/")
    assert "No server runs on" in linked.stderr and "--url" in linked.stderr
    told = run("--data", served.data, "link", "--url", "https://shop.example.com/")
    assert told.stdout.startswith("https://shop.example.com/admin/") and told.stderr == ""


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


def call(served: Served, name: str, *headers: str, path: str = "/v1/track") -> bytes:
    """A whole request for one event, on one connection with others."""
    body = json.dumps({**EVENT, "event": name}).encode()
    return head(served, f"Content-Length: {len(body)}", *headers).replace(b"/v1/track", path.encode()) + body


def answers(wire: socket.socket, count: int) -> list[int]:
    """The statuses of so many answers, in order; fewer where the connection ends."""
    read = b""
    while read.count(b"HTTP/1.1 ") < count or not read.endswith(b"}"):
        part = wire.recv(65_536)
        if not part:
            break
        read += part
    return [int(part[:3]) for part in read.split(b"HTTP/1.1 ")[1:]]


def test_requests_of_all_kinds_share_a_connection_and_are_answered_in_order(served: Served):
    asked = [
        call(served, "One"),
        b"GET /healthz HTTP/1.1\r\nHost: shop\r\n\r\n",
        call(served, "", path="/v1/t"),
        call(served, "Two", path="/v1/t?from=here"),
        call(served, "Three"),
    ]
    with connect(served) as wire:
        wire.sendall(b"".join(asked))
        assert answers(wire, 5) == [200, 200, 400, 200, 200]
    assert sorted(event.name for event in served.events()) == ["One", "Three", "Two"]


def test_a_request_may_come_byte_by_byte_or_in_chunks(served: Served):
    body = json.dumps(EVENT).encode()
    chunks = head(served, "Transfer-Encoding: chunked") + b"".join(
        b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:9], body[9:], b"")
    )
    with connect(served) as wire:
        for place in range(len(whole := call(served, "Slow"))):
            wire.sendall(whole[place : place + 1])
        assert answers(wire, 1) == [200]
        wire.sendall(chunks)
        assert answers(wire, 1) == [200]
    assert sorted(event.name for event in served.events()) == ["Looked", "Slow"]


def test_a_body_too_large_is_refused_and_the_connection_lives_on(served: Served):
    with connect(served) as wire:
        wire.sendall(head(served, "Content-Length: 600000") + b" " * 600_000)
        assert answers(wire, 1) == [413]
        wire.sendall(call(served, "After"))
        assert answers(wire, 1) == [200]


def test_who_wants_the_connection_closed_has_it_closed(served: Served):
    with connect(served) as wire:
        wire.sendall(call(served, "Last", "Connection: close"))
        assert answers(wire, 2) == [200]
        assert wire.recv(10) == b""
