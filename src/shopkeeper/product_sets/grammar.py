"""`price > 100 and (brand is Acme or not on_sale)` as a set of products: a small closed grammar, read by hand. Pure.

    or    = and {"or" and}
    and   = not {"and" not}
    not   = "not" not | "(" or ")" | test
    test  = field [comparison]           a field alone is one that is true or false
    comparison = ("=" | "!=" | "<" | "<=" | ">" | ">=") value | "is" ["not"] (value | "missing")
               | "contains" value | "starts" "with" value | "between" value "and" value
               | ["not"] "in" "(" value {"," value} ")" | "exists"

A value is a number (`100`, `30%`), true or false, words up to the next keyword, or a text in quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from shopkeeper.model.errors import BadInput
from shopkeeper.model.product_sets import AllOf, AnyOf, EmptySet, Filtered, NotIn, ProductSet
from shopkeeper.model.segments import Scalar, Test, Tests
from shopkeeper.product_sets.attributes import FIELDS, check, kind_of

LONGEST, DEEPEST = 5_000, 16
HINT = "Such as: price > 100 and brand is Acme. docs/guide/products.md shows more."
_TOKENS = re.compile(
    r"""\s*(?:(?P<quoted>"[^"]*"|'[^']*')|(?P<sign><=|>=|!=|<>|==|[<>=(),])|(?P<word>[^\s<>=!(),"']+))""", re.VERBOSE
)
_KEYWORDS = frozenset(("and", "or", "not", "is", "in", "contains", "starts", "with", "between", "exists", "missing"))
_SIGNS = {
    "=": "is",
    "==": "is",
    "!=": "not",
    "<>": "not",
    ">": "above",
    ">=": "at_least",
    "<": "below",
    "<=": "at_most",
}
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?%?$")


class Token(NamedTuple):
    """A piece of the text, and where it begins (counted from 1)."""

    kind: str
    text: str
    at: int


def parse_where(text: str, where: str = "$") -> ProductSet:
    """The set a text says; BadInput names the column where it cannot be understood."""
    if len(text) > LONGEST:
        raise BadInput("bad_where", f"a where may have {LONGEST:,} characters", where=where, hint=HINT)
    if not text.strip():
        raise EmptySet("empty_product_set", "nothing is asked of the products", where=where, hint=HINT)
    return _Parser(text, where).whole()


class _Parser:
    def __init__(self, text: str, where: str) -> None:
        self._where = where
        self._tokens: list[Token] = []
        place = 0
        while text[place:].strip():
            found = _TOKENS.match(text, place)
            if found is None:
                raise self._refuse("this is no part of a test", place + 1)
            kind = str(found.lastgroup)
            self._tokens.append(Token(kind, found[kind], found.start(kind) + 1))
            place = found.end()
        self._end = len(text) + 1
        self._next = 0
        self._depth = 0

    def whole(self) -> ProductSet:
        found = self._or()
        if self._next < len(self._tokens):
            raise self._refuse(f"{self._tokens[self._next].text!r} stands where `and` or `or` should", self._here())
        return found

    def _or(self) -> ProductSet:
        parts = [self._and()]
        while self._take("or"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _and(self) -> ProductSet:
        parts = [self._not()]
        while self._take("and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _not(self) -> ProductSet:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._refuse(f"parts may be nested {DEEPEST} deep", self._here())
        try:
            if self._take("not"):
                return NotIn(self._not())
            if self._take("("):
                found = self._or()
                self._need(")")
                return found
            return self._test()
        finally:
            self._depth -= 1

    def _test(self) -> ProductSet:
        at = self._here()
        token = self._pop("the name of a field")
        if token.kind != "word" or token.text.lower() in _KEYWORDS:
            raise self._refuse(f"{token.text!r} is no field of a product", at)
        field = token.text if token.text.startswith("attributes.") else token.text.lower()
        test = self._comparison(field)
        try:
            check(field, test)
        except ValueError as error:
            raise self._refuse(str(error), at) from None
        return Filtered({field: test})

    def _comparison(self, field: str) -> Tests:
        token = self._peek()
        if token is not None and token.kind == "sign" and token.text in _SIGNS:
            self._next += 1
            return self._said(_SIGNS[token.text], self._value(field))
        word = token.text.lower() if token is not None and token.kind == "word" else ""
        compare = {
            "is": self._is,
            "contains": lambda field: Test(contains=str(self._value(field))),
            "starts": self._starts,
            "between": self._between,
            "exists": lambda _field: Test(exists=True),
            "in": lambda field: Test(is_=self._values(field)),
            "not": self._not_in,
        }.get(word)
        if compare is not None:
            self._next += 1
            return compare(field)
        if kind_of(field) == "yes":
            return True
        if field in FIELDS or token is None:
            raise self._refuse(f"what of {field}? A comparison is missing", self._here())
        raise self._refuse(f"{token.text!r} is no comparison", token.at)

    def _is(self, field: str) -> Tests:
        if self._take("missing"):
            return Test(exists=False)
        if not self._take("not"):
            return self._value(field)
        return Test(exists=True) if self._take("missing") else Test(not_=self._value(field))

    def _starts(self, field: str) -> Tests:
        self._need("with")
        return Test(starts_with=str(self._value(field)))

    def _between(self, field: str) -> Tests:
        low = self._number(field)
        self._need("and")
        return Test(at_least=low, at_most=self._number(field))

    def _not_in(self, field: str) -> Tests:
        self._need("in")
        return Test(not_=self._values(field))

    def _said(self, name: str, value: Scalar) -> Tests:
        if name in ("is", "not"):
            return value if name == "is" else Test(not_=value)
        if isinstance(value, str | bool):
            raise self._refuse(f"{value!r} is not a number", self._tokens[self._next - 1].at)
        return msgspec.structs.replace(Test(), **{name: float(value)})

    def _values(self, field: str) -> list[Scalar]:
        self._need("(")
        found = [self._value(field)]
        while self._take(","):
            found.append(self._value(field))
        self._need(")")
        return found

    def _number(self, field: str) -> float:
        value = self._value(field)
        if isinstance(value, str | bool):
            raise self._refuse(f"{value!r} is not a number", self._tokens[self._next - 1].at)
        return float(value)

    def _value(self, field: str) -> Scalar:
        first = self._pop("a value")
        if first.kind == "quoted":
            return first.text[1:-1]
        if first.kind == "sign" or first.text.lower() in ("and", "or"):
            raise self._refuse(f"a value is missing before {first.text!r}", first.at)
        kind = kind_of(field)
        words = [first.text]
        if kind in ("money", "share", "number"):
            if field == "age" and not self._take("days"):
                self._take("day")
        else:
            words += self._more_words()
        text = " ".join(words)
        if kind not in ("text", "texts", "places"):
            if text.lower() in ("true", "false", "yes", "no") and kind in ("yes", None):
                return text.lower() in ("true", "yes")
            if _NUMBER.match(text):
                number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
                return int(number) if number.is_integer() else number
        return text

    def _more_words(self) -> Iterator[str]:
        while (token := self._peek()) and token.kind == "word" and token.text.lower() not in ("and", "or"):
            self._next += 1
            yield token.text

    def _peek(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _pop(self, wanted: str) -> Token:
        token = self._peek()
        if token is None:
            raise self._refuse(f"it ends where {wanted} should stand", self._end)
        self._next += 1
        return token

    def _take(self, text: str) -> bool:
        token = self._peek()
        if token is None or token.kind == "quoted" or token.text.lower() != text:
            return False
        self._next += 1
        return True

    def _need(self, text: str) -> None:
        if not self._take(text):
            raise self._refuse(f"{text!r} is missing", self._here())

    def _here(self) -> int:
        token = self._peek()
        return token.at if token else self._end

    def _refuse(self, message: str, column: int) -> BadInput:
        return BadInput("bad_where", message, where=f"{self._where}, column {column}", hint=HINT)
