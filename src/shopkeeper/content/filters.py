"""The filters of merchants' templates: those of Liquid within limits, and the shop's own. Imported with Liquid only."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sized
from datetime import datetime
from functools import wraps
from typing import Any

import msgspec
from liquid import Environment
from liquid.exceptions import FilterArgumentError, ResourceLimitError
from liquid.filter import with_context
from liquid.undefined import is_undefined
from markupsafe import Markup

from shopkeeper.content.liquid import Scenery
from shopkeeper.model.time import parse_local, to_datetime

LARGEST = 1 << 256
"""Numbers beyond it are refused: by multiplication they would grow without end."""
LONGEST = 10_000
"""Entries of a list a filter takes."""
_LOOKED_AT = 64
"""Every so many loops and filters the clock is looked at, which costs as much as they do together."""
_ASCII = 128
_GROWING = ("replace", "replace_first", "replace_last", "join", "append", "prepend")
_GONE = ("safe", "escapejs", "base64_decode", "base64_url_safe_decode")
"""Filters that would let a value go into the page unescaped, or make text of what is none."""


class Deadline:
    """The end of the processor time a template may take. Most are done before the clock is looked at once."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._checks = 0
        self._end = 0.0

    def check(self) -> None:
        """Raises ResourceLimitError when it has passed."""
        self._checks += 1
        if self._checks % _LOOKED_AT:
            return
        now = time.thread_time()
        self._end = self._end or now + self._seconds
        if now > self._end:
            raise ResourceLimitError("it takes too long", token=None)


def install(environment: Environment, most: int) -> None:
    """Bring the filters of an environment within limits, and add the shop's own."""
    for name in _GONE:
        environment.filters.pop(name, None)
    for name, own in (("money", money), ("date", date), ("json", json)):
        environment.filters[name] = own
    for name, plain in list(environment.filters.items()):
        environment.filters[name] = _limited(name, plain, most)


def _limited(name: str, plain: Callable[..., Any], most: int) -> Callable[..., Any]:
    """The filter, refusing what it could blow up."""

    @wraps(plain)
    def within(value: Any, *args: Any, **named: Any) -> Any:
        for given in (value, *args):
            if isinstance(given, list | tuple | range) and len(given) > LONGEST:
                raise ResourceLimitError(f"{name} takes lists of at most {LONGEST} entries", token=None)
        if name in _GROWING and _grown(value, args) > most:
            raise ResourceLimitError(f"{name} would make a text of more than {most} characters", token=None)
        found = plain(value, *args, **named)
        if isinstance(found, str) and len(found) > most:
            raise ResourceLimitError(f"{name} made a text of more than {most} characters", token=None)
        if isinstance(found, int) and abs(found) > LARGEST:
            raise ResourceLimitError(f"{name} made a number beyond all measure", token=None)
        return found

    for mark in ("with_context", "with_environment"):
        if getattr(plain, mark, False):
            setattr(within, mark, True)
    return within


def _grown(value: Any, args: tuple[Any, ...]) -> int:
    """At most so long is what replacing or joining makes."""
    pieces = (len(value) if isinstance(value, Sized) else len(str(value))) + 1
    longest = max((len(str(arg)) for arg in args), default=1)
    whole = sum(len(str(entry)) for entry in value) if isinstance(value, list | tuple) else pieces
    if len(args) > 1 and isinstance(value, str) and args[0]:  # replace: only what is found grows
        pieces = value.count(str(args[0])) + 1
    elif len(args) == 1 and isinstance(value, str):  # append and prepend
        pieces = 1
    return whole + pieces * longest


@with_context
def money(value: object, *, context: Any) -> str:
    """Minor units as the shop writes an amount: `{{ product.price | money }}`."""
    if value is None or is_undefined(value) or value == "":
        return ""
    scenery: Scenery = context.scenery
    try:
        units = int(str(value))
    except ValueError:
        raise FilterArgumentError("money takes minor units such as 1250", token=None) from None
    return scenery.words.money(units, scenery.currency)


@with_context
def date(value: object, form: object = "", *, context: Any) -> str:
    """A moment in shop time, written as `form` says (strftime) or as the shop's language does; "now" is now."""
    if value is None or is_undefined(value):
        return ""
    scenery: Scenery = context.scenery
    try:
        moment = _moment(str(value), scenery)
        return moment.strftime(str(form)) if form and not is_undefined(form) else scenery.words.moment(moment)
    except (ValueError, OverflowError):
        raise FilterArgumentError("date takes a time such as 2026-12-24", token=None) from None


def _moment(text: str, scenery: Scenery) -> datetime:
    if text in ("now", "today"):
        return to_datetime(scenery.now, scenery.zone)
    return to_datetime(parse_local(text, scenery.zone), scenery.zone)


def json(value: object) -> Markup:
    """The value for a script. Its texts are letters and digits but for escapes, so that they are nothing else anywhere."""
    return Markup(_json(None if is_undefined(value) else value))  # noqa: S704 - nothing in it means anything to HTML


def _json(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_json(str(key))}:{_json(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple | range):
        return "[" + ",".join(map(_json, value)) + "]"
    if value is None or isinstance(value, bool | int | float):
        return msgspec.json.encode(value).decode()
    units = str(value).encode("utf-16-be", "replace")
    codes = [int.from_bytes(units[at : at + 2]) for at in range(0, len(units), 2)]
    return '"' + "".join(chr(c) if c < _ASCII and chr(c).isalnum() else f"\\u{c:04x}" for c in codes) + '"'
