"""A question and its answer: what may be asked, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from shopkeeper.model.errors import BadInput
from shopkeeper.model.shapes import LANGUAGE_OR_NONE, misfit

LONGEST_TEXT, MOST_WORDS = 200, 12
MOST_HITS, MOST_OFFSET = 100, 1_000
MOST_FOUND = 100_000
"""Products that one question may mean at most, when all of them are wanted."""
Price = Annotated[float, Meta(ge=0, le=1e12)]
Names = tuple[Annotated[str, Meta(min_length=1, max_length=500)], ...]


class Filters(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a product has to be beside having the words; of several values in one list any will do."""

    brand: Names = ()
    category: Names = ()
    """`Kitchen` and `Home > Kitchen` both mean all that lies below."""
    tag: Names = ()
    price_from: Price | None = None
    """Whole units of the shop's currency; what a buyer pays."""
    price_to: Price | None = None
    in_stock: bool | None = None
    on_sale: bool | None = None


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What somebody looks for."""

    q: Annotated[str, Meta(max_length=LONGEST_TEXT)] = ""
    """Words; every product where there are none."""
    filters: Filters = Filters()
    sort: Literal["relevance", "price", "-price", "newest"] = "relevance"
    limit: Annotated[int, Meta(ge=0, le=MOST_HITS)] = 20
    offset: Annotated[int, Meta(ge=0, le=MOST_OFFSET)] = 0
    language: Annotated[str, Meta(pattern=LANGUAGE_OR_NONE)] = ""
    """ISO 639-1 code of the words; the shop's when left out."""
    facets: bool = True
    relax: bool = True
    """Whether something else may be shown where nothing has all the words; it is said then."""


class Hit(msgspec.Struct, frozen=True):
    """A product that was found; `id` stands for all its variants."""

    id: str
    product: str
    """The one to show: itself, or a variant that can be bought."""
    score: float


class Facet(msgspec.Struct, frozen=True):
    """A value, and how many of the found products have it."""

    value: str
    count: int


Relaxed = Literal["", "corrected", "fewer_words", "popular", "nothing"]


class Found(msgspec.Struct, frozen=True):
    """The answer, and honestly what it is an answer to."""

    total: int
    hits: list[Hit]
    facets: dict[str, list[Facet]] = {}
    price: tuple[int, int] | None = None
    """Lowest and highest of the found products, in minor units of the shop's currency."""
    relaxed: Relaxed = ""
    """How the question was changed because nothing had all of it: words corrected, some of the words, or just what sells."""
    did_you_mean: str = ""
    """The question with its words corrected."""
    said: str = ""
    """The same in words for a visitor."""
    version: int = 0
    """Of the catalogue that was looked in."""


Asked = TypeVar("Asked", bound=Question)


def read_question(data: Mapping[str, Any], kind: type[Asked]) -> Asked:
    """A question as it came in; BadInput names the field that cannot be used."""
    try:
        question = msgspec.convert(data, kind)
        said = msgspec.json.encode(question)
    except UnicodeEncodeError:
        raise BadInput("bad_search", "A text holds half of a surrogate pair.") from None
    except msgspec.ValidationError as error:
        words, place = misfit(error)
        hint = "See docs/guide/products.md."
        raise BadInput("bad_search", f"The question cannot be read: {words}.", where=place, hint=hint) from None
    if b"\\u0000" in said:
        raise BadInput("bad_search", "A text may not hold the NUL character.")
    return question
