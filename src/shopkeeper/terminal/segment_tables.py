"""What `shopkeeper segments` prints for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import yaml
from rich.box import SIMPLE
from rich.console import Console
from rich.status import Status
from rich.table import Table

from shopkeeper.insights import Journeys, Overlap, told
from shopkeeper.model.money import decimal_text
from shopkeeper.terminal.context import say


def waiting() -> Status:
    """A sign on the terminal that goes away by itself, for answers that take a while."""
    return Console(stderr=True).status("Asking everybody's facts")


def draw(headings: Sequence[str], rows: Sequence[Sequence[Any]], empty: str = "") -> None:
    """A table as wide as it needs to be; numbers stand right."""
    if not rows:
        say(empty)
        return
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    for place, heading in enumerate(headings):
        numbers = all(isinstance(row[place], int) or str(row[place])[:1].isdigit() for row in rows)
        table.add_column(heading, justify="right" if numbers else "left", no_wrap=numbers or place == 0)
    for row in rows:
        table.add_row(*(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row))
    console = Console(markup=False, highlight=False)
    console.width = max(
        console.width, min(160, table.__rich_measure__(console, console.options.update(width=400)).maximum)
    )
    console.print(table)


def listing(found: told.SegmentsTold) -> None:
    say(f"{found.everybody:,} people are on record")
    rows = [
        (row.id, row.size, f"{row.share:.1%}", f"+{row.entered:,} -{row.left:,}" if row.followed else "", row.sentence)
        for row in found.segments
    ]
    draw(("Segment", "People", "Share", "7 days", "People who"), rows)


def shown(found: told.SegmentTold) -> None:
    say(f"{found.name}: people who {found.sentence}")
    say(f"{found.note} {found.size:,} people, {found.share:.1%} of everybody".strip())
    if found.used_by:
        say(f"used by {', '.join(found.used_by)}")
    say()
    say(yaml.safe_dump({"rule": found.rule}, sort_keys=False, allow_unicode=True).rstrip())


def previewed(found: told.PreviewTold) -> None:
    say(f"People who {found.sentence}")
    say(f"{found.size:,} of {found.everybody:,} people, {found.share:.1%}")
    if found.empty_because:
        say(found.empty_because)
    draw(("Condition", "People", "Share"), list(_sizes(found.tree, 0)))
    if found.sample:
        say("Some of them")
        _people(found.sample, found.currency)


def _sizes(part: told.SizedTold, depth: int) -> Iterator[tuple[str, int, str]]:
    yield (
        "  " * depth + (part.kind if part.parts and part.kind != "segment" else part.sentence),
        part.size,
        f"{part.share:.1%}",
    )
    for inner in part.parts:
        yield from _sizes(inner, depth + 1)


def members(found: told.MembersTold) -> None:
    say(f"{found.size:,} people at {found.at}")
    _people(found.members, found.currency)
    if found.size > len(found.members):
        say(f"{found.size - len(found.members):,} more; --out file.csv writes all of them")


def listed(found: told.MembersTold) -> None:
    say(f"{found.size:,} people, frozen at {found.at} from {found.segment}")
    _people(found.members, found.currency)
    if found.size > len(found.members):
        say(f"{found.size - len(found.members):,} more; --out file.csv writes all of them")


def _people(people: Sequence[told.MemberTold], currency: str) -> None:
    rows = [(p.person, p.name, p.email, p.orders, _money(p.spent, currency), p.since or "") for p in people]
    draw(("Person", "Name", "E-mail", "Orders", f"Spent, {currency}", "Since"), rows)


def _money(units: int, currency: str) -> str:
    whole, point, fraction = decimal_text(units, currency).partition(".")
    return f"{int(whole):,}{point}{fraction}"


def why(found: told.WhyTold) -> None:
    inside = "is in" if found.reason.holds else "is not in"
    since = f" since {found.since}" if found.since else ""
    say(f"{found.person} {inside} {found.segment}{since}, at {found.at}")
    for line in _reasons(found.reason, found.currency, 0):
        say(line)


def _reasons(reason: told.ReasonTold, currency: str, depth: int) -> Iterator[str]:
    mark = "yes" if reason.holds else "no "
    text = reason.kind if reason.parts and reason.kind != "segment" else reason.sentence
    until = f", may change at {reason.until}" if reason.until else ""
    yield f"{'  ' * depth}{mark} {text}{until}"
    said = reason.evidence
    if said.count or said.value is not None:
        parts = [f"{said.count:,} found"] if said.count else []
        parts += [f"the last at {said.last}"] if said.last else []
        parts += [f"comes to {_worth(said, currency)}"] if said.value is not None else []
        yield f"{'  ' * depth}    {', '.join(parts)}"
    for part in reason.parts:
        yield from _reasons(part, currency, depth + 1)


def _worth(said: told.EvidenceTold, currency: str) -> str:
    if said.money and isinstance(said.value, int | float):
        return f"{_money(round(said.value), currency)} {currency}"
    return f"{said.value:g}" if isinstance(said.value, float) else str(said.value)


def changes(found: told.ChangesTold) -> None:
    rows = [
        (
            c.at,
            c.person or "(all at once)",
            f"+{c.entered:,} -{c.left:,}" if not c.person else "entered" if c.entered else "left",
            c.cause,
        )
        for c in found.changes
    ]
    draw(
        ("At", "Person", "What", "Because of"), rows, "nobody entered or left yet; `shopkeeper serve` follows who does"
    )


def lists(found: told.ListsTold) -> None:
    rows = [(row.id, row.size, row.at, row.segment, row.sentence) for row in found.lists]
    draw(("List", "People", "Frozen", "Segment", "People who"), rows, "no list yet; `segments freeze` makes one")


_FIGURES = {
    "People": "people", "Share of everybody": "share", "Conversion": "conversion", "Orders": "orders",
    "Revenue": "revenue", "Average order": "average_order", "Visits a person": "visits_each",
    "Pages a visit": "pages_a_visit", "Minutes a visit": "minutes_a_visit",
}  # fmt: skip


def insights(found: told.InsightsTold) -> None:
    def money(units: int) -> str:
        return _money(units, found.currency)

    own, shop = found.segment, found.shop
    say(f"{found.segment_id}, {found.start} to {found.until}, money in {found.currency}")
    rows: list[tuple[str, str, str]] = []
    for label, field in _FIGURES.items():
        values = [getattr(worth, field) for worth in (own, shop)]
        if field in ("revenue", "average_order"):
            rows.append((label, money(values[0]), money(values[1])))
        else:
            form = ".1%" if field in ("share", "conversion") else "," if isinstance(values[0], int) else ".2f"
            rows.append((label, f"{values[0]:{form}}", f"{values[1]:{form}}"))
    draw(("", "Segment", "Shop"), rows)
    products = [(p.name, p.orders, money(p.revenue), f"{p.share:.1%}", f"{p.shop_share:.1%}") for p in found.products]
    draw(("Product", "Orders", "Revenue", "Share", "In the shop"), products, "its people bought nothing in this window")


def by_segment(found: told.BySegmentTold) -> None:
    def money(units: int) -> str:
        return _money(units, found.currency)

    say(f"{found.start} to {found.until}, money in {found.currency}; segments may share people")
    rows = [
        (r.segment, r.people, r.buyers, r.orders, money(r.revenue), r.attributed_orders, money(r.attributed))
        for r in found.rows
    ]
    draw(("Segment", "People", "Buyers", "Orders", "Revenue", "Credited", "Order credit"), rows)


def overlap(found: Overlap) -> None:
    n = found.sizes
    rows = [
        (p.segment, p.other, n[p.segment], n[p.other], p.both, f"{p.jaccard:.1%}", f"{p.lift or 0:.2f}")
        for p in found.pairs
    ]
    draw(("Segment", "and", "People", "and", "In both", "Jaccard", "Lift"), rows)


def sets(found: told.PlacesTold) -> None:
    rows = [(place.segment or "(none of these)", place.size, f"{place.share:.1%}") for place in found.places]
    draw(("First that holds", "People", "Share"), rows)


def journeys(found: Journeys) -> None:
    say(f"{found.days[0]} to {found.days[-1]}, by the ends of days in shop time")
    rows = [
        (
            way.origin or "(none)",
            way.target or "(none)",
            way.people,
            "" if way.median_days is None else f"{way.median_days:g}",
        )
        for way in found.ways
    ]
    draw(("From", "To", "People", "Median days before"), rows, "nobody moved between these")
