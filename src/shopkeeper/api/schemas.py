"""Schemas of answers that are put together by hand; the others come from the structs themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from shopkeeper.model.definitions import Model

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
TIME: Schema = {"type": "string", "format": "date-time"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
YES: Schema = {"type": "boolean"}


def listed(item: Schema) -> Schema:
    """A list of such things."""
    return {"type": "array", "items": item}


def by_name(value: Schema) -> Schema:
    """An object of any names, with such values."""
    return {"type": "object", "additionalProperties": value}


def maybe(schema: Schema) -> Schema:
    """Such a thing, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def fixed(_optional: tuple[str, ...] = (), /, **fields: Schema) -> Schema:
    """An object with exactly these fields; all are there but for the optional ones."""
    required = [name for name in fields if name not in _optional]
    return {"type": "object", "required": required, "properties": fields, "additionalProperties": False}


def query(name: str, text: str, schema: Schema | None = None) -> Schema:
    """A parameter of the query string."""
    return {"name": name, "in": "query", "description": text, "schema": schema or TEXT}


def in_path(name: str, text: str) -> Schema:
    """A part of the path."""
    return {"name": name, "in": "path", "required": True, "description": text, "schema": {**TEXT, "minLength": 1}}


def figures(row: Schema, choices: Iterable[str] = ()) -> Schema:
    """A report: its window, its choices, and its rows. Money is in minor units of the currency."""
    chosen = dict.fromkeys(choices, TEXT)
    return fixed(
        tuple(chosen),
        **{"from": TIME, "until": TIME},
        currency=TEXT,
        **chosen,
        rows=listed(row),
    )


def reckoned(row: Schema, **more: Schema) -> Schema:
    """Credit reckoned in other ways than the ledger's: window, rules in force, rows in minor units."""
    return fixed(**{"from": TIME, "until": TIME}, rule=RULE_SET, **more, rows=listed(row))


BATCH: Schema = {
    "type": "object",
    "required": ["batch"],
    "properties": {
        "batch": {
            **listed({}),
            "maxItems": 2500,
            "description": "Calls as in WireEvent. One that cannot be used is named in `rejected`; the others count.",
        },
        "writeKey": {"type": ["string", "null"], "description": "where there is no Basic authorisation"},
        "sentAt": {"type": ["string", "null"], "description": "ISO 8601; corrects the sender's clock"},
    },
}
PRODUCTS: Schema = {
    **listed({"type": "object"}),
    "maxItems": 10_000,
    "description": "Each with id, name, description, url, image, images, price, sale_price and cost (decimal), currency, "
    "category, categories, brand, in_stock, availability, stock, tags, variant_of, language, created_at; other fields are "
    "custom attributes.",
}
_REJECTED = fixed(index=WHOLE, code=TEXT, message=TEXT, field=TEXT, hint=TEXT)
STORED = fixed(accepted=WHOLE, rejected=listed(_REJECTED))
SUMMARY = fixed(**{"from": TIME, "until": TIME}, currency=TEXT, orders=WHOLE, customers=WHOLE, revenue=WHOLE)
_THING: Schema = {"type": "object"}
_CONTENT = fixed(
    ("banner", "collage", "columns", "countdown", "progress", "capture", "quiz"),
    banner=YES,
    collage=listed(_THING),
    columns=listed(_THING),
    countdown=_THING,
    progress=_THING,
    capture=_THING,
    quiz=_THING,
    heading=TEXT,
    text=TEXT,
    image=TEXT,
    image_alt=TEXT,
    button=TEXT,
    href=TEXT,
    html={"type": ["string", "null"]},
)
_PRODUCT = fixed(
    ("name", "price", "currency", "url", "image", "reason"),
    id=TEXT,
    name=TEXT,
    price={"type": ["string", "null"], "description": "decimal"},
    currency=TEXT,
    url=TEXT,
    image=TEXT,
    reason=TEXT,
    strategy=TEXT,
)
_TRIGGER: Schema = {
    "type": "object",
    "description": "`on` with the fields of its condition, or a list of such under `any` or `all`",
    "additionalProperties": True,
}
_SHOWN = fixed(
    ("products", "content", "html", "label"),
    html={**TEXT, "description": "the whole of it as markup, instead of `content`, where `html` was asked for"},
    label={**TEXT, "description": "the accessible name of a box over the page"},
    communication=TEXT,
    campaign=TEXT,
    kind=TEXT,
    version={
        "type": ["integer", "string"],
        "description": "sent back with every act upon it; a text that names the variant too, as `3/loud`, where there are any",
    },
    content=_CONTENT,
    elements=by_name(fixed(href=TEXT)),
    trigger=_TRIGGER,
    close_after_s={"type": ["number", "null"]},
    products=listed(_PRODUCT),
)
_WALKED = fixed(
    ("test", "reason", "variant"),
    communication=TEXT,
    campaign=TEXT,
    result=TEXT,
    test=TEXT,
    reason=TEXT,
    variant={**TEXT, "description": "the variant chosen or withheld, where there are any"},
)
_BEHIND = fixed(
    left_ms={**WHOLE, "description": "how long the debug link lasts yet"},
    zones=by_name(fixed(title=TEXT, kind=TEXT)),
    segments=listed(fixed(id=TEXT, name=TEXT, inside={"type": "boolean"})),
    audiences=listed(TEXT),
)
DECISION = fixed(
    ("explain", "gap_s", "left", "cart", "debug"),
    decision_id=TEXT,
    zones=by_name(maybe(_SHOWN)),
    errors=listed(fixed(code=TEXT, zone=TEXT, message=TEXT)),
    gap_s={**NUMBER, "description": "seconds to keep between two pop-ups or notifications"},
    left={**WHOLE, "description": "how many more of them the visitor may meet; without a budget it is left out"},
    cart={**NUMBER, "description": "what the cart is worth, where a trigger waits for that"},
    ms={**NUMBER, "description": "how long the decision took"},
    explain=by_name(listed(_WALKED)),
    debug=_BEHIND,
)
RENDERED = fixed(
    ("explain", "debug"),
    decision_id=TEXT,
    zones=by_name(
        {"type": ["string", "null"], "description": "markup to stand in the zone's element; null: the default"}
    ),
    errors=listed(fixed(code=TEXT, zone=TEXT, message=TEXT)),
    ms=NUMBER,
    explain=by_name(listed(_WALKED)),
    debug=_BEHIND,
)
_CONSIDERED = fixed(
    at=TIME,
    act=TEXT,
    communication=TEXT,
    campaign=TEXT,
    variant=TEXT,
    element=TEXT,
    product=TEXT,
    order_credit=YES,
    share={**NUMBER, "description": "of the order, 0 to 1"},
    value={**WHOLE, "description": "of the order, minor units"},
    product_credit_lines=listed(WHOLE),
    why=TEXT,
)
_SPAN: Schema = {**TEXT, "pattern": "^[1-9][0-9]{0,3}[hd]$"}
RULES: dict[str, tuple[str, Schema]] = {
    "order_lookback": (
        "hours or days such as 24h or 7d, at most 90d, or session",
        {**TEXT, "pattern": "^(session|[1-9][0-9]{0,3}[hd])$"},
    ),
    "product_lookback": ("hours or days, at most 90d", _SPAN),
    "model": ("who of several touches earns", {**TEXT, "enum": list(get_args(Model))}),
    "half_life": ("of the model decay, at most 90d", _SPAN),
    "kinds": ("kinds whose touches may earn, separated by commas", TEXT),
    "notification_hovers": ("whether hovering a notification is a touch", YES),
    "credit_products_in_cart": ("whether a click on what lies in the cart may earn", YES),
}
"""What a query may ask to be otherwise in a rule set: meaning and schema."""
_RULE_SET = {name: listed(TEXT) if name == "kinds" else schema for name, (_, schema) in RULES.items()}
_VERSION: Schema = {**WHOLE, "description": "rises with every change; 0 where it was never in force"}
RULE_SET = fixed(version=_VERSION, **_RULE_SET)
RULE_SETS = fixed(in_force=WHOLE, rows=listed(fixed(created_at=TIME, version=WHOLE, **_RULE_SET)))
_ENTRY = fixed(
    made_at=TIME,
    reason=TEXT,
    sign={"enum": [1, -1], "description": "-1 takes an earlier entry back"},
    line={"type": ["integer", "null"], "description": "null in the order ledger"},
    communication=TEXT,
    value=WHOLE,
    rule=WHOLE,
)
EXPLANATION = fixed(
    order_id=TEXT,
    person=TEXT,
    placed_at=TIME,
    currency=TEXT,
    value=WHOLE,
    refunded=WHOLE,
    net=WHOLE,
    counts=YES,
    sent_currency={**TEXT, "description": "where the amounts were converted into the shop's currency"},
    rate=TEXT,
    rule=RULE_SET,
    order_credit=maybe(fixed(campaign=TEXT, communication=TEXT)),
    lines=listed(fixed(line=WHOLE, product=TEXT, net=WHOLE, credited=YES, communication=TEXT, why=TEXT)),
    considered=listed(_CONSIDERED),
    ledger=listed(_ENTRY),
)
STEPS = fixed(steps=listed(fixed(step=TEXT, events=WHOLE, dropped=by_name(WHOLE), ms=NUMBER)))
REJECTS = fixed(
    counts=by_name(WHOLE),
    rejects=listed(fixed(id=WHOLE, received_at=TIME, code=TEXT, message=TEXT, raw=TEXT)),
)
AUDIT = fixed(
    clean=YES,
    hours=WHOLE,
    orders=WHOLE,
    differences=listed({"$ref": "#/components/schemas/Difference"}),
    reconciliation=listed({"$ref": "#/components/schemas/Reconciliation"}),
)
WAITING = fixed(rows=listed(fixed(email=TEXT, person=TEXT, communication=TEXT, at=TIME, link=TEXT)))
HEALTH = fixed(status={"const": "ok"})
NOOP = fixed(ok={"const": True})
