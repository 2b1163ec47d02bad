"""What a report is: its fields, its choices, its rows; and its rows as flat records for sheets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from shopkeeper.campaigns import Plan
from shopkeeper.catalogue import Catalogue
from shopkeeper.model.errors import BadInput
from shopkeeper.model.money import decimal_text
from shopkeeper.model.time import format_time
from shopkeeper.stats import Window
from shopkeeper.storage import Connection
from shopkeeper.storage.sheet import Kind, csv_text, parquet_bytes


class Field(NamedTuple):
    """One column of a report; `about` is the name of its definition."""

    key: str
    label: str
    kind: Kind = "text"
    about: str = ""


class Asked(NamedTuple):
    """What a report is made from."""

    conn: Connection
    plan: Plan
    catalogue: Catalogue
    window: Window
    chosen: Mapping[str, str]
    """A value for each of the report's choices."""


class Report(NamedTuple):
    """One report."""

    title: str
    about: str
    """What it tells, in a sentence."""
    row: type
    """The struct of its rows."""
    fields: Sequence[Field]
    make: Callable[[Asked], Sequence[Any]]
    choices: Mapping[str, Sequence[str]] = {}
    """Name -> values, the first is the default; no values where any text will do."""


def asked(
    report: Report, conn: Connection, plan: Plan, catalogue: Catalogue, window: Window, said: Mapping[str, str]
) -> Asked:
    """The question with its defaults. BadInput for a choice there is none of."""
    chosen = {}
    for name, values in report.choices.items():
        value = said.get(name, values[0] if values else "")
        if values and value not in values:
            raise BadInput("bad_parameter", f"{name}={value[:64]!r} is not known.", hint=f"Use {', '.join(values)}.")
        chosen[name] = value
    return Asked(conn, plan, catalogue, window, chosen)


def records(report: Report, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The rows as flat records of the report's fields, values as they are in the structs."""
    found = []
    for row in rows:
        said = msgspec.to_builtins(row)
        for outer in [name for name, value in said.items() if isinstance(value, dict)]:
            said.update({f"{outer}_{inner}": value for inner, value in said.pop(outer).items()})
        found.append({field.key: said.get(field.key) for field in report.fields} | {"currency": said.get("currency")})
    return found


def csv_of(report: Report, rows: Sequence[Any], plan: Plan) -> str:
    """CSV with decimal money and ISO times."""
    told = _told(report, rows, plan)
    for record in told:
        for field in report.fields:
            if field.kind == "time" and record[field.key] is not None:
                record[field.key] = format_time(record[field.key], plan.zone)
    return csv_text([field.key for field in report.fields], told)


def parquet_of(report: Report, rows: Sequence[Any], plan: Plan) -> bytes:
    """Parquet with decimal money and timestamps."""
    return parquet_bytes({field.key: field.kind for field in report.fields}, _told(report, rows, plan))


def _told(report: Report, rows: Sequence[Any], plan: Plan) -> list[dict[str, Any]]:
    told = records(report, rows)
    for record in told:
        currency = record["currency"] or plan.shop.currency
        for field in report.fields:
            if field.kind == "money" and record[field.key] is not None:
                record[field.key] = decimal_text(record[field.key], currency)
    return told
