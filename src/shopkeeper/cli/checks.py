"""What `shopkeeper check` prints for people: what holds in a line each, what does not with cause and fix."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from shopkeeper.verify import SIGNS, Verdict


def show(verdicts: Sequence[Verdict]) -> None:
    """A table for each page, and one for the shop."""
    console = Console(markup=False, highlight=False)
    for about, group in groupby(verdicts, key=lambda verdict: verdict.about):
        console.print(about or "What arrived", overflow="fold")
        table = Table(box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False, show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for verdict in group:
            table.add_row(SIGNS[verdict.result], _told(verdict))
        console.print(table)


def _told(verdict: Verdict) -> Text:
    if verdict.result in ("passed", "not checked"):
        return Text(verdict.title + (f": {verdict.evidence}" if verdict.evidence else ""))
    parts = [("Found: ", verdict.evidence), ("Fix: ", verdict.fix)]
    return Text.assemble(
        (verdict.title, "bold"), "\n", verdict.cause, *(f"\n{word}{said}" for word, said in parts if said)
    )
