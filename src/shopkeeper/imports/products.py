"""Products from rows: each read on its own, those that cannot be used kept with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shopkeeper.catalogue import OTHER_NAMES, read_product
from shopkeeper.imports.rows import Row, Rows
from shopkeeper.imports.sheet import Broken, named, require_columns
from shopkeeper.model.definitions import AttributeKind, Product
from shopkeeper.model.errors import BadInput

MOST_BROKEN = 100_000
"""Rows kept that cannot be used; a file with more is not what it is taken for."""
MOST_TEXT = 64 << 20
"""Characters of all that is kept of them."""


class Products:
    """The products of a file. While they are read `broken` grows, and `present` holds the ids there are."""

    def __init__(
        self,
        rows: Rows,
        mapping: Mapping[str, str],
        currency: str,
        kinds: Mapping[str, AttributeKind] | None = None,
    ) -> None:
        """BadInput when a column is missing."""
        self.broken: list[Broken] = []
        self.present: set[str] = set()
        self.nameless = 0
        """Rows of which not even the id is known."""
        self.broke: BadInput | None = None
        """Where and why the file broke off, if it did; what came before was read."""
        self._text = 0
        self._rows = rows
        self._mapping = mapping
        self._currency = currency
        self._kinds = kinds
        self._names: dict[tuple[str, ...], dict[str, str]] = {}
        if rows.columns is not None:
            require_columns(rows.name, rows.columns, self._fields(tuple(rows.columns)), "id")

    def __iter__(self) -> Iterator[Product]:
        rows = iter(self._rows)
        while True:
            try:
                row = next(rows, None)
                if row is None:
                    return
                product = self._read(row)
            except BadInput as error:
                self.broke = error
                return
            if product is not None:
                yield product

    def _read(self, row: Row) -> Product | None:
        if row.broken is not None:
            self.nameless += 1
            self._refuse(row.broken)
            return None
        columns = self._fields(tuple(row.values))
        fields = {column: field for field, column in columns.items()}
        values = {fields.get(column, column): value for column, value in row.values.items()}
        identity = values["id"] = _identity(values.get("id"))
        if identity in self.present:
            message = f"Product {identity} stands in this file before; the first one counts"
            self._refuse(Broken(row.number, columns.get("id", "id"), message, [*row.values.values()]))
            return None
        if identity:
            self.present.add(identity)
        else:
            self.nameless += 1
        try:
            return read_product(values, self._currency, 0, self._kinds)
        except BadInput as error:
            column = columns.get(error.where, error.where)
            self._refuse(Broken(row.number, column, error.message, [*row.values.values()]))
            return None

    def _refuse(self, broken: Broken) -> None:
        self.broken.append(broken)
        self._text += sum(len(value) for value in broken.values if isinstance(value, str))
        if len(self.broken) > MOST_BROKEN or self._text > MOST_TEXT:
            raise BadInput(
                "too_many_errors",
                f"{len(self.broken):,} rows cannot be used, more than are kept to be mended",
                hint="Is this a file of products? The others before were read.",
            )

    def _fields(self, columns: tuple[str, ...]) -> dict[str, str]:
        """Field -> column, worked out once for rows of the same columns."""
        if columns not in self._names:
            if len(self._names) > 1_000:
                self._names.clear()
            known = {c: f for c, f in self._mapping.items() if self._rows.columns is not None or c in columns}
            self._names[columns] = named(self._rows.name, list(columns), OTHER_NAMES, known)
        return self._names[columns]


def _identity(value: Any) -> str | None:
    """An id as text: whole numbers without a fraction, as ids are written."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if value is None else str(value).strip() or None
