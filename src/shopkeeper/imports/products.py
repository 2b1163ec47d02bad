"""Products from rows: each read on its own, those that cannot be used kept with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shopkeeper.catalogue import OTHER_NAMES, read_product
from shopkeeper.imports.left_out import LeftOut
from shopkeeper.imports.rows import Row, Rows
from shopkeeper.imports.sheet import Naming
from shopkeeper.model.definitions import AttributeKind, Product
from shopkeeper.model.errors import BadInput


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
        self.broken = LeftOut()
        self.present: set[str] = set()
        self.nameless = 0
        """Rows of which not even the id is known."""
        self.broke: BadInput | None = None
        """Where and why the file broke off, if it did; what came before was read."""
        self.rows = rows
        self._currency = currency
        self._kinds = kinds
        self._naming = Naming(rows.name, rows.columns, OTHER_NAMES, mapping)
        self._naming.require("id")

    def __iter__(self) -> Iterator[Product]:
        rows = iter(self.rows)
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
        self.broken.check()
        if row.fault:
            self.nameless += 1
            self.broken.add(row.number, "", row.fault)
            return None
        columns = self._naming.of(row.values)
        fields = {column: field for field, column in columns.items()}
        values = {fields.get(column, column): value for column, value in row.values.items()}
        identity = values["id"] = _identity(values.get("id"))
        if identity in self.present:
            message = f"Product {identity} stands in this file before; the first one counts"
            self.broken.add(row.number, columns.get("id", "id"), message)
            return None
        if identity:
            self.present.add(identity)
        else:
            self.nameless += 1
        try:
            return read_product(values, self._currency, 0, self._kinds)
        except BadInput as error:
            self.broken.add(row.number, columns.get(error.where, error.where), error.message)
            return None


def _identity(value: Any) -> str | None:
    """An id as text: whole numbers without a fraction, as ids are written."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if value is None else str(value).strip() or None
