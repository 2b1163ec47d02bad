"""The routes about purchase intent as the OpenAPI document describes them."""

from __future__ import annotations

from collections.abc import Iterator

from shopkeeper.api.intent import InterestsTold, PurchasedAsked, PurchasedTold
from shopkeeper.api.operation import SECRET, Operation, ref
from shopkeeper.api.schemas import in_path
from shopkeeper.asking.intent import Question
from shopkeeper.asking.interests import InterestAsked, InterestTold, RenewalTold
from shopkeeper.intent import Customer, Interested, Trained

INTENT_TYPES: tuple[type, ...] = (
    Question,
    PurchasedAsked,
    PurchasedTold,
    Interested,
    Trained,
    Customer,
    InterestAsked,
    InterestTold,
    InterestsTold,
    RenewalTold,
)
_ERRORS = (400, 401, 403, 503)


def intent_operations() -> Iterator[Operation]:
    """Every method of every route."""
    asked = "Who wants to buy some of a set of products: people by their chance, with reasons"
    yield Operation("post", "/v1/intent", asked, SECRET, ref("Interested"), (*_ERRORS, 404, 413), ref("Question"))
    bought = "The identified customers who have purchased of a set in a time frame, or have not"
    path = "/v1/intent/purchased"
    yield Operation("post", path, bought, SECRET, ref("PurchasedTold"), (*_ERRORS, 413), ref("PurchasedAsked"))
    judged = "The current model of purchase intent, and how well it foretold the days that were held out"
    yield Operation("get", "/v1/intent/backtest", judged, SECRET, ref("Trained"), (401, 403, 404, 503))
    told = "What is foretold of a customer: churn, spending, the next order, and which products are due again"
    person = in_path("person", "a user id, or the person as u:<user id>")
    path = "/v1/intent/customers/{person}"
    yield Operation("get", path, told, SECRET, ref("Customer"), (401, 403, 404, 503), None, (person,))
    renewing = "Have a server take in what people did since, and find anew who is interested, within seconds; nothing is learned"
    yield Operation("post", "/v1/intent/renew", renewing, SECRET, ref("RenewalTold"), (401, 403, 404, 503))
    listing = "The interests that are followed, live or frozen, with how many people each has"
    path = "/v1/intent/interests"
    yield Operation("get", path, listing, SECRET, ref("InterestsTold"), (401, 403, 503))
    name = in_path("name", "of the interest; segments ask for it with predicted: interest-<name>")
    path = f"{path}/{{name}}"
    put = "Keep who is interested in a set of products as something segments ask about, renewed every few hours"
    errors = (*_ERRORS, 404, 413)
    yield Operation("put", path, put, SECRET, ref("InterestTold"), errors, ref("InterestAsked"), (name,))
    gone = "Follow an interest no more; refused while a segment asks about it"
    yield Operation("delete", path, gone, SECRET, ref("InterestsTold"), (401, 403, 404, 409, 503), None, (name,))
