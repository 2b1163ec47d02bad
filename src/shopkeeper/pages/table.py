"""The table: what every list of the admin is, on the page and in its .csv and .json twins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from shopkeeper.pages.wording import Wording
from shopkeeper.storage.sheet import Kind, csv_text

Row = dict[str, Any]
"""A value per column key. Beside them `links` (column -> address below the admin), `currency` and `quiet` may stand."""


def address(section: str, name: str, part: str = "") -> str:
    """Where a thing's page is, below the admin; `part` is a place on it."""
    return f"/{section}/{quote(name, safe=':@')}{f'#{part}' if part else ''}"


def behind(figure: str, of: str, key: str, window: Mapping[str, str] = MappingProxyType({})) -> str:
    """Where the people and events behind a figure are listed, below the admin."""
    return f"/reports/behind?{urlencode({'figure': figure, 'of': of, 'key': key, **window})}"


class Column(NamedTuple):
    """One column. `about` is the name of its definition, where it shows a figure; `over` says what span of time the
    figure looks at when that is not the page's window.
    """

    key: str
    label: str
    kind: Kind = "text"
    about: str = ""
    over: str = ""

    @property
    def numeric(self) -> bool:
        return self.kind in ("number", "money", "share")


EVER = "the whole time on record"


class Empty(NamedTuple):
    """Why a table is empty and what would fill it, with the step that does."""

    why: str
    step: str = ""
    link: str = ""


class Table(NamedTuple):
    """A named list. Its twins carry the same rows under the same keys."""

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    empty: Empty

    def records(self, wording: Wording) -> list[dict[str, Any]]:
        """The rows as programs read them."""
        return [
            {c.key: wording.plain(c.kind, row.get(c.key), row.get("currency", "")) for c in self.columns}
            for row in self.rows
        ]

    def csv(self, wording: Wording) -> str:
        """The rows as CSV under the columns' keys."""
        return csv_text([column.key for column in self.columns], self.records(wording))
