"""Checks and tests of facts as SQL predicates: the bulk half of what `passing.py` does for one fact. Pure.

A predicate is TRUE or FALSE, never NULL. A property is looked at as the JSON text of its value (its token): text stands
in quotation marks, so kinds cannot be mixed up, and a pattern finds it alike in every engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from shopkeeper.conditions.leaves import Check, FieldTest
from shopkeeper.conditions.passing import passes
from shopkeeper.populations.sets import PRODUCT_SETS, ProductSets
from shopkeeper.populations.words import FALSE, TRUE, both, compare, text, texts, within

PROPERTY = "properties."
_WHOLE = frozenset(("price", "value", "at"))
_FRACTION = frozenset(("quantity",))
FEW = 20
"""Products that are compared one by one."""
_json = msgspec.json.Encoder().encode


class Fields:
    """The columns that SQL asks of facts; the properties among them as tokens named `p0`, `p1` ..."""

    def __init__(self, sets: ProductSets) -> None:
        self._tokens: dict[str, tuple[str, set[str] | None]] = {}
        self._sets = sets
        self._masks: set[int] = set()

    def column(self, field: str, names: frozenset[str] | None) -> str:
        """The column of a field, asked of facts of these names (None: of all)."""
        if not field.startswith(PROPERTY):
            return f'"{field}"'
        alias, known = self._tokens.get(field) or (f"p{len(self._tokens)}", set())
        self._tokens[field] = (alias, None if known is None or names is None else known | names)
        return alias

    def among(self, products: frozenset[str]) -> str:
        """Whether a fact's product is one of these."""
        if not products:
            return FALSE
        if len(products) <= FEW:
            return f"(product IS NOT NULL AND product IN {texts(products)})"
        mask, bit = self._sets.place(products)
        self._masks.add(mask)
        return f"(k{mask} & {bit}) <> 0"

    def select(self, relation: str) -> str:
        """The facts with their time as `t` (AT is a word of DuckDB) and these properties as columns, in brackets to stand after FROM."""
        more = [
            f"CASE WHEN {TRUE if names is None else f'name IN {texts(names)}'} THEN {_token(field)} END AS {alias}"
            for field, (alias, names) in self._tokens.items()
        ]
        more.extend(f"COALESCE(known.m{mask}, 0) AS k{mask}" for mask in sorted(self._masks))
        columns = ", ".join(("f.*", 'f."at" AS t', *more))
        known = f" LEFT JOIN {PRODUCT_SETS} AS known ON known.product = f.product" if self._masks else ""
        return f"(SELECT {columns} FROM {relation} AS f{known})"


def _token(field: str) -> str:
    """The JSON text of a property, NULL where its name is not there.

    No text inside the JSON is taken for a name: after a comma or brace inside a text no bare quotation mark can
    follow but its own end, and after that no name.
    """
    pattern = f'[{{,]{_escaped(field)}:("(?:[^"\\\\]|\\\\.)*"|[^,}}]*)'
    return f"NULLIF(REGEXP_EXTRACT(properties, {text(pattern)}, 1), '')"


def _escaped(field: str) -> str:
    """The name as it stands in JSON, every sign that a pattern could take for another one marked."""
    name = _json(field.removeprefix(PROPERTY)).decode()
    return "".join(f"\\{char}" if char.isascii() and not char.isalnum() and char != " " else char for char in name)


def missing(column: str, field: str) -> str:
    """Whether a fact says nothing of a field; a property that was removed (null) is missing too."""
    return f"({column} IS NULL OR {column} = 'null')" if field.startswith(PROPERTY) else f"{column} IS NULL"


def check_sql(check: Check, column: str, field: str) -> str:
    """Whether what a column holds passes."""
    there = _there(check, column, field)
    if passes(check, None):
        return TRUE if there == TRUE else f"CASE WHEN {missing(column, field)} THEN TRUE ELSE {there} END"
    return FALSE if there == FALSE else f"CASE WHEN {missing(column, field)} THEN FALSE ELSE {there} END"


def _there(check: Check, column: str, field: str) -> str:
    """The same for a value that is there."""
    if check.exists is False:
        return FALSE
    found = []
    if check.values is not None:
        found.append(_among(column, field, check.values))
    if check.excluded is not None:
        among = _among(column, field, check.excluded)
        found.append({TRUE: FALSE, FALSE: TRUE}.get(among, f"NOT ({among})"))
    if check.contains is not None:
        found.append(_text(column, field, f"CONTAINS({{}}, {text(check.contains)})"))
    if check.starts_with is not None:
        found.append(_text(column, field, f"STARTS_WITH({{}}, {text(check.starts_with)})"))
    if not check.bounds.empty:
        if field.startswith(PROPERTY):
            found.append(
                f"CASE WHEN {whole_token(column)} THEN {within(whole_value(column), check.bounds, whole=True)} "
                f"WHEN {fraction_token(column)} THEN {within(fraction_value(column), check.bounds, whole=False)} "
                "ELSE FALSE END"
            )
        elif is_number(field):
            found.append(within(column, check.bounds, whole=field in _WHOLE))
        else:
            found.append(FALSE)
    return both(found)


def _text(column: str, field: str, test: str) -> str:
    if field.startswith(PROPERTY):
        # In an array, as the engines read a JSON text alike only inside of something.
        decoded = f"JSON_EXTRACT_STRING('[' || {column} || ']', '$[0]')"
        return f"CASE WHEN STARTS_WITH({column}, '\"') THEN {test.replace('{}', decoded, 1)} ELSE FALSE END"
    return FALSE if is_number(field) else test.replace("{}", column, 1)


def likenesses(field: str, values: frozenset[Any] | None) -> set[str]:
    """What a column of text, or the token of a property, holds when it is one of these values."""
    if field.startswith(PROPERTY):
        return {token for value in values or () for token in _tokens_of(value)}
    return {value for value in values or () if isinstance(value, str)}


def _among(column: str, field: str, values: frozenset[Any]) -> str:
    if field.startswith(PROPERTY):
        return f"{column} IN {texts(likenesses(field, values))}"
    if is_number(field):
        numbers = [value for value in values if not isinstance(value, bool | str)]
        alike = [compare(column, "=", number, whole=field in _WHOLE) for number in sorted(numbers)]
        return " OR ".join(f"({one})" for one in alike if one != FALSE) or FALSE
    wanted = likenesses(field, values)
    return f"{column} IN {texts(wanted)}" if wanted else FALSE


def _tokens_of(value: str | float) -> set[str]:
    """Every JSON text that stands for a value: 7 is also 7.0."""
    found = {_json(value).decode()}
    if not isinstance(value, str | bool):
        if value == int(value):
            found.add(_json(int(value)).decode() if abs(value) < 2**64 else "0")
            if float(value) == value:
                found.add(_json(float(value)).decode())
        if value == 0:
            found.add("-0.0")
    return found


def is_number(field: str) -> bool:
    """Whether a column holds numbers."""
    return field in _WHOLE or field in _FRACTION


def whole_token(token: str) -> str:
    """Whether a property is a whole number."""
    return f"REGEXP_MATCHES({token}, '^-?[0-9]+$')"


def fraction_token(token: str) -> str:
    """Whether a property is another number."""
    return f"REGEXP_MATCHES({token}, '^-?[0-9.]+([eE][-+]?[0-9]+)?$') AND NOT {whole_token(token)}"


def whole_value(token: str) -> str:
    return f"TRY_CAST({token} AS DECIMAL(38, 0))"


def fraction_value(token: str) -> str:
    return f"TRY_CAST({token} AS DOUBLE)"


def test_sql(test: FieldTest, fields: Fields, names: frozenset[str] | None) -> str:
    """Whether a fact passes a test."""
    column = fields.column(test.field, names)
    own = check_sql(test.check, column, test.field)
    if test.field == "product":
        values = test.check.values
        plain = values is not None and test.check == Check(values=values) and len(values) > FEW
        return fields.among(frozenset(map(str, values or ()))) if plain else own
    if test.products is None:
        return own
    known = fields.among(test.products)
    return f"CASE WHEN {missing(column, test.field)} AND product IS NOT NULL THEN {known} ELSE {own} END"


def tests_sql(tests: Sequence[FieldTest], fields: Fields, names: frozenset[str] | None) -> str:
    """Whether a fact passes all tests."""
    return both(test_sql(test, fields, names) for test in tests)


def names_sql(names: frozenset[str] | None) -> str:
    """Whether a fact is of these names; without any, whether it is an event."""
    if names is None:
        return "NOT STARTS_WITH(name, '=')"
    return f"name IN {texts(names)}" if names else FALSE
