"""What a request says of its sender beside its body: key, address, device, language, country."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

import crawleruseragents
from ua_parser import BasicResolver, Parser, load_lazy_builtins

from shopkeeper.model.events import Flag

_COUNTRY_HEADERS = (b"cf-ipcountry", b"x-vercel-ip-country", b"cloudfront-viewer-country", b"x-country-code")
_REGION_HEADERS = (b"cf-region", b"cloudfront-viewer-country-region-name", b"x-vercel-ip-country-region", b"x-region")
_PLACE_HEADERS = frozenset((*_COUNTRY_HEADERS, *_REGION_HEADERS))
_LIBRARY = re.compile(
    r"(?:curl|wget|okhttp|axios|got|node-fetch|python-\w+|python|aiohttp|go-http-client|java|apache-httpclient"
    r"|php-curl-class|guzzlehttp|libwww-perl|ruby|dart|faraday|reactornetty|postmanruntime)\b",
    re.IGNORECASE,
)
"""HTTP libraries, as apps and scripts use them; the list of crawlers holds many of them."""
_MOBILE = re.compile(r"Mobi|iPhone|iPod|Android.+Mobile", re.IGNORECASE)
_TABLET = re.compile(r"iPad|Tablet|Android(?!.*Mobile)|Kindle|Silk", re.IGNORECASE)
_BOT, _STAFF = int(Flag.BOT), int(Flag.STAFF)

Headers = Mapping[bytes, bytes]


def basic_key(headers: Headers) -> str | None:
    """The user name of Basic authorisation, where clients put their key; or a Bearer token."""
    given = headers.get(b"authorization")
    if given is None:
        return None
    scheme, _, value = given.partition(b" ")
    if scheme.lower() == b"bearer":
        return value.strip().decode("latin-1") or None
    if scheme.lower() != b"basic":
        return None
    try:
        return base64.b64decode(value.strip(), validate=True).decode().partition(":")[0] or None
    except (binascii.Error, UnicodeDecodeError):
        return None


def client_address(headers: Headers, peer: str) -> str:
    """The visitor's address: the first of X-Forwarded-For when a proxy on this machine or network says so."""
    said = headers.get(b"x-forwarded-for")
    if said is None:
        return peer
    forwarded = said.partition(b",")[0].strip().decode("latin-1")
    return forwarded if forwarded and _private(peer) else peer


class Known(NamedTuple):
    """What requests with the same headers have in common. Shared: not to be changed by others than its owners."""

    context: dict[str, Any]
    """Device class, browser, operating system, language, country and region as far as headers tell."""
    pages: dict[tuple[Any, ...], dict[str, Any]]
    """The room of `Sender.pages`."""


def sender_known(headers: Headers) -> Known:
    """What the headers tell of the sender."""
    if _PLACE_HEADERS.isdisjoint(headers):
        return _known(headers.get(b"user-agent", b""), headers.get(b"accept-language", b""))
    return Known(sender_context(headers), {})


# A visitor's requests all have the same headers, and those of many visitors do.
@lru_cache(maxsize=2_000)
def _known(agent: bytes, language: bytes) -> Known:
    return Known(sender_context({b"user-agent": agent, b"accept-language": language}), {})


def sender_context(headers: Headers) -> dict[str, Any]:
    """Device class, browser, operating system, language, country and region as far as headers tell."""
    context = dict(device_context(headers.get(b"user-agent", b"").decode("latin-1")))
    language = headers.get(b"accept-language", b"").partition(b",")[0].partition(b";")[0].strip()
    if language:
        context["language"] = language[:20].decode("latin-1")
    for name in _COUNTRY_HEADERS:
        country = headers.get(name, b"")
        if len(country) == 2 and country.isalpha():
            context["country"] = country.upper().decode()
            break
    for name in _REGION_HEADERS:
        region = headers.get(name, b"")
        if region:
            context["region"] = region[:100].decode("utf-8", "replace")
            break
    return context


def sender_flags(headers: Headers, address: str, staff: tuple[str, ...]) -> int:
    """Bot and staff flags of a request."""
    flags = 0
    if is_bot(headers.get(b"user-agent", b"")):
        flags |= _BOT
    if staff and _within(address, staff):
        flags |= _STAFF
    return flags


@lru_cache(maxsize=10_000)
def device_context(agent: str) -> tuple[tuple[str, str], ...]:
    """(field, value) pairs derived from a User-Agent; a shop sees few different ones, parsing is slow."""
    if not agent:
        return ()
    browser, system = _agents().parse_user_agent(agent), _agents().parse_os(agent)
    pairs = [("device_class", device_class(agent))]
    if browser and browser.family:
        pairs.append(("browser", browser.family))
    if system and system.family:
        pairs.append(("os", system.family))
    return tuple(pairs)


def know_agents() -> None:
    """Load the hundreds of patterns by which browsers are told apart: no visitor should wait for that."""
    device_context("nothing that is known")


@cache
def _agents() -> Parser:
    """Most patterns are about the makers of devices; compiled when asked for only, they are never compiled."""
    return Parser(BasicResolver(load_lazy_builtins()))


def device_class(agent: str) -> str:
    """mobile, tablet or desktop."""
    if _MOBILE.search(agent):
        return "mobile"
    return "tablet" if _TABLET.search(agent) else "desktop"


@lru_cache(maxsize=10_000)
def is_bot(user_agent: bytes) -> bool:
    """Whether the User-Agent is a known crawler's; a program that was written to send events to us is none."""
    agent = user_agent.decode("latin-1")
    return bool(agent) and not _LIBRARY.match(agent) and bool(crawleruseragents.is_crawler(agent))


@lru_cache(maxsize=10_000)
def _private(address: str) -> bool:
    try:
        return ip_address(address).is_private
    except ValueError:
        return True


@lru_cache(maxsize=10_000)
def _within(address: str, networks: tuple[str, ...]) -> bool:
    try:
        return any(ip_address(address) in ip_network(network, strict=False) for network in networks)
    except ValueError:
        return False
