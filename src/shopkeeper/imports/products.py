"""Products from rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shopkeeper.catalogue import read_product
from shopkeeper.imports.sheet import Broken, Sheet, rename, require, text
from shopkeeper.model.definitions import Product
from shopkeeper.model.errors import BadInput

FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("product_id", "sku"),
    "name": ("title", "product_name"),
    "url": ("link",),
    "image": ("image_url", "image_link"),
    "price": (),
    "sale_price": (),
    "currency": (),
    "category": ("product_category", "product_type"),
    "brand": (),
    "in_stock": ("availability",),
    "variant_of": ("item_group_id", "parent_id"),
}
"""What a row may tell, and other names a column may have for it. Other columns are kept as they are."""
_BATCH = 50_000


class Products:
    """The products of a sheet; `broken` grows while they are read."""

    def __init__(self, sheet: Sheet, mapping: Mapping[str, str], currency: str) -> None:
        """BadInput when a column is missing."""
        self.sheet = sheet
        self.columns = rename(sheet, FIELDS, mapping)
        require(sheet, self.columns, "id")
        self.broken: list[Broken] = list(sheet.broken)
        self.total = sheet.table.num_rows
        self._currency = currency

    def __iter__(self) -> Iterator[Product]:
        ids = text(self.sheet.table.column(self.columns["id"])).to_pylist()
        fields = {column: field for field, column in self.columns.items()}
        names = [fields.get(column, column) for column in self.sheet.table.column_names]
        position = 0
        for batch in self.sheet.table.to_batches(max_chunksize=_BATCH):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                values: dict[str, Any] = dict(zip(names, row, strict=True))
                values["id"] = ids[position]
                try:
                    yield read_product(values, self._currency, 0)
                except BadInput as error:
                    column = self.columns.get(error.where, error.where)
                    self.broken.append(Broken(self.sheet.rows[position], column, error.message, row))
                position += 1
