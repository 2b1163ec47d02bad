"""What a Content-Security-Policy permits, as far as the tag needs it (CSP Level 3). Pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

from shopkeeper.verify.rules.markup import Script

_HASHES = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
_PORTS = {"http": 80, "https": 443}
_FALLBACKS = {
    "script-src-elem": ("script-src-elem", "script-src", "default-src"),
    "style-src-elem": ("style-src-elem", "style-src", "default-src"),
    "connect-src": ("connect-src", "default-src"),
}


class Policy(NamedTuple):
    """One policy: every policy of a page must permit what is done."""

    directives: dict[str, list[str]]

    def sources(self, directive: str) -> tuple[str, list[str]] | None:
        """The directive that decides and its sources; None where the policy says nothing."""
        for name in _FALLBACKS[directive]:
            if name in self.directives:
                return name, self.directives[name]
        return None


def policies(headers: Iterable[tuple[str, str]], meta: Iterable[str]) -> list[Policy]:
    """Those in force, of headers and of meta elements; policies that only report forbid nothing."""
    said = [value for name, value in headers if name.lower() == "content-security-policy"]
    return [_read(text) for whole in said for text in whole.split(",") if text.strip()] + [_read(text) for text in meta]


def _read(text: str) -> Policy:
    found: dict[str, list[str]] = {}
    for part in text.split(";"):
        name, *values = part.split() or [""]
        if name:
            found.setdefault(name.lower(), values)
    return Policy(found)


def forbids_script(policies: Sequence[Policy], script: Script, page: str) -> str:
    """The directive that forbids a script, in words; empty when every policy permits it."""
    for policy in policies:
        decides = policy.sources("script-src-elem")
        if decides and not _permits_script(decides[1], script, page):
            what = f"{script.src}" if script.src else f"the inline script in line {script.line}"
            return f"{decides[0]} {' '.join(decides[1])} forbids {what}"
    return ""


def forbids_address(policies: Sequence[Policy], directive: str, url: str, page: str) -> str:
    """The directive that forbids fetching an address, in words; empty when every policy permits it."""
    for policy in policies:
        decides = policy.sources(directive)
        if decides and not any(_matches(source, split(url), split(page)) for source in decides[1]):
            return f"{decides[0]} {' '.join(decides[1])} forbids {url}"
    return ""


def forbids_markup(policies: Sequence[Policy], name: str) -> str:
    """Whether Trusted Types are enforced and our policy `name` is not among those allowed, in words."""
    if not any("'script'" in policy.directives.get("require-trusted-types-for", ()) for policy in policies):
        return ""
    for policy in policies:
        allowed = policy.directives.get("trusted-types")
        if allowed is not None and not {name, "*"} & set(allowed):
            return f"trusted-types {' '.join(allowed)} does not name {name}"
    return ""


def _permits_script(sources: Sequence[str], script: Script, page: str) -> bool:
    nonce = script.attributes.get("nonce", "")
    if nonce and f"'nonce-{nonce}'" in sources:
        return True
    lowered = [source.lower() for source in sources]
    guarded = "'strict-dynamic'" in lowered or any(_is_secret(source) for source in lowered)
    if not script.src:
        return _hashed(sources, script.text) or ("'unsafe-inline'" in lowered and not guarded)
    integrity = script.attributes.get("integrity", "").split()
    if integrity and all(f"'{value}'" in sources for value in integrity):
        return True
    if "'strict-dynamic'" in lowered:
        return False
    where = split(joined(page, script.src))
    return any(_matches(source, where, split(page)) for source in sources)


def joined(base: str, address: str) -> str:
    """An address of a page in full; empty when it is none."""
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def split(address: str) -> SplitResult:
    """The parts of an address; of none when it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _is_secret(source: str) -> bool:
    return source.startswith(("'nonce-", "'sha256-", "'sha384-", "'sha512-"))


def _hashed(sources: Sequence[str], text: str) -> bool:
    for source in sources:
        kind, _, value = source.strip("'").partition("-")
        if kind in _HASHES and base64.b64encode(_HASHES[kind](text.encode()).digest()).decode() == value:
            return True
    return False


def _matches(source: str, url: SplitResult, page: SplitResult) -> bool:
    """Whether a source of a directive covers an address."""
    source = source.lower()
    if source == "'self'":
        return _origin(url) == _origin(page)
    if source == "*":
        return url.scheme in _PORTS or url.scheme == page.scheme
    if source.endswith(":") and "/" not in source:
        return url.scheme == source[:-1] or (source == "http:" and url.scheme == "https")
    if source.startswith("'"):
        return False
    scheme, mark, rest = source.rpartition("://")
    host, slash, path = rest.partition("/")
    name, _, port = host.partition(":")
    if url.scheme not in _schemes(scheme if mark else page.scheme) or not _host_fits(name, url.hostname or ""):
        return False
    if port not in ("*", "", str(_port(url))):
        return False
    if not port and _port(url) != _PORTS.get(url.scheme):
        return False
    said = f"/{path}" if slash else ""
    return not said or (url.path.lower().startswith(said) if said.endswith("/") else url.path.lower() == said)


def _schemes(scheme: str) -> tuple[str, ...]:
    return ("http", "https") if scheme == "http" else (scheme,)


def _host_fits(pattern: str, host: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _origin(url: SplitResult) -> tuple[str, str, int | None]:
    return url.scheme, url.hostname or "", _port(url)


def _port(url: SplitResult) -> int | None:
    try:
        return url.port or _PORTS.get(url.scheme)
    except ValueError:
        return None
