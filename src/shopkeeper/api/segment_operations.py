"""The routes about segments as the OpenAPI document describes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from shopkeeper.api.operation import SECRET, Operation, ref
from shopkeeper.api.schemas import TEXT, WHOLE, Schema, fixed, in_path, query
from shopkeeper.insights import MOST_DAYS, Journeys, Overlap, told

TOLD: tuple[type, ...] = (
    told.AppliedTold,
    Journeys,
    Overlap,
    told.BySegmentTold,
    told.ChangesTold,
    told.InsightsTold,
    told.ListTold,
    told.ListsTold,
    told.MembersTold,
    told.PlacesTold,
    told.PreviewTold,
    told.SegmentTold,
    told.SegmentsTold,
    told.WhyTold,
)
"""What they answer."""
_ERRORS = (400, 401, 403, 404, 503)
_ID = in_path("id", "the segment's id; `audience:<name>` for an audience")
_RULE: Schema = {"type": "object", "description": "a tree of conditions, see /v1/segments/schema.json"}
_DEFINITION: Schema = {
    "type": "object",
    "required": ["rule"],
    "properties": {"name": TEXT, "note": TEXT, "rule": _RULE},
    "additionalProperties": False,
    "description": "as under segments: in shop.yaml",
}


def _together(get: Callable[..., Operation], window: tuple[Schema, ...]) -> Iterator[Operation]:
    """Questions about several segments."""
    chosen = query("segments", "ids, separated by commas") | {"required": True}
    some = query("segments", "ids, separated by commas; all when left out")
    overlap = "What each two of some segments share: people in both, Jaccard, lift"
    yield get("/v1/insights/overlap", overlap, Overlap, chosen)
    sets = "An ordered set of segments: everybody is in the first that holds"
    yield get("/v1/insights/sets", sets, told.PlacesTold, chosen)
    journeys = "How people moved between the places of an ordered set, day by day, and the median time to the next"
    days = _number("days", "so many days of shop time, the last ends now; default: 14", 1, MOST_DAYS)
    yield get("/v1/insights/journeys", journeys, Journeys, chosen, days)
    brought = "What each segment brought in a window: orders, revenue, and the order credit in it"
    yield get("/v1/insights/by-segment", brought, told.BySegmentTold, some, *window)


def _number(name: str, text: str, least: int, most: int) -> Schema:
    return query(name, text, {**WHOLE, "minimum": least, "maximum": most})


def segment_operations() -> Iterator[Operation]:
    """Every method of every route."""
    pages = (
        _number("limit", "at most so many; default: 100", 1, 1000),
        _number("offset", "leave out so many; default: 0", 0, 999_999_999),
    )

    def get(path: str, summary: str, answer: type, *parameters: Schema) -> Operation:
        return Operation("get", path, summary, SECRET, ref(answer.__name__), _ERRORS, None, parameters)

    one = "/v1/segments/{id}"
    yield get("/v1/segments", "Every segment with its size and sentence", told.SegmentsTold)
    yield Operation(
        "post",
        "/v1/segments/preview",
        "What a rule would give: sizes of the whole and of every condition, some people, why nobody is inside",
        SECRET,
        ref("PreviewTold"),
        (*_ERRORS, 413),
        fixed(rule=_RULE),
    )
    yield get(one, "One segment with its rule", told.SegmentTold, _ID)
    put = "Define a segment, or define it anew; checked as shop.yaml is"
    yield Operation("put", one, put, SECRET, ref("AppliedTold"), (*_ERRORS, 409, 413), _DEFINITION, (_ID,))
    delete = "Take a segment out; refused while a campaign or another segment uses it"
    yield Operation("delete", one, delete, SECRET, ref("AppliedTold"), (*_ERRORS, 409), None, (_ID,))
    at = query("at", "ISO 8601, shop time without an offset: members at that instant; default: now")
    yield get(f"{one}/members", "Some of the members, who entered last first", told.MembersTold, _ID, *pages, at)
    person = in_path("person", "a user id, or the person as u:<user id> or a:<anonymous id>")
    why = "Why a person is inside, or is not: every condition, until when its answer stands, the facts behind it"
    yield get(f"{one}/members/{{person}}", why, told.WhyTold, _ID, person)
    yield get(f"{one}/changes", "Who entered and left, and why, the latest first", told.ChangesTold, _ID, pages[0])
    window = (
        query("from", "ISO 8601, shop time without an offset; default: 30 x 24 h ago"),
        query("until", "ISO 8601, exclusive; default: now"),
    )
    insights = "Its figures and top products beside the shop's, over a window; of those inside at its end"
    yield get(f"{one}/insights", insights, told.InsightsTold, _ID, *window)
    yield from _together(get, window)
    frozen = "Keep the members of now as a list"
    yield Operation(
        "post", f"{one}/freeze", frozen, SECRET, ref("ListTold"), (*_ERRORS, 409, 413), fixed(**{"as": TEXT}), (_ID,)
    )
    name = in_path("id", "the list's id")
    yield get("/v1/lists", "All frozen lists, the latest first", told.ListsTold)
    yield get("/v1/lists/{id}", "The people of a list", told.MembersTold, name, *pages)
    gone = "Drop a list"
    yield Operation("delete", "/v1/lists/{id}", gone, SECRET, ref("ListTold"), _ERRORS, None, (name,))
