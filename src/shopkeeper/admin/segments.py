"""Segments: all of them with their sizes, one with its people and figures, why somebody is inside, trying a rule."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote

import anyio.from_thread
import yaml
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shopkeeper import insights, visitors
from shopkeeper import segments as room
from shopkeeper.campaigns import parse_yaml
from shopkeeper.engine.segments import ask as ask_shop
from shopkeeper.engine.segments import base, freeze
from shopkeeper.engine.shop import Shop
from shopkeeper.insights import Base, Insights, Reason, Sized, Why, person_named, telling
from shopkeeper.insights.files import FORMS, file_of
from shopkeeper.model.errors import BadInput, NotFound
from shopkeeper.pages.page import Ask, Page
from shopkeeper.pages.paging import Paging, page_number, paging
from shopkeeper.pages.table import EVER, Column, Empty, Row, Table, address
from shopkeeper.segments import Segment

SHOWN = 50
"""People and changes on a page; the export holds all people."""
NOW, WEEK = "now", "the last 7 × 24 hours"
ORIGINS = {"prebuilt": "pre-built", "shop": "the shop's own", "audience": "one for each audience"}
EXAMPLE = "all:\n  - segment: returning-customers\n  - orders: 0\n    within: 30 days\n"
_PEOPLE = (
    Column("name", "Person"),
    Column("email", "E-mail"),
    Column("orders", "Orders", "number", "shop_orders", EVER),
    Column("spent", "Spent", "money", "spent", EVER),
)


def listing(ask: Ask) -> Page:
    """Every segment with its size and who came and went, and the frozen lists."""
    told = telling.listing(_base(ask))
    columns = (
        Column("name", "Segment"),
        Column("sentence", "People who", "prose"),
        Column("size", "People", "number", "members", NOW),
        Column("share", "Of everybody", "share", "of_everybody", NOW),
        Column("entered", "Entered", "number", "entered", WEEK),
        Column("left", "Left", "number", "left", WEEK),
        Column("used_by", "Used by"),
    )
    rows: list[Row] = [
        {
            "name": one.name,
            "sentence": one.sentence,
            "size": one.size,
            "share": one.share,
            "entered": one.entered if one.followed else None,
            "left": one.left if one.followed else None,
            "used_by": ", ".join(one.used_by) or None,
            "quiet": not one.size,
            "links": {"name": address("segments", one.id)},
        }
        for one in told.segments
    ]
    tables = (
        Table("segments", "All segments", columns, rows, Empty("")),
        _lists(ask),
    )
    return Page("segments.html", "Segments", "segments", tables, {"everybody": told.everybody})


def _lists(ask: Ask) -> Table:
    columns = (
        Column("id", "List"),
        Column("size", "People", "number"),
        Column("at", "Frozen", "time"),
        Column("segment", "Segment"),
        Column("sentence", "People who then"),
    )
    rows: list[Row] = [
        found._asdict() | {"links": {"id": address("lists", found.id), "segment": _source(found.segment)}}
        for found in insights.lists(ask.conn)
    ]
    return Table(
        "lists", "Frozen lists", columns, rows, Empty("No list yet. A segment's page freezes its people to one.")
    )


def _source(segment: str) -> str:
    """Where a list's people came from."""
    return "/intent" if segment == "intent" else address("segments", segment)


def one_list(ask: Ask) -> Page:
    """The people of a frozen list."""
    twin = ask.request.url.path.endswith((".csv", ".json"))  # holds all of them
    limit, offset = (insights.EVERYBODY, 0) if twin else (SHOWN, (page_number(ask) - 1) * SHOWN)
    told = telling.listed(_base(ask), ask.id, limit, offset)
    part = paging(ask, SHOWN, told.size)
    rows = _people(ask, [insights.Member(member.person, None) for member in told.members], "")
    table = Table("people", part.counted(len(rows), told.size), _PEOPLE, rows, part.empty(Empty("Nobody was inside.")))
    frozen = next(found for found in insights.lists(ask.conn) if found.id == ask.id)
    context = {"frozen": frozen, "source": _source(frozen.segment), "paging": part}
    return Page("list.html", f"List {ask.id}", "segments", (table,), context, told)


def one(ask: Ask) -> Page:
    """One segment: its rule, its figures beside the shop's, its people, and who came and went."""
    asked = _base(ask)
    segment = _segment(asked, ask.id)
    found = insights.insights(asked, segment, *ask.window)
    inside = insights.members(asked, segment, SHOWN, (page_number(ask) - 1) * SHOWN)
    part = paging(ask, SHOWN, inside.size)
    context: dict[str, Any] = {
        "segment": segment,
        "origin": ORIGINS[segment.origin],
        "rule": yaml.safe_dump(segment.rule, sort_keys=False, allow_unicode=True),
        "found": found,
        "size": inside.size,
        "everybody": insights.everybody(asked),
        "used_by": room.users_of(ask.plan, ask.id),
        "now_word": NOW,
        "forms": FORMS,
        "paging": part,
    }
    tables = (_figures(found), _products(found), _members(ask, inside, part), _changes(ask, segment))
    data = {"segment": segment.id, "rule": segment.rule, "sentence": segment.sentence, "size": inside.size}
    return Page("segment.html", segment.name, "segments", tables, context, data)


def _figures(found: Insights) -> Table:
    """One row a figure, so that a segment and the shop stand side by side in the twins too."""
    columns = (Column("figure", "Figure"), Column("segment", "Segment", "number"), Column("shop", "Shop", "number"))
    names = ("people", "buyers", "conversion", "orders", "visits_each", "pages_a_visit", "minutes_a_visit")
    rows: list[Row] = [
        {"figure": name.replace("_", " "), "segment": getattr(found.segment, name), "shop": getattr(found.shop, name)}
        for name in names
    ]
    return Table("figures", "Figures", columns, rows, Empty(""))


def _products(found: Insights) -> Table:
    columns = (
        Column("name", "Product"),
        Column("orders", "Orders", "number", "segment_orders"),
        Column("revenue", "Revenue", "money", "segment_revenue"),
        Column("share", "Of their revenue", "share"),
        Column("shop_share", "Of the shop's", "share"),
    )
    rows: list[Row] = [{column.key: getattr(product, column.key) for column in columns} for product in found.products]
    none = (
        "Their orders in this window name no products."
        if found.segment.orders
        else "Nobody of them bought anything in this window."
    )
    return Table("products", "What they buy most", columns, rows, Empty(none))


def _members(ask: Ask, inside: insights.Members, part: Paging) -> Table:
    columns = (*_PEOPLE, Column("since", "In since", "time"), Column("why", "Why"))
    rows = _people(ask, inside.people, ask.id)
    caption = part.counted(len(rows), inside.size)
    caption += ", who entered last first" if inside.followed else ""
    empty = Empty("Nobody is inside now.", "Try the rule to see which condition keeps everybody out", _try(ask))
    return Table("members", caption, columns, rows, part.empty(empty))


def _try(ask: Ask) -> str:
    segment = ask.shop.book.get(ask.id)
    return f"/rule?text={quote(yaml.safe_dump(segment.rule, sort_keys=False))}" if segment else "/rule"


def _people(ask: Ask, people: list[insights.Member], segment: str) -> list[Row]:
    profiles = visitors.load(ask.conn, [member.person for member in people])
    rows: list[Row] = []
    for member in people:
        profile = profiles[member.person]
        links = {"name": address("people", member.person)}
        if segment:
            links["why"] = f"{address('why', segment)}?person={quote(member.person)}"
        rows.append(
            {
                "name": visitors.name_of(profile),
                "email": profile.attribute("email"),
                "orders": profile.orders,
                "spent": profile.spent,
                "since": member.since,
                "why": "Why?",
                "links": links,
            }
        )
    return rows


def _changes(ask: Ask, segment: Segment) -> Table:
    columns = (
        Column("at", "At", "time"),
        Column("who", "Who"),
        Column("what", "What"),
        Column("cause", "Because"),
    )
    rows: list[Row] = []
    for change in room.changes_in(ask.conn, segment.id, SHOWN):
        moved = f"{change.entered} entered, {change.gone} left"
        rows.append(
            {
                "at": change.at,
                "who": change.person[2:] if change.person else "all at once",
                "what": ("entered" if change.entered else "left") if change.person else moved,
                "cause": telling.cause_words(change.cause),
                "links": {"who": address("people", change.person)} if change.person else {},
            }
        )
    never = "It depends on the hour, so who comes and goes is not followed." if not segment.tracked else ""
    return Table("changes", "Who entered and left", columns, rows, Empty(never or "Nobody entered or left yet."))


def why(ask: Ask) -> Page:
    """Why somebody is in a segment, or is not."""
    asked = _base(ask)
    segment = _segment(asked, ask.id)
    name = ask.request.query_params.get("person", "")
    if not name:
        raise BadInput("no_person", "Say whom it is about.", hint="Add ?person= and a user id to the address.")
    found = insights.why(asked, segment, person_named(ask.conn, name))
    profile = visitors.load(ask.conn, [found.person])[found.person]
    table = _reasons(found)
    title = f"Why {visitors.name_of(profile)} is{'' if found.reason.holds else ' not'} in {segment.name}"
    context = {"found": found, "segment": segment, "name": visitors.name_of(profile), "person": found.person}
    return Page("why.html", title, "segments", (table,), context, found)


def _reasons(found: Why) -> Table:
    columns = (
        Column("where", "Place"),
        Column("condition", "Condition"),
        Column("holds", "Holds"),
        Column("until", "May change", "time"),
        Column("count", "Found", "number"),
        Column("last", "The last", "time"),
    )

    def walk(reason: Reason) -> list[Row]:
        row = {
            "where": reason.where,
            "condition": reason.sentence,
            "holds": "yes" if reason.holds else "no",
            "until": reason.until,
            "count": reason.evidence.count,
            "last": reason.evidence.last,
        }
        return [row, *(inner for part in reason.parts for inner in walk(part))]

    return Table("reasons", "Every condition", columns, walk(found.reason), Empty(""))


def trying(ask: Ask) -> Page:
    """A rule being written: what it says, its size and that of each condition, some people. The address is the rule."""
    text = ask.request.query_params.get("text", "")[:20_000]
    found, problem, people = None, None, []
    if text.strip():
        try:
            found = insights.preview(_base(ask), parse_yaml(text))
        except BadInput as error:
            problem = error
    sizes: list[Row] = []
    if found is not None:
        sizes = _sizes(found.tree, 0)
        people = _people(ask, [insights.Member(person, None) for person in found.sample], "")
    columns = (
        Column("where", "Place"),
        Column("condition", "People who"),
        Column("size", "People", "number", "members", NOW),
        Column("share", "Of everybody", "share", "of_everybody", NOW),
    )
    tables = (
        Table("sizes", "Each condition alone", columns, sizes, Empty("Write a rule above.")),
        Table("sample", "Some of them", _PEOPLE, people, Empty("Nobody is inside.")),
    )
    context = {"text": text or EXAMPLE, "found": found, "problem": problem}
    return Page("rule.html", "Try a rule", "segments", tables, context, found)


def _sizes(part: Sized, depth: int) -> list[Row]:
    row = {"where": part.where, "condition": part.sentence, "size": part.size, "share": part.share, "quiet": depth > 1}
    return [row, *(inner for each in part.parts for inner in _sizes(each, depth + 1))]


def membership_table(ask: Ask, person: str) -> Table:
    """The segments somebody is in, since when, and why."""
    columns = (
        Column("name", "Segment"),
        Column("since", "In since", "time"),
        Column("until", "May leave", "time"),
        Column("why", "Why"),
    )
    rows: list[Row] = [
        {
            "name": inside.segment.name,
            "since": inside.since,
            "until": inside.until,
            "why": "Why?",
            "links": {
                "name": address("segments", inside.segment.id),
                "why": f"{address('why', inside.segment.id)}?person={quote(person)}",
            },
        }
        for inside in insights.segments_of(_base(ask), person)
    ]
    return Table("segments", "Segments", columns, rows, Empty("In no segment."))


def export(shop: Shop, form: str, request: Request) -> Response:
    """All members as a file."""
    id = request.path_params["id"]
    told = ask_shop(shop, telling.members, id, 1 << 40)
    headers = {"Content-Disposition": f'attachment; filename="{quote(id, safe="")}.{form}"'}
    return Response(file_of(told, form), media_type=FORMS[form], headers=headers)


def freezing(shop: Shop, request: Request) -> Response:
    """Freeze the members of now to a list, then show it."""
    body: bytes = anyio.from_thread.run(request.body)
    name = parse_qs(body.decode("utf-8", "replace")).get("as", [""])[0].strip()
    frozen = freeze(shop, request.path_params["id"], name)
    return RedirectResponse(f"{request.scope.get('root_path', '')}{address('lists', frozen.id)}", 303)


def _segment(asked: Base, id: str) -> Segment:
    """The segment of that id. There is one for any audience, also one called x.json: that is the twin of x."""
    if id.endswith((".json", ".csv")) and id not in asked.book.segments:
        raise NotFound("no_segment", f"There is no segment {id!r}.")
    return asked.segment(id)


def _base(ask: Ask) -> Base:
    return base(ask.shop, ask.conn)
