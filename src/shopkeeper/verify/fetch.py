"""The way to a page of the shop: plain HTTP, bounded in time, size and redirects, and only to where it may go.

An address is looked up once, judged, and connected to as it was judged, so that a name that changes its mind between the
two gains nothing. Nothing of a page leaves this room but what the checks say of it.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Collection, Container, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from shopkeeper import __version__
from shopkeeper.model.errors import BadInput, ShopkeeperError
from shopkeeper.verify.rules.page import Answered

SECONDS = 8.0
"""For all of one request: looking up, connecting, waiting, reading."""
MOST_BYTES = 3 * 1024 * 1024
REDIRECTS = 5
MOVED = (301, 302, 303, 307, 308)
AGENT = f"shopkeeper-check/{__version__}"

_UNSAID = re.compile(r"[\x00-\x20\x7f]")
_PATH = "/%~!$&'()*+,;=:@"

Guard = Callable[[str, str], str]
"""From host and port as in the address, and the IP address they mean, to why one may not go there; empty when one may."""


class Refused(ShopkeeperError):
    """It was not fetched: it may not be, or nothing came. `str()` is the reason in words."""

    status = 502


def anywhere(_host: str, _address: str) -> str:
    """Whoever types an address into a terminal may go where that terminal may."""
    return ""


def only(trusted: Collection[str], known: Container[str]) -> Guard:
    """Hosts (with their port, where it is named) that are trusted; and those that are known from data, if they lie on the
    public internet: anybody can send a page view that names a machine inside.
    """

    def guard(host: str, address: str) -> str:
        if host in trusted:
            return ""
        if host not in known:
            return f"{host} is not known as a host of the shop: no page view and no product comes from it."
        if not ip_address(address).is_global:
            return f"{host} lies in a private network."
        return ""

    return guard


def checked(address: str) -> str:
    """An address a person typed, as one that can be fetched. Raises BadInput."""
    text = address.strip()
    if "://" not in text and text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # a port or a name that is none
        host, port, parts = "", "", urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        hint = "Give it as https://shop.example.com/page."
        raise BadInput("bad_url", f"{address[:200]!r} is not the address of a page", hint=hint)
    if parts.username is not None or _UNSAID.search(text):
        hint = "Leave out names, passwords and spaces."
        raise BadInput("bad_url", f"{address[:200]!r} cannot be fetched", hint=hint)
    netloc = (f"[{host}]" if ":" in host else host) + port
    return urlunsplit((parts.scheme, netloc, quote(parts.path, _PATH), quote(parts.query, _PATH + "?"), ""))


def fetch(url: str, guard: Guard, *, body: bytes | None = None, seconds: float = SECONDS) -> Answered:
    """What is at an address, after its redirects; with a body it is sent there, and redirects are not followed.

    Raises Refused for what may not be fetched, and for what did not come: in time, at all, or in a form that can be read.
    """
    for _ in range(REDIRECTS + 1):
        url = checked(url)
        answered = _once(url, guard, body, seconds)
        location = answered.header("location").encode("latin-1", "replace").decode("utf-8", "replace")
        if answered.status not in MOVED or not location or body is not None:
            return answered
        try:
            url = checked(urljoin(url, location))
        except (BadInput, ValueError):
            raise Refused("bad_redirect", f"It redirects to {location[:100]!r}, which cannot be fetched.") from None
    raise Refused("too_many_redirects", f"It redirects more than {REDIRECTS} times.")


def _once(url: str, guard: Guard, body: bytes | None, seconds: float) -> Answered:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"User-Agent": AGENT, "Accept": "text/html, */*;q=0.5", "Accept-Encoding": "identity"}
    if body is not None:
        headers["Content-Type"] = "text/plain"
    held: list[socket.socket] = []
    late = threading.Event()
    try:
        with _deadline(held, seconds, late):
            connection = _connection(url, guard, seconds, held)
            connection.request("POST" if body is not None else "GET", path, body, headers)
            response = connection.getresponse()
            raw = response.read(MOST_BYTES + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _unreachable(url, seconds, error, timed_out=late.is_set()) from None
    finally:
        for sock in held:
            sock.close()
    if late.is_set():
        raise _unreachable(url, seconds, TimeoutError(), timed_out=True)
    raw = _unpacked(raw, (response.getheader("content-encoding") or "").strip().lower())
    charset = response.headers.get_content_charset() or "utf-8"
    try:
        text = raw[:MOST_BYTES].decode(charset, "replace")
    except LookupError:
        text = raw[:MOST_BYTES].decode("utf-8", "replace")
    return Answered(url, response.status, response.getheaders(), text, len(raw) > MOST_BYTES)


def _connection(url: str, guard: Guard, seconds: float, held: list[socket.socket]) -> http.client.HTTPConnection:
    """A connection to the very IP address that was judged; `held` gets what has to be closed."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = _looked_up(host, port, seconds)
    for address in found:
        if reason := guard(parts.netloc.lower(), address):
            raise Refused("not_allowed", reason)
    sock = _connected(found, port, seconds)
    held.append(sock)
    if parts.scheme == "https":
        held.append(sock := ssl.create_default_context().wrap_socket(sock, server_hostname=host))
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    connection.default_port = 443 if parts.scheme == "https" else 80  # for the Host header
    connection.sock = sock
    return connection


def _looked_up(host: str, port: int, seconds: float) -> list[str]:
    """The IP addresses of a host. The system's resolver knows no deadline, so it is asked in a thread that may be left."""
    answer: SimpleQueue[list[str]] = SimpleQueue()

    def ask() -> None:
        try:
            answer.put([str(address[0]) for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)])
        except (OSError, UnicodeError):
            answer.put([])

    threading.Thread(target=ask, daemon=True).start()
    try:
        found = answer.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if not found:
        raise Refused("unknown_host", f"There is no host {host}.")
    return found


def _connected(addresses: list[str], port: int, seconds: float) -> socket.socket:
    """A connection to the first address that answers: many a server has no way to the IPv6 address it is given first."""
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), timeout=seconds / 2)
    return socket.create_connection((addresses[-1], port), timeout=seconds)


@contextmanager
def _deadline(held: list[socket.socket], seconds: float, late: threading.Event) -> Iterator[None]:
    """Hangs up when the time is over: a server that sends a byte now and then never runs into a socket's timeout."""

    def hang_up() -> None:
        late.set()
        for sock in held[:1]:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _unreachable(url: str, seconds: float, error: Exception, *, timed_out: bool) -> Refused:
    host = urlsplit(url).netloc
    if timed_out or isinstance(error, TimeoutError):
        return Refused("too_slow", f"{host} did not answer in full within {seconds:g} s.")
    if isinstance(error, ssl.SSLError):
        return Refused("bad_certificate", f"{host} has no certificate that browsers accept: {error.reason or error}.")
    if isinstance(error, ConnectionRefusedError):
        return Refused("unreachable", f"Nothing answers at {host}.")
    return Refused("unreachable", f"{host} cannot be reached: {str(error)[:200] or type(error).__name__}.")


def _unpacked(raw: bytes, encoding: str) -> bytes:
    """The body as it is meant, at most a byte more than is read of any; some servers pack whatever they are asked for."""
    if encoding in ("", "identity"):
        return raw
    if encoding != "gzip":
        raise Refused("packed", f"It is packed as {encoding[:20]}, though the request asked for plain text.")
    try:
        return zlib.decompressobj(31).decompress(raw, MOST_BYTES + 1)
    except zlib.error:
        raise Refused("packed", "It says that it is packed with gzip, and is not.") from None
