"""Purchase intent: choose products, see who wants to buy them and why, how far that can be trusted, and keep them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode

import anyio.from_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shopkeeper import intent as room
from shopkeeper.admin.products import SET_FIELDS, set_asked
from shopkeeper.asking import intent as verbs
from shopkeeper.asking import interests as following
from shopkeeper.engine.shop import Shop
from shopkeeper.intent import Interested, Trained
from shopkeeper.model.errors import BadInput, NotFound
from shopkeeper.model.money import minor_units
from shopkeeper.pages.chart import curve
from shopkeeper.pages.page import Ask, Page
from shopkeeper.pages.table import Column, Empty, Row, Table, address
from shopkeeper.visitors import load, name_of

TOP, MOST = 50, 100_000
"""People on the page, and in its twins at most."""
_METHODS = {"model": "the model", "activity": "shop activity", "past count": "times bought, lately more"}


def show(ask: Ask) -> Page:
    """The ranked people for the products in the address; the address is the question."""
    params = ask.request.query_params
    problem: BadInput | NotFound | None = None
    found: Interested | None = None
    model: Trained | None = None
    try:
        model = room.trained(ask.conn)
        if set_asked(params):
            found = verbs.ask(ask.shop, _question(params, explain=True))
    except (BadInput, NotFound) as error:
        problem = error
    report = model.report if model else None
    chart = None
    if report is not None:
        lines = {"model": [p.reached for p in report.curve], "activity": [p.by_activity for p in report.curve]}
        chart = curve([p.contacted for p in report.curve], lines)
    context = {
        "said": {name: params.get(name, "")[:1_000_000] for name in (*SET_FIELDS, "join")},
        "horizon": params.get("horizon", str(room.HORIZON)),
        "top": params.get("top", str(TOP)),
        "found": found,
        "model": model,
        "asked": model is not None and room.renewal_asked(ask.conn, model),
        "report": report,
        "learned": report is not None and any(line.method == "model" for line in report.lines),
        "foretold": model.foretold if model else None,
        "chart": chart,
        "problem": problem,
        "twin": urlencode(
            {
                **{name: text for name, text in params.items() if name not in ("top", "table")},
                "top": MOST,
                "table": "people",
            }
        ),
    }
    tables = (
        _people(ask, found),
        _matched(ask, found),
        _followed(following.followed(ask.shop)),
        _methods(model),
        _curve(model),
        _bins(model),
    )
    return Page("intent.html", "Purchase intent", "intent", tables, context, found)


def _form(request: Request) -> dict[str, str]:
    body: bytes = anyio.from_thread.run(request.body)
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def follow(shop: Shop, request: Request) -> Response:
    """Follow the products of a form as an interest, live or frozen, then show what is followed."""
    said = _form(request)
    cut, amount = said.get("cut", "top"), said.get("amount", "").strip()
    if cut not in following.CUTS:
        raise BadInput("bad_cut", f"Nobody is meant by {cut[:40]!r}", hint=f"Use {', '.join(following.CUTS)}.")
    by = next((subject for subject in following.SUBJECTS if subject == said.get("by", "set")), None)
    if by is None:
        hint = f"Use {', '.join(following.SUBJECTS)}."
        raise BadInput("bad_subject", f"People are not ranked by {said['by'][:40]!r}", hint=hint)
    asked = following.InterestAsked(
        set=(set_asked(said) or None) if by == "set" else None,
        by=by,
        frozen=said.get("products") == "frozen",
        horizon=_whole(said.get("horizon") or str(room.HORIZON), "horizon", room.LONGEST),
        top=_whole(amount, "amount", MOST) if cut == "top" else None,
        share=_share(amount) if cut == "share" else None,
        over=_least(shop, by, amount) if cut == "over" else None,
    )
    following.follow(shop, said.get("as", "").strip(), asked)
    return _back(request)


def unfollow(shop: Shop, request: Request) -> Response:
    """Follow an interest no more, then show what is followed."""
    following.unfollow(shop, _form(request).get("name", ""))
    return _back(request)


def renew(shop: Shop, request: Request) -> Response:
    """Have the interests renewed at once, then show what is followed."""
    following.ask_renewal(shop)
    return _back(request)


def _back(request: Request) -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}/intent", 303)


def _share(text: str) -> float:
    """`5 %` or `0.05`."""
    try:
        value = float(text.removesuffix("%").strip().replace(",", "."))
    except ValueError:
        raise BadInput("bad_parameter", f"{text[:40]!r} is no share", where="amount", hint="Such as 5 %.") from None
    return value / 100 if text.endswith("%") else value


def _least(shop: Shop, by: str, text: str) -> float:
    """The least chance, the least spending in the shop's currency, or the most days until the next order."""
    if by != "value":
        return _share(text)
    try:
        return float(minor_units(text, shop.plan.shop.currency))
    except ValueError as error:
        raise BadInput("bad_parameter", f"{error}", where="amount", hint="Such as 100 or 99.50.") from None


def keeping(shop: Shop, request: Request) -> Response:
    """Keep the first people as a list, then show it."""
    said = _form(request)
    frozen = verbs.freeze(shop, _question(said), said.get("as", "").strip())
    return RedirectResponse(f"{request.scope.get('root_path', '')}{address('lists', frozen.id)}", 303)


def _question(said: Mapping[str, str], *, explain: bool = False) -> verbs.Question:
    horizon = _whole(said.get("horizon") or str(room.HORIZON), "horizon", room.LONGEST)
    top = _whole(said.get("top") or str(TOP), "the number of people", MOST)
    return verbs.Question(set=set_asked(said) or None, horizon=horizon, top=top, explain=explain)


def _whole(text: str, name: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        message = f"{name[0].upper()}{name[1:]} is a whole number from 1 to {most:,}."
        raise BadInput("bad_parameter", message, where=name, hint="Mend it.")
    return int(text)


def _people(ask: Ask, found: Interested | None) -> Table:
    columns = (
        Column("place", "Place", "number"),
        Column("name", "Person"),
        Column("person", "Id"),
        Column("chance", "Chance", "share"),
        Column("why", "Why"),
    )
    wanting = found.people if found else ()
    profiles = load(ask.conn, [each.person for each in wanting])
    rows: list[Row] = [
        {
            "place": each.place,
            "name": name_of(profiles[each.person]),
            "person": each.person,
            "chance": each.chance,
            "why": "; ".join(each.reasons) or None,
            "links": {"name": address("people", each.person)},
        }
        for each in wanting
    ]
    return Table("people", "Who wants to buy", columns, rows, Empty("Say above which products."))


def _matched(ask: Ask, found: Interested | None) -> Table:
    columns = (Column("id", "Product"), Column("name", "Name"), Column("category", "Category"))
    known = ask.shop.catalogue.products
    rows: list[Row] = [
        {
            "id": id,
            "name": known[id].name if id in known else None,
            "category": (known[id].category or None) if id in known else None,
        }
        for id in (found.products if found else ())
    ]
    return Table("products", "Products", columns, rows, Empty("No product is meant yet."))


def _followed(interests: list[following.InterestTold]) -> Table:
    columns = (
        Column("name", "Interest"),
        Column("set", "Products"),
        Column("said", "Which"),
        Column("who", "Who"),
        Column("people", "People", "number"),
        Column("renewed", "Renewed", "time"),
    )
    rows: list[Row] = [
        {
            "name": each.name,
            "set": ("live" if each.live else "frozen") if each.by == "set" else f"none: by {each.by}",
            "said": each.said or None,
            "who": f"{each.cut} {each.amount:g}",
            "people": each.people,
            "renewed": each.renewed_at,
        }
        for each in interests
    ]
    return Table("followed", "Followed interests", columns, rows, Empty("No interest is followed yet."))


def _methods(model: Trained | None) -> Table:
    columns = (
        Column("method", "Ranked by"),
        Column("part", "Of whom"),
        Column("auc", "AUC", "number"),
        Column("lift_5", "Lift at 5 %", "number"),
        Column("lift_10", "Lift at 10 %", "number"),
        Column("recall_10", "Buyers in the first 10 %", "share"),
        Column("sets", "Sets", "number"),
    )
    report = model.report if model else None
    rows: list[Row] = [
        {
            "method": _METHODS.get(line.method, line.method),
            "part": line.part,
            "auc": round(line.auc, 3),
            "lift_5": round(line.lift_5, 1),
            "lift_10": round(line.lift_10, 1),
            "recall_10": line.recall_10,
            "sets": line.sets,
        }
        for line in (report.lines if report else ())
    ]
    return Table("methods", "Beside simple rules", columns, rows, Empty("Nothing could be held out yet."))


def _curve(model: Trained | None) -> Table:
    columns = (
        Column("contacted", "Contacted", "share"),
        Column("reached", "Buyers reached", "share"),
        Column("by_activity", "By shop activity", "share"),
        Column("by_count", "By times bought", "share"),
    )
    report = model.report if model else None
    rows: list[Row] = [{c.key: getattr(point, c.key) for c in columns} for point in (report.curve if report else ())]
    return Table("curve", "How many to contact", columns, rows, Empty("Nothing could be held out yet."))


def _bins(model: Trained | None) -> Table:
    columns = (
        Column("people", "Customers, over all sets", "number"),
        Column("chance", "Chance they were given", "share"),
        Column("bought", "Share that bought", "share"),
    )
    report = model.report if model else None
    rows: list[Row] = [
        {c.key: getattr(part, c.key) for c in columns} for part in (report.calibration if report else ())
    ]
    return Table("calibration", "Calibration", columns, rows, Empty("No chances are told yet."))
