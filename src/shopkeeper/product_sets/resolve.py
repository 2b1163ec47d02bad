"""Which products are meant: a set against the catalogue as it is now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from shopkeeper.catalogue import Catalogue, descriptions
from shopkeeper.model.definitions import SearchSettings
from shopkeeper.model.product_sets import AllOf, AnyOf, EmptySet, Filtered, Listed, NotIn, ProductSet, Searched
from shopkeeper.model.segments import Tests
from shopkeeper.model.time import format_time
from shopkeeper.product_sets.attributes import Passing, passing
from shopkeeper.product_sets.words import sentence, words
from shopkeeper.search import Finder
from shopkeeper.storage import Connection

DESCRIPTION = "description"
READ = 2_000
"""Descriptions read at a time."""
TOLD = 10
"""Unknown ids named in an error."""


class World(msgspec.Struct, frozen=True):
    """What sets are resolved against."""

    catalogue: Catalogue
    currency: str
    """Prices are in whole units of it; those in another are missing."""
    now: int
    search: Callable[[str], Sequence[str]]
    """The ids of products that have every word of a text."""
    descriptions: Callable[[Sequence[str]], Mapping[str, str]]
    """The long texts of products by their ids; they are not held in memory."""


def world_of(
    conn: Connection, catalogue: Catalogue, finder: Finder, settings: SearchSettings, currency: str, now: int
) -> World:
    """The world of an open shop, while `conn` is open."""
    return World(
        catalogue,
        currency,
        now,
        lambda text: finder.matching(conn, catalogue, text, settings, currency),
        lambda ids: descriptions(conn, ids),
    )


class Part(msgspec.Struct, frozen=True):
    """A part of a set, in words, and how many products it means by itself."""

    words: str
    size: int
    parts: tuple[Part, ...] = ()


class Resolved(msgspec.Struct, frozen=True):
    """The products that are meant. Never empty."""

    products: tuple[str, ...]
    """Ids in their order. A product that is meant means its variants too; a variant that is meant only itself."""
    any_variant: frozenset[str]
    """The same with everything the products are variants of, and all other variants of that: who buys any of these has
    bought "any variant" of the set.
    """
    unknown_ids: tuple[str, ...]
    """Ids that were listed and are not in the catalogue."""
    tree: Part
    sentence: str
    share: float
    """Of all products that are sold."""


def resolve(products: ProductSet, world: World) -> Resolved:
    """The products of a set. EmptySet where there are none: an empty set is never everything.

    Live: said again later it may mean others. Words and tests mean what is sold; retired products only by their ids, or
    where `retired` is asked for.
    """
    work = _Resolving(world)
    found, tree = work.of(products)
    unknown = tuple(dict.fromkeys(work.unknown))
    if not found:
        raise _nothing(products, unknown)
    catalogue = world.catalogue
    spread = {member for id in found if id not in catalogue.variants for member in catalogue.group(id)}
    meant = found | spread
    everything = frozenset(m for id in meant for m in (*catalogue.group(id), catalogue.same(id)))
    sold = len(work.sold)
    share = len(meant & work.sold) / sold if sold else 0.0
    return Resolved(tuple(sorted(meant)), everything, unknown, tree, sentence(products), share)


def freeze(products: ProductSet, world: World) -> Listed:
    """The set as it is now, for ever: the ids of its products."""
    found = resolve(products, world)
    return Listed(found.products, format_time(world.now), found.sentence)


def _nothing(products: ProductSet, unknown: tuple[str, ...]) -> EmptySet:
    if unknown:
        named = ", ".join(unknown[:TOLD]) + (f" and {len(unknown) - TOLD:,} more" if len(unknown) > TOLD else "")
        message = f"No product is meant, and these ids are not in the catalogue: {named}"
        hint = "Check the ids, or import the products first."
        return EmptySet("unknown_products", message, hint=hint, unknown=unknown)
    return EmptySet(
        "empty_product_set",
        f"No product is meant by: {sentence(products)}",
        hint="Loosen a condition; each part can be tried by itself.",
    )


def live(products: ProductSet) -> bool:
    """Whether a set said again later may mean other products: all but plain ids may."""
    match products:
        case Listed():
            return False
        case AllOf(all=parts) | AnyOf(any=parts):
            return any(live(part) for part in parts)
    return True


class _Resolving:
    def __init__(self, world: World) -> None:
        self.world = world
        self.at = Passing(world.catalogue, world.currency, world.now)
        self.unknown: list[str] = []
        self.sold = {p.id for p in world.catalogue.products.values() if not p.retired_at}

    def of(self, products: ProductSet) -> tuple[set[str], Part]:
        """The ids a set means, and what each of its parts means."""
        parts: tuple[Part, ...] = ()
        match products:
            case Searched(search=text):
                found = set(self.world.search(text)) & self.sold
            case Filtered(where=where):
                found = self._filtered(where)
            case Listed(ids=listed):
                found = self._listed(listed)
            case NotIn(not_=inner):
                others, part = self.of(inner)
                found, parts = self.sold - others, (part,)
            case AllOf(all=inner_sets) | AnyOf(any=inner_sets):
                each = [self.of(inner) for inner in inner_sets]
                sets, parts = [ids for ids, _ in each], tuple(part for _, part in each)
                found = set.intersection(*sets) if isinstance(products, AllOf) else set.union(*sets)
        return found, Part(words(products), len(found), parts)

    def _filtered(self, where: Mapping[str, Tests]) -> set[str]:
        """The products that pass; descriptions are read, some at a time, of those that pass everything else."""
        every = self.world.catalogue.products
        ids: Collection[str] = every if "retired" in where else self.sold
        passes = passing({field: said for field, said in where.items() if field != DESCRIPTION}, self.at)
        found = {id for id in ids if passes(every[id])}
        if DESCRIPTION not in where:
            return found
        left, found = sorted(found), set()
        for start in range(0, len(left), READ):
            part = [every[id] for id in left[start : start + READ]]
            texts = self.world.descriptions([*{id for p in part for id in (p.id, p.variant_of) if id}])
            passes = passing({DESCRIPTION: where[DESCRIPTION]}, self.at._replace(texts=texts))
            found.update(p.id for p in part if passes(p))
        return found

    def _listed(self, ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for id in ids:
            group = [id] if id in self.world.catalogue.products else self.world.catalogue.members.get(id, ())
            if not group:
                self.unknown.append(id)
            elif id in self.world.catalogue.variants:
                found.add(id)
            else:
                found.update(self.world.catalogue.group(id))
        return found
