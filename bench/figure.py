"""A measured figure beside its budget, and the table of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.table import Table


class Figure(NamedTuple):
    """One line of the table."""

    what: str
    unit: str
    figure: float
    limit: float | None = None
    """The budget; None where there is none and the figure is only of interest."""
    at_least: bool = False
    """The budget is a floor, not a ceiling."""

    @property
    def ratio(self) -> float | None:
        """The figure as a share of its budget."""
        return self.figure / self.limit if self.limit else None

    @property
    def verdict(self) -> str:
        """met, missed, or nothing where there is no budget."""
        if self.limit is None:
            return ""
        return "met" if (self.figure >= self.limit) == self.at_least or self.figure == self.limit else "missed"


def table(figures: Iterable[Figure]) -> Table:
    """All figures for a person."""
    shown = Table("what", "limit", "figure", "ratio", "verdict", title="Budgets")
    for column in shown.columns[1:4]:
        column.justify = "right"
    for f in figures:
        sign = ">=" if f.at_least else "<="
        limit = f"{sign} {f.limit:,.6g} {f.unit}" if f.limit is not None else ""
        colour = {"met": "[green]met[/]", "missed": "[red]missed[/]"}.get(f.verdict, "")
        ratio = f"{f.ratio:.2f}" if f.ratio is not None else ""
        shown.add_row(
            f.what, limit, f"{f.figure:,.4g} {f.unit}" if f.figure < 1e4 else f"{f.figure:,.0f} {f.unit}", ratio, colour
        )
    return shown
