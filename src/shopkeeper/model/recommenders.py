"""Which products to show, exactly as written in shop.yaml: how they are found, which of them are meant, in what order."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Amount = Annotated[float, Meta(gt=0, le=1_000_000_000)]
Few = Annotated[int, Meta(ge=1, le=48)]
Key = Annotated[str, Meta(min_length=1, max_length=255)]
Relative = Literal["same_category", "same_brand", "cheaper", "dearer"]
Hidden = Literal["bought", "in_cart", "out_of_stock"]


class Recommender(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which products to show: strategies are tried in order until together they fill `min`.

    Sets of products are those of the guide to products, such as `{where: price > 100}`.
    """

    title: Annotated[str, Meta(max_length=20_000)] = ""
    """Heading, unless the content has one."""
    strategies: Annotated[tuple[str, ...], Meta(min_length=1, max_length=24)] = ("best_sellers",)
    """Tried in this order; the guide to recommenders tells them all."""
    category: str = ""
    """`page` for the category of the page or its product, a category's name, or empty for the whole shop."""
    brand: str = ""
    """`page` for the brand of the page's product, a brand's name, or empty for all."""
    products: Annotated[tuple[Key, ...], Meta(max_length=1_000)] = ()
    """Strategy `manual`: these, in this order."""
    search: Annotated[str, Meta(max_length=200)] = ""
    """Strategy `search`: the words to find."""
    goes_with: dict[str, tuple[str, ...]] = {}
    """Strategy `accessories`: a category, and the categories whose products go with its own."""
    free_delivery_from: Amount | None = None
    """Strategy `free_delivery`: the value of a cart that is delivered free, in the shop's currency."""
    include: dict[str, Any] | None = None
    """A set of products: only these."""
    exclude: dict[str, Any] | None = None
    """A set of products: none of these."""
    relative: tuple[Relative, ...] = ()
    """Beside the product of the page: of its category, of its brand, cheaper or dearer than it; all must hold."""
    only: Literal["", "again", "new"] = ""
    """Only what the visitor bought before (`again`), or never (`new`)."""
    hide: tuple[Hidden, ...] = ("out_of_stock",)
    """What is left out: `bought` by the visitor before, `in_cart`, `out_of_stock`."""
    per_brand: Few | None = None
    """At most so many of one brand."""
    per_category: Few | None = None
    """At most so many of one main category."""
    boost: dict[str, Any] | None = None
    """A set of products: these come before others among the best that were found."""
    bury: dict[str, Any] | None = None
    """A set of products: these come after others."""
    pin: Annotated[tuple[Key, ...], Meta(max_length=48)] = ()
    """Products that come first, in this order, where nothing hides them."""
    min: Few = 1
    """With fewer products nothing is shown and the next communication is tried."""
    max: Few = 6
    """At most so many products."""
    slider: bool = False
    """Whether the products stand in one row to be pushed along, instead of in rows below each other."""


SETS = ("include", "exclude", "boost", "bury")
"""Fields that are sets of products."""
