"""The wire shape: Segment's tracking calls, decoded strictly, one event at a time.

Source: https://segment.com/docs/connections/spec/ (common fields) and the HTTP tracking API's batch call.
"""

from __future__ import annotations

import json
import re
import zlib
from typing import Any

import msgspec

from shopkeeper.model.errors import BadEvent, BadInput
from shopkeeper.model.shapes import misfit

MAX_EVENT = 32 * 1024
MAX_BATCH = 500 * 1024
MAX_DEPTH = 32
MAX_EVENTS = 2_500
MAX_ID = 255
MAX_NAME = 200


class WireEvent(msgspec.Struct, rename="camel", gc=False):
    """One call as public clients send it. Unknown fields are ignored, as the specification asks."""

    type: str | None = None
    message_id: str | None = None
    anonymous_id: str | int | None = None
    user_id: str | int | None = None
    previous_id: str | int | None = None
    event: str | None = None
    name: str | None = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    timestamp: str | None = None
    original_timestamp: str | None = None
    sent_at: str | None = None
    write_key: str | None = None


class _BatchBody(msgspec.Struct, rename="camel"):
    batch: list[msgspec.Raw]
    write_key: str | None = None
    sent_at: str | None = None
    context: dict[str, Any] | None = None


class Batch(msgspec.Struct):
    """A decoded request: the raw events, the key named in the body, and when it was sent."""

    events: list[bytes]
    write_key: str | None
    sent_at: str | None
    odd: bool = True
    """Somewhere in it may be a NUL or a number beyond 64 bits."""


# Every digit as a nought: many times as fast as a pattern, for each event there is.
_NOUGHTS = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER = b"0" * 19
_HALF_PAIR = re.compile(
    rb"\\u[dD][89abAB][\da-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][\da-fA-F]{2})\\u[dD][c-fC-F][\da-fA-F]{2}"
)
_NOT_FINITE = re.compile(rb"[:,\[]\s*-?(?:NaN|Infinity)\b")
_batch_decoder = msgspec.json.Decoder(_BatchBody)
_event_decoder = msgspec.json.Decoder(WireEvent)


def unpack(body: bytes, encoding: str) -> bytes:
    """Undo gzip, never beyond the batch limit, whatever the sender claims."""
    if encoding in ("", "identity"):
        plain = body
    elif encoding in ("gzip", "x-gzip"):
        unzip = zlib.decompressobj(wbits=31)
        try:
            plain = unzip.decompress(body, MAX_BATCH + 1)
        except zlib.error as error:
            raise BadInput("bad_gzip", f"The body says gzip but cannot be unpacked: {error}") from None
        if len(plain) <= MAX_BATCH and not unzip.eof:
            raise BadInput("bad_gzip", "The gzip body is cut short.", hint="Send the whole body.")
    else:
        raise BadInput("bad_encoding", f"Content-Encoding {encoding!r} is not known.", hint="Use gzip or none.")
    if len(plain) > MAX_BATCH:
        raise too_large()
    return plain


def too_large(limit: int = MAX_BATCH) -> BadInput:
    """The error for a body beyond the limit."""
    error = BadInput("batch_too_large", f"A request may hold {limit} bytes.", hint="Send smaller batches.")
    error.status = 413
    return error


def decode_batch(body: bytes, encoding: str = "") -> Batch:
    """The events of a batch request, still raw so that one bad event does not spoil the others."""
    plain = unpack(body, encoding)
    odd = _is_odd(plain)
    try:
        decoded = _batch_decoder.decode(plain)
    except RecursionError:
        raise BadInput("too_deep", f"JSON may be nested {MAX_DEPTH} levels deep.") from None
    except msgspec.ValidationError as error:
        raise malformed(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        decoded, odd = _batch_of_odd_json(plain, error), True
    if len(decoded.batch) > MAX_EVENTS:
        raise BadInput("too_many_events", f"A batch may hold {MAX_EVENTS} events.", hint="Send smaller batches.")
    return Batch([bytes(raw) for raw in decoded.batch], decoded.write_key, decoded.sent_at, odd)


def decode_one(body: bytes, encoding: str = "") -> Batch:
    """A single-call request as a batch of one. Its key and sent time are read from the event itself."""
    plain = unpack(body, encoding)
    if len(plain) > MAX_EVENT:
        raise event_too_large(len(plain))
    return Batch([plain], None, None, _is_odd(plain))


def _is_odd(plain: bytes) -> bool:
    """Whether the bytes could hide a NUL or a number beyond 64 bits. (Not by `in`, which raises within before it looks.)"""
    return plain.find(b"\\u0000") >= 0 or plain.translate(_NOUGHTS).find(_LONG_NUMBER) >= 0


def decode_event(raw: bytes, *, odd: bool = True) -> WireEvent:
    """One event, or BadEvent naming what is wrong with it and where. `odd` is what is known of the batch it came in."""
    if len(raw) > MAX_EVENT:
        raise event_too_large(len(raw))
    try:
        event = _event_decoder.decode(raw)
    except RecursionError:
        raise BadEvent("too_deep", f"JSON may be nested {MAX_DEPTH} levels deep.") from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _bad_json(raw, error) from None
    # Only look closer when the bytes could hide something.
    if (odd and _is_odd(raw)) or raw.count(b"{") + raw.count(b"[") > MAX_DEPTH:
        ids = (event.message_id, event.anonymous_id, event.user_id, event.previous_id)
        for value in (event.properties, event.traits, event.context, event.event, event.name, *ids):
            _check(value, 1)
    return event


def malformed(error: Exception) -> BadInput:
    """The error for a body that is not the JSON it should be."""
    return BadInput(
        "malformed", f"The body is not what it should be: {_told(error)}", hint="Send JSON in Segment's shape."
    )


def _batch_of_odd_json(plain: bytes, error: Exception) -> _BatchBody:
    """A batch that is JSON but for what some clients write: NaN, Infinity (Python), half a surrogate pair (a browser
    that cut an emoji). Only the events that hold such a thing shall fail, not the whole batch.
    """
    try:
        values = json.loads(plain.decode())
        if isinstance(values, dict) and isinstance(values.get("batch"), list):
            values["batch"] = [msgspec.Raw(json.dumps(event).encode()) for event in values["batch"]]
        return msgspec.convert(values, _BatchBody)
    except (ValueError, RecursionError):
        raise malformed(error) from None


def _bad_json(raw: bytes, error: Exception) -> BadEvent:
    """Why an event cannot be decoded, in words that help to find the place in the sender."""
    if _HALF_PAIR.search(raw):
        return BadEvent("lone_surrogate", "A text holds half of a surrogate pair.", hint="Was an emoji cut in two?")
    if _NOT_FINITE.search(raw):
        return BadEvent("not_finite", "JSON knows no NaN and no Infinity.", hint="Send null, or leave the field out.")
    if isinstance(error, UnicodeDecodeError):
        return BadEvent("not_utf8", "The event is not UTF-8 text.", hint="Encode JSON as UTF-8.")
    return BadEvent(
        "malformed", f"The event is not what it should be: {_told(error)}", hint="Send JSON in Segment's shape."
    )


def _told(error: Exception) -> str:
    words, place = misfit(error)
    return f"{words} (at {place})." if place else f"{words}."


def event_too_large(size: int) -> BadEvent:
    """The error for one event beyond its limit."""
    return BadEvent("event_too_large", f"The event has {size} bytes; {MAX_EVENT} are allowed.")


def _check(value: Any, depth: int) -> None:
    if isinstance(value, str):
        if "\0" in value:
            raise BadEvent("nul_character", "Text may not hold the NUL character.")
    elif isinstance(value, int):
        if not -(1 << 63) <= value < 1 << 63:
            raise BadEvent("number_too_large", "A whole number may have 64 bits.", hint="Send it as text.")
    elif isinstance(value, dict):
        if depth >= MAX_DEPTH:
            raise BadEvent("too_deep", f"JSON may be nested {MAX_DEPTH} levels deep.")
        for name, item in value.items():
            _check(name, depth + 1)
            _check(item, depth + 1)
    elif isinstance(value, list):
        if depth >= MAX_DEPTH:
            raise BadEvent("too_deep", f"JSON may be nested {MAX_DEPTH} levels deep.")
        for item in value:
            _check(item, depth + 1)
