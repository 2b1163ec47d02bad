"""Values and comparisons as SQL text that DuckDB and Spark read alike. Pure.

Names and values come from people: every text goes through `text`, every number through `compare`.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor, inf, isfinite

from shopkeeper.model.segments import Range

TRUE, FALSE = "TRUE", "FALSE"
_LARGEST = 10**37


def text(value: str) -> str:
    """A text literal. `{history}` is broken up, as the history puts its files in its place."""
    quoted = "'" + value.replace("'", "''") + "'"
    if "{history}" in quoted:
        return "(" + quoted.replace("{history}", "{' || 'history}") + ")"
    return quoted


def texts(values: Iterable[str]) -> str:
    """Literals to stand after IN, in brackets, always in the same order."""
    return "(" + ", ".join(text(value) for value in sorted(values)) + ")"


def double(number: float) -> str:
    """A literal of a floating point number, to the last bit."""
    written = repr(float(number))
    return written if "e" in written else f"{written}e0"


def bounded(sql: str) -> str:
    """A floating point number of any size, brought into what 64 bits hold with room to add."""
    return f"GREATEST(-1e18, LEAST({sql}, 1e18))"


def compare(column: str, operator: str, number: float, *, whole: bool) -> str:
    """`column operator number` as Python compares, exactly; `whole` where the column holds whole numbers."""
    if not isfinite(number):
        above = number == inf
        return TRUE if (operator in ("<", "<=") and above) or (operator in (">", ">=") and number == -inf) else FALSE
    return _whole(column, operator, number) if whole else _fraction(column, operator, number)


def _whole(column: str, operator: str, number: float) -> str:
    if number != int(number):
        if operator == "=":
            return FALSE
        operator, number = (">=", ceil(number)) if operator in (">", ">=") else ("<=", floor(number))
    number = int(number)
    if abs(number) >= _LARGEST:
        return TRUE if (number > 0) == (operator in ("<", "<=")) and operator != "=" else FALSE
    return f"{column} {operator} {number}"


def _fraction(column: str, operator: str, number: float) -> str:
    """Whole numbers beyond 2**53 may lie between two floating point numbers."""
    near = float(number)
    if near != number:
        if operator == "=":
            return FALSE
        operator = (">=" if near > number else ">") if operator in (">", ">=") else "<" if near > number else "<="
    return f"{column} {operator} {double(near)}"


_OPERATORS = (("at_least", ">="), ("at_most", "<="), ("above", ">"), ("below", "<"), ("exactly", "="))


def within(column: str, bounds: Range, *, whole: bool) -> str:
    """Whether a number that is there lies within bounds."""
    found = [
        compare(column, operator, number, whole=whole)
        for name, operator in _OPERATORS
        if (number := getattr(bounds, name)) is not None
    ]
    return both(found)


def both(conditions: Iterable[str]) -> str:
    """All of them."""
    found = [condition for condition in conditions if condition != TRUE]
    if FALSE in found:
        return FALSE
    return " AND ".join(f"({condition})" for condition in found) or TRUE


def either(conditions: Iterable[str]) -> str:
    """At least one of them."""
    found = [condition for condition in dict.fromkeys(conditions) if condition != FALSE]
    if TRUE in found:
        return TRUE
    return " OR ".join(f"({condition})" for condition in found) or FALSE
