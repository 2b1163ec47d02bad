"""Long lists in parts: which part an address asks for, and the addresses of those beside it."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from shopkeeper.pages.page import Ask
from shopkeeper.pages.table import Empty


class Paging(NamedTuple):
    """One part of a long list."""

    number: int
    """From 1."""
    size: int
    """Rows a part."""
    before: str = ""
    """The address of the part before it, from the page's own; empty where there is none."""
    after: str = ""

    @property
    def start(self) -> int:
        """How many rows lie before it."""
        return (self.number - 1) * self.size

    def empty(self, first: Empty) -> Empty:
        """Why nothing is in it: `first` where it is the first part."""
        return first if self.number == 1 else Empty(f"There is no page {self.number} of them; the list is shorter.")

    def counted(self, rows: int, total: int) -> str:
        """`51 to 100 of 300 people`; `people` where all are shown."""
        if rows == total:
            return "People"
        return f"{self.start + 1:,} to {self.start + rows:,} of {total:,} people" if rows else f"{total:,} people"


def page_number(ask: Ask) -> int:
    """The part that `?page=` asks for; the first where it says nothing sensible."""
    text = ask.request.query_params.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def paging(ask: Ask, size: int, total: int | None = None, found: int = 0) -> Paging:
    """The part asked for of so many rows. Without a total, `found` is how many rows there are from the part's start on,
    asked for up to one more than it holds.
    """
    number = page_number(ask)
    if total is not None:
        found = total - (number - 1) * size
    kept = {name: value for name, value in ask.request.query_params.items() if name not in ("page", "table")}

    def there(part: int) -> str:
        return f"?{urlencode({**kept, 'page': part})}"

    return Paging(number, size, there(number - 1) if number > 1 else "", there(number + 1) if found > size else "")
