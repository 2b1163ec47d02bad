"""What a page of the shop says: its tag, its policy, its caching, its product and its zones. Pure."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from msgspec.structs import replace

from shopkeeper.verify.rules.markup import Markup, Script, ids_of
from shopkeeper.verify.rules.policy import (
    Policy,
    forbids_address,
    forbids_markup,
    forbids_script,
    joined,
    policies,
    split,
)
from shopkeeper.verify.rules.words import Verdict, failed, passed, unknown

LONG_S = 3600
"""A page cached for longer than this outlives an update by more than anybody waits."""
TOOLS = ("google", "tcf", "shopify")
_FILE = re.compile(r"/t(?:\.([0-9a-f]{7}|dev))?\.js$")
_LOADER = "sk_room"
"""What only the inline loader says."""


class Own(NamedTuple):
    """What the shop knows of itself."""

    write_key: str
    secret_key: str
    prefix: str
    """Path under which the tag is served."""
    version: str
    """Of the tag, as it is served now; empty where that is not known."""
    integrity: str
    zones: Mapping[str, str]
    """Zone -> its kind."""
    products: Container[str]
    """Ids of the catalogue; those only seen on pages are not among them."""
    catalogued: int
    """How many products there are."""
    asks_first: bool
    """Nobody is measured who has not agreed."""


class Answered(NamedTuple):
    """A page as it was fetched."""

    url: str
    """Where it was in the end."""
    status: int
    headers: Sequence[tuple[str, str]]
    text: str
    cut: bool = False
    """It is longer than what was read."""

    def header(self, name: str) -> str:
        """The values of a header."""
        return ", ".join(value for each, value in self.headers if each.lower() == name)


class TagAnswer(NamedTuple):
    """What the address of a tag said."""

    problem: str = ""
    """Why no tag came, in words."""
    integrity: str = ""
    """Of the script that came."""
    knows: bool | None = None
    """Whether its server knows the key of the page; None when it could not be asked."""
    skipped: str = ""
    """Why it was not asked."""


class Look:
    """One page under the checks."""

    def __init__(self, own: Own, page: Answered, arriving: bool) -> None:
        self.own = own
        self.page = page
        self.arriving = arriving
        """Whether page views of this address arrive."""
        self.markup = Markup(page.text)
        self.base = joined(page.url, self.markup.base) or page.url
        self.tags = [script for script in self.markup.scripts if script.src and _is_tag(script, own.prefix)]
        self.running = [script for script in self.tags if script.runs]

    def address(self, script: Script) -> str:
        """Where a script comes from."""
        return joined(self.base, script.src)

    @property
    def asked(self) -> list[tuple[str, str]]:
        """(address, key) of every tag, to be asked."""
        return [(self.address(script), script.attributes.get("data-key", "")) for script in self.tags]


def judge(look: Look, answers: Mapping[str, TagAnswer]) -> list[Verdict]:
    """All checks of a page. `answers` are those of the addresses in `look.asked`, as far as they were asked."""
    parts: tuple[Iterable[Verdict], ...] = (
        _tag(look),
        _keys(look),
        _answers(look, answers),
        _policy(look),
        _caching(look),
        _consent(look),
        _product(look),
        _zones(look),
    )
    about = look.page.url
    return [replace(verdict, about=about) for part in parts for verdict in part]


def opened(page: Answered) -> str:
    """Why what was fetched is no page to look at, in words; empty when it is one."""
    if page.status != 200:
        return f"It answered {page.status}."
    kind = page.header("content-type").partition(";")[0].strip().lower()
    if kind not in ("text/html", "application/xhtml+xml"):
        return f"It is {kind or 'of no type'}, no HTML."
    return ""


def reached(page: Answered) -> Verdict:
    """It is a page to look at."""
    return passed("page-unreachable", page.url, page.url)


def _is_tag(script: Script, prefix: str) -> bool:
    path = split(script.src).path
    key = script.attributes.get("data-key")
    named = bool(_FILE.search(path)) and (key is not None or path.startswith(f"{prefix}/"))
    return named or (key or "").startswith(("wk_", "sk_"))


def _line(script: Script) -> str:
    return f"line {script.line}: {script.src}"


def _tag(look: Look) -> Iterator[Verdict]:
    cut = f"Only the first {len(look.page.text):,} characters of the page were read. " if look.page.cut else ""
    if look.running:
        yield passed("snippet-missing", _line(look.running[0]))
    elif look.tags:
        yield failed(
            "snippet-missing", f"{cut}The script in {_line(look.tags[0])} has a type that browsers do not run."
        )
    elif look.arriving:
        evidence = (
            f"{cut}It is not in the page's text, but page views of this address arrive: a tag manager may put it in."
        )
        yield failed("snippet-missing", evidence, serious=False)
    else:
        yield failed("snippet-missing", f"{cut}No script with a data-key of ours was found.")
    if len(look.running) > 1:
        names = {script.attributes.get("data-name", "") for script in look.running}
        note = "" if len(names) > 1 else "; under one name the second one ends itself"
        yield failed("two-copies", "; ".join(map(_line, look.running)) + note)
    elif look.running:
        yield passed("two-copies")


def _keys(look: Look) -> Iterator[Verdict]:
    own = look.own
    if own.secret_key in look.page.text:
        yield failed("secret-key", f"It begins {own.secret_key[:7]}...")
    else:
        yield passed("secret-key")
    keys = {script.attributes.get("data-key", "") for script in look.tags}
    wrong = sorted(keys - {own.write_key, own.secret_key})
    if wrong:
        said = ", ".join(f"data-key={key[:64]!r}" for key in wrong)
        yield failed("wrong-key", f"The page has {said}, the shop's is {own.write_key!r}.")
    elif own.secret_key in keys:
        yield failed("wrong-key", "The page has the secret key in data-key.")
    elif keys:
        yield passed("wrong-key")


def _answers(look: Look, answers: Mapping[str, TagAnswer]) -> Iterator[Verdict]:
    """Of each check the worst that one of the tags came to."""
    for script in look.running:
        address = look.address(script)
        answer = answers.get(address, TagAnswer(skipped="It was not asked."))
        host = split(address).netloc
        named = _FILE.search(split(address).path)
        version = named[1] if named else None
        if answer.skipped:
            yield unknown("tag-not-served", answer.skipped)
        elif answer.problem and not (version and version != look.own.version):
            yield failed("tag-not-served", f"{address}: {answer.problem}")
        elif not answer.problem:
            yield passed("tag-not-served", address)
        if answer.knows is False and script.attributes.get("data-key") == look.own.write_key:
            yield failed("another-host", f"{host} refused the key.")
        elif answer.knows:
            yield passed("another-host", host)
        yield from _version(look, script, version, answer)
        return


def _version(look: Look, script: Script, version: str | None, answer: TagAnswer) -> Iterator[Verdict]:
    own, integrity = look.own, script.attributes.get("integrity", "")
    age = look.page.header("age")
    old = f" The page comes from a cache, {age} seconds old." if age.isdigit() and int(age) else ""
    if version and own.version and version != own.version:
        yield failed("stale-version", f"The page names {version}, served is {own.version}.{old}")
    elif integrity and answer.integrity and answer.integrity not in integrity.split():
        yield failed("stale-version", f"The hash in the page is not that of the script that is served.{old}")
    elif answer.integrity and own.integrity and answer.integrity != own.integrity:
        evidence = f"{split(look.address(script)).netloc} serves another version than this installation.{old}"
        yield failed("stale-version", evidence, serious=False)
    elif version or answer.integrity:
        yield passed("stale-version", f"version {own.version}" if own.version else "")


def _policy(look: Look) -> Iterator[Verdict]:
    held = policies(look.page.headers, look.markup.policies)
    if not held or not look.running:
        return
    page = look.page.url
    loaders = [script for script in look.markup.scripts if not script.src and _LOADER in script.text]
    forbidden = next(filter(None, (forbids_script(held, script, page) for script in (*look.running, *loaders))), "")
    yield failed("csp-script", f"{forbidden}.") if forbidden else passed("csp-script")
    beside = joined(look.address(look.running[0]), "d")
    host = split(beside).netloc
    forbidden = forbids_address(held, "connect-src", beside, page)
    fix = f"Add {split(beside).scheme}://{host} to connect-src." if host else ""
    yield failed("csp-connect", f"{forbidden}.", fix=fix) if forbidden else passed("csp-connect")
    yield _content(look, held)


def _content(look: Look, held: Sequence[Policy]) -> Verdict:
    links = [joined(look.base, link) for link in look.markup.styles if re.search(r"/look(\.\w+)?\.css$", link)]
    styles = (forbids_address(held, "style-src-elem", link, look.page.url) for link in links)
    forbidden = forbids_markup(held, "shopkeeper") or next(filter(None, styles), "")
    return failed("csp-content", f"{forbidden}.") if forbidden else passed("csp-content")


def _caching(look: Look) -> Iterator[Verdict]:
    said = look.page.header("cache-control").lower()
    rules = dict(part.strip().partition("=")[::2] for part in said.split(",") if part.strip())
    private = bool({"private", "no-store", "no-cache"} & set(rules))
    seconds = 0 if private else max(_number(rules.get("s-maxage", "")), _number(rules.get("max-age", "")))
    seconds = max(seconds, 0 if private else _number(look.page.header("age")))
    pinned = any((named := _FILE.search(split(script.src).path)) and named[1] for script in look.running)
    evidence = f"Cache-Control: {said}" + (f", Age: {look.page.header('age')}" if look.page.header("age") else "")
    if look.markup.served:
        shared = seconds > 0 or "public" in rules
        yield failed("cached-answer", evidence) if shared else passed("cached-answer")
    if pinned:
        yield failed("cached-page", evidence) if seconds > LONG_S else passed("cached-page")


def _number(text: str) -> int:
    text = text.strip().strip('"')
    return int(text) if text.isdigit() and len(text) < 12 else 0


def _consent(look: Look) -> Iterator[Verdict]:
    held = [script for script in look.tags if not script.runs]
    if held:
        yield failed("consent-holds-tag", f"type={held[0].attributes['type']!r} in {_line(held[0])}")
    asking = [script.attributes["data-consent"] for script in look.tags if script.attributes.get("data-consent")]
    strange = sorted({word for said in asking for word in said.split()} - {*TOOLS, "pending"})
    if strange:
        near = [match for word in strange for match in get_close_matches(word, (*TOOLS, "pending"), 1)]
        meant = f"; did you mean {', '.join(near)}?" if near else ""
        yield failed("consent-tool", f"data-consent names {', '.join(strange)[:100]}{meant}")
    elif asking:
        yield passed("consent-tool", ", ".join(sorted(set(asking))))
    if look.own.asks_first and look.running:
        yield passed("consent-not-asked") if asking else failed("consent-not-asked", "The tag has no data-consent.")


def _product(look: Look) -> Iterator[Verdict]:
    markup, own = look.markup, look.own
    products, broken = markup.linked()
    kind = markup.marks.get("type", "")
    named = markup.marks.get("product", "")
    alone = len(products) == 1 and not kind
    if not (kind == "product" or (not kind and (named or markup.says_product or alone))):
        yield unknown("no-json-ld", "It is not the page of a product.")
        return
    if products:
        yield passed("no-json-ld", str(products[0].get("name") or "")[:100])
    else:
        yield failed("no-json-ld", f"JSON-LD that cannot be read, {broken[0]}" if broken else "There is none.")
    ids = [named] if named else list(dict.fromkeys(id for product in products for id in ids_of(product)))
    missing = [id for id in ids if id not in own.products]
    if not ids:
        yield failed("unknown-products", "The page names no product: neither a mark nor a sku in its JSON-LD.")
    elif not own.catalogued:
        yield failed("unknown-products", f"The catalogue is empty, the page names {', '.join(ids)[:100]}.")
    elif len(missing) == len(ids):
        yield failed("unknown-products", f"{', '.join(missing)[:100]} is not in the catalogue.")
    else:
        yield passed("unknown-products", ", ".join(id for id in ids if id in own.products)[:100])


def _zones(look: Look) -> Iterator[Verdict]:
    zones, known = look.markup.zones, look.own.zones
    if not zones:
        yield unknown("unknown-zones", "The page has no zone.")
        return
    told = []
    for name, line in zones:
        if name not in known:
            near = get_close_matches(name, known, 1)
            told.append(f"{name[:64]!r} in line {line}" + (f" (did you mean {near[0]}?)" if near else ""))
        elif known[name] != "block":
            told.append(f"{name!r} in line {line} is a zone for a {known[name]}, which needs no place in the page")
    if told:
        yield failed("unknown-zones", "; ".join(told))
    else:
        yield passed("unknown-zones", ", ".join(dict.fromkeys(name for name, _ in zones))[:200])
