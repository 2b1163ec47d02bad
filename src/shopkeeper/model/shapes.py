"""What msgspec says of a value of the wrong shape, in words for people. Pure."""

from __future__ import annotations

import re

_KINDS = {
    "str": "text",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "object": "a mapping",
    "array": "a list",
    "null": "nothing",
}
_LEAST = {"`array` of length >= 1": "a list of one or more", "`str` of length >= 1": "text that is not empty"}
_BOUND = re.compile(r"(`[^`]+`)(?: (?:(of length) )?(<=|>=|<|>) ([\d.]+))?(?: matching regex '(.*)')?$")
_SIGNS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}
ID = r"^[a-z0-9][a-z0-9._-]{0,63}$"
LANGUAGE = r"^[a-z]{2}$"
"""ISO 639-1."""
LANGUAGE_OR_NONE = r"^([a-z]{2})?$"
_PATTERNS = {
    ID: "begins with a lower-case letter or digit, goes on with these or . _ -, and has 64 characters at most",
    "^[A-Z]{3}$": "is three capital letters, such as EUR",
    LANGUAGE: "is the code of a language in two small letters, such as en",
    LANGUAGE_OR_NONE: "is the code of a language in two small letters, such as en",
}


def misfit(error: Exception) -> tuple[str, str]:
    """What a decoder says is wrong, in words, and the place of the value, such as `$.cart[2]`; no place means all of it."""
    message, _, path = str(error).partition(" - at ")
    return in_words(message), path.removeprefix("`key` in ").strip("`")


def in_words(message: str) -> str:
    """`Expected `str`, got `int`` -> `this has to be text, not a whole number`; what is not known stays as it is."""
    if found := re.match(r"Object contains unknown field `(.*)`$", message):
        return f"there is no field {found[1]!r} here"
    if found := re.match(r"Object missing required field `(.*)`$", message):
        return f"the field {found[1]!r} is missing"
    if found := re.match(r"Invalid enum value (.*)$", message):
        return f"{found[1]} is none of the values that may stand here"
    if not (found := re.match(r"Expected (.*?)(?:, got `(.*)`)?$", message)):
        return message
    wanted, got = found[1], found[2]
    said = _LEAST.get(wanted) or _wanted(wanted)
    if said is None:
        return message
    if got == "float" and "a whole number" in said:
        return f"this has to be {said}, not a fraction"
    return f"this has to be {said}" + (f", not {_kinds(got)}" if got else "")


def _wanted(text: str) -> str | None:
    found = _BOUND.match(text)
    if found is None:
        return None
    said, length, sign, bound, pattern = found.groups()
    words = _kinds(said.strip("`"))
    if sign and length:
        words += f" of {_SIGNS[sign]} {bound} characters" if words == "text" else f" of {_SIGNS[sign]} {bound}"
    elif sign:
        words += f" of {_SIGNS[sign]} {bound.removesuffix('.0')}"
    if pattern is not None:
        words += f" that {_PATTERNS.get(pattern, f'matches {pattern}')}"
    return words


def _kinds(types: str) -> str:
    words = [_KINDS.get(name.strip(), name.strip()) for name in types.split("|")]
    if "a whole number" in words and "a number" in words:
        words.remove("a whole number")
    if "nothing" in words and len(words) > 1:
        words.remove("nothing")  # may be left out, which nobody writes on purpose
    return " or ".join(words)
