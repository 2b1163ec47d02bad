"""What `shopkeeper intent` prints for people."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from shopkeeper.intent import Interested, Trained
from shopkeeper.storage.sheet import csv_text
from shopkeeper.terminal.context import say

SHOWN = 50
"""People in a table; CSV and JSON hold all that were asked for."""


def print_people(found: Interested) -> None:
    """The ranking, as a table of the first."""
    if found.unknown_size:
        say(f"{found.unknown_size:,} ids are of no product the model knows, such as {', '.join(found.unknown[:5])}")
    if found.note:
        say(found.note)
    many = f"{found.size:,} product{'s' if found.size != 1 else ''}"
    expected = "" if found.expected is None else f"; {found.expected:,.0f} of them will buy, by the model"
    say(f"{many}, {found.customers:,} customers ranked for {found.horizon} days{expected}")
    columns = ["", "person", "chance", *(["why"] if any(w.reasons for w in found.people) else [])]
    shown = Table(*columns)
    for wanting in found.people[:SHOWN]:
        chance = "" if wanting.chance is None else f"{wanting.chance:.1%}"
        cells = [str(wanting.place), wanting.person, chance, "; ".join(wanting.reasons)]
        shown.add_row(*cells[: len(columns)])
    Console().print(shown)
    if len(found.people) > SHOWN:
        say(f"and {len(found.people) - SHOWN:,} more: --csv or --json print them, --as keeps them as a list")


def print_csv(found: Interested) -> None:
    """The whole ranking as CSV."""
    rows = [
        {"place": w.place, "person": w.person, "chance": w.chance, "reasons": "; ".join(w.reasons)}
        for w in found.people
    ]
    say(csv_text(["place", "person", "chance", "reasons"], rows).rstrip("\n"))


def print_model(found: Trained) -> None:
    """What a model was made of."""
    past = f"{found.rows:,} purchases of {found.customers:,} customers in {found.days:,} days"
    if found.visitors:
        past += f" and what {found.visitors:,} who bought nothing looked at or searched for"
    if found.learnt:
        say(f"model {found.version}: learned from {found.sets:,} sets over {past}, in {found.seconds:.0f} s")
    else:
        say(f"model {found.version}: {past} are too little to learn from; past purchases are counted")
