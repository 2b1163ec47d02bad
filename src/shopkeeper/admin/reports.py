"""Reports: the list of them, and one page for each, with its choices and its window."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from shopkeeper.model.errors import BadInput, NotFound
from shopkeeper.model.time import DAY, LATEST, parse_local
from shopkeeper.pages.page import Ask, Page
from shopkeeper.pages.table import Column, Empty, Row, Table, address, behind
from shopkeeper.reports import LISTED, Asked, Field, Report, asked, records
from shopkeeper.stats import FIGURES, Window

ON_THE_PAGE = 500
"""Rows shown on the page; the twins hold all."""
PERIODS = {"1": "24 hours", "7": "7 days", "30": "30 days", "90": "90 days", "365": "365 days"}
_PAGES = {"campaign": "campaigns", "person": "people", "order_id": "orders"}
_EMPTY = {
    "recommenders": Empty(
        "No recommended product was shown, clicked or bought in this window.",
        "How to add a recommender",
        "/settings#campaigns",
    ),
    "click-total": Empty(
        "Nobody bought a product in this window that they had clicked in a campaign before.",
        "See which campaigns are live",
        "/campaigns",
    ),
    "segments": Empty(
        "No segment has members that met anything in this window; members are found while shopkeeper serve runs.",
        "See which campaigns are live",
        "/campaigns",
    ),
    "variants": Empty(
        "No communication has variants, and nobody is held out.", "How to add campaigns", "/settings#campaigns"
    ),
    "emails": Empty(
        "No communication is an e-mail: one is defined by its kind.", "How to add campaigns", "/settings#campaigns"
    ),
    "behind": Empty("The figure is 0 in this window: nothing stands behind it."),
}
_NOTHING = Empty("Nothing happened in this window.", "How to send events", "/settings")
NAMED_BY = {"campaign": "campaign", "communication": "communication", "zone": "zone"}
"""What `key` names in a report cut by one of these, as an object figures can be asked behind of."""


def listing(_ask: Ask) -> Page:
    """What reports there are."""
    columns = (
        Column("title", "Report"),
        Column("about", "What it tells", "prose"),
        Column("name", "Name for programs", "id"),
    )
    rows: list[Row] = [
        {"title": r.title, "about": r.about, "name": name, "links": {"title": address("reports", name)}}
        for name, r in LISTED.items()
        if name not in ("behind", "doctor")
    ]
    table = Table("reports", "All reports", columns, rows, Empty(""))
    return Page("reports.html", "Reports", "reports", (table,), {}, sorted(LISTED))


def one(ask: Ask) -> Page:
    """One report."""
    report = LISTED.get(ask.id)
    if report is None:
        raise NotFound("no_report", f"There is no report {ask.id[:64]!r}.", hint="Reports are listed under Reports.")
    window = period(ask)
    question = asked(report, ask.conn, ask.plan, ask.shop.catalogue, window, ask.request.query_params)
    rows = report.make(question)
    shown = [_row(ask, report, record, question) for record in records(report, rows)]
    full = len(shown)
    if not ask.request.url.path.endswith((".csv", ".json")):
        shown = shown[:ON_THE_PAGE]
    columns = [_column(field, question) for field in report.fields]
    table = Table(ask.id, _caption(report, question), columns, shown, _EMPTY.get(ask.id, _NOTHING))
    context = {
        "report": report,
        "window": window,
        "periods": periods(ask),
        "choices": _choices(ask, report, question),
        "table_name": ask.id,
        "more": full - len(shown),
        "full": full,
    }
    data = {"window": window, "chosen": question.chosen}
    return Page("report.html", report.title, "reports", (table,), context, data)


def doctor(ask: Ask) -> Page:
    """What is wrong with the data that comes in."""
    window = period(ask)
    report = LISTED["doctor"]
    findings = report.make(asked(report, ask.conn, ask.plan, ask.shop.catalogue, window, {}))
    columns = (
        Column("title", "What was found"),
        Column("count", "How often", "number"),
        Column("of", "Of", "number"),
        Column("example", "Such as", "prose"),
        Column("fix", "What to do", "prose"),
    )
    rows = [{c.key: getattr(f, c.key) for c in columns} for f in findings if f.count]
    fine = Empty("Nothing is wrong with the data of this window, as far as the checks can tell.")
    passed = [{"title": f.title, "of": f.of} for f in findings if not f.count]
    tables = (
        Table("findings", "Findings", columns, rows, fine),
        Table(
            "passed",
            "Checks that found nothing",
            (Column("title", "Check"), Column("of", "Looked at", "number")),
            passed,
            Empty("Every check found something."),
        ),
    )
    context = {"window": window, "periods": periods(ask)}
    return Page("doctor.html", report.title, "reports", tables, context, findings)


def period(ask: Ask) -> Window:
    """The window asked for: `days` up to now, or `from` and `until` in shop time; the rolling 30 days by default."""
    said = ask.request.query_params
    try:
        if "days" in said:
            days = int(said["days"])
            if not 1 <= days <= 3660:
                raise ValueError("out of bounds")
            return Window(ask.now - days * DAY, ask.now)
        start = parse_local(said["from"], ask.plan.zone) if said.get("from") else ask.window.start
        end = parse_local(said["until"], ask.plan.zone) if said.get("until") else ask.window.end
        if not 0 <= start < end < LATEST:
            raise ValueError("not a window")
    except (ValueError, OverflowError):
        hint = "Give days, or from and until as 2026-03-01 or 2026-03-01T09:30."
        raise BadInput("bad_window", "That is not a window of time.", hint=hint) from None
    return Window(start, end)


def _caption(report: Report, question: Asked) -> str:
    by = question.chosen.get("by")
    if "figure" in question.chosen:
        chosen = question.chosen
        return f"{chosen['figure'].replace('_', ' ').capitalize()} of the {chosen['of']} {chosen['key']}"
    return f"{report.title} by {by}" if by and " by " not in report.title else report.title


def _column(field: Field, question: Asked) -> Column:
    by = question.chosen.get("by", "")
    label = by.replace("_", " ").capitalize() if field.key == "key" and by else field.label
    return Column(field.key, label, "id" if (field.key, by) == ("key", "day") else field.kind, field.about)


def _row(ask: Ask, report: Report, record: dict[str, Any], question: Asked) -> Row:
    row: Row = dict(record)
    row["currency"] = record["currency"] or ""
    by = question.chosen.get("by", "")
    links = {key: address(page, row[key]) for key, page in _PAGES.items() if _known(ask, key, row.get(key))}
    communication = str(row.get("communication") or (row.get("key") if by == "communication" else ""))
    if communication in ask.plan.served:
        campaign = ask.plan.served[communication][-1].campaign_id
        if campaign in ask.plan.file.campaigns:
            links["communication" if "communication" in row else "key"] = address("campaigns", campaign, communication)
    elif by == "campaign" and _known(ask, by, row.get("key")):
        links["key"] = address("campaigns", row["key"])
    for field in report.fields:
        link = _behind(ask, field.key, row, by)
        if link and row.get(field.key):
            links[field.key] = link
    row["links"] = links
    for key in ("key", "person", "device"):
        if row.get(key) == "":
            row[key] = "(the whole site)" if by == "site" else "(not said)" if key == "key" else None
    return row


def _known(ask: Ask, key: str, value: Any) -> bool:
    return bool(value) and (key != "campaign" or value in ask.plan.file.campaigns)


def _behind(ask: Ask, figure: str, row: Row, by: str) -> str:
    """Where the people and events behind a figure of a row are listed."""
    about = ask.request.url.query
    keep = {k: v for k, v in ask.request.query_params.items() if k in ("days", "from", "until")} if about else {}
    if ask.id in ("communications", "emails") and figure in FIGURES:
        return behind(figure, "communication", row["communication"], keep)
    if ask.id == "campaigns" and figure in FIGURES:
        return behind(figure, "campaign", row["campaign"], keep)
    if ask.id == "sequences" and figure in FIGURES:
        return behind(figure, "sequence", f"{row['campaign']}/{row['sequence']}", keep)
    if ask.id == "variants" and figure in FIGURES:
        return behind(figure, "variant", f"{row['communication']}/{row['variant']}", keep)
    if ask.id == "click-total" and figure in ("value", "lines") and by in NAMED_BY and row["key"]:
        return behind("click_total", NAMED_BY[by], row["key"], keep)
    return ""


def _choices(ask: Ask, report: Report, question: Asked) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """(name, [(value, address, chosen)]) of each choice that has a list of values."""
    found = []
    for name, values in report.choices.items():
        if values and name == "by":
            options = [(v, f"?{_query(ask, **{name: v})}", v == question.chosen[name]) for v in values]
            found.append((name, options))
    return found


def periods(ask: Ask) -> list[tuple[str, str, bool]]:
    """(words, address, chosen) of the windows one can switch to."""
    said = ask.request.query_params
    now = said.get("days", "" if "from" in said or "until" in said else "30")
    return [(words, f"?{_query(ask, days=days)}", days == now) for days, words in PERIODS.items()]


def _query(ask: Ask, **changed: str) -> str:
    """The address's query with something changed; days and from/until exclude each other."""
    kept = {k: v for k, v in ask.request.query_params.items() if k != "table"}
    if "days" in changed:
        kept = {k: v for k, v in kept.items() if k not in ("from", "until")}
    return urlencode(kept | changed)
