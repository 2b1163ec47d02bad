"""What is indexed: one document for a product with all its variants, as each of them is a way to find it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from shopkeeper.catalogue import Catalogue, fold, paths
from shopkeeper.model.definitions import Product
from shopkeeper.search.analysis import stem
from shopkeeper.search.rules import joined_of, words_of

FORMAT = 1
"""Rises with every change of what a document holds: an index of another format is made anew."""
TEXTS = ("title", "brand", "category", "tags", "description")
"""Fields of stems, which a shop may weigh."""
REPEATED = frozenset(("brand", "category", "tags"))
"""Texts that many products share, so that their words are kept in mind; those of descriptions would fill the memory."""
LONGEST_TEXT = 5_000
Fields = dict[str, Any]


def keys_of(catalogue: Catalogue) -> Iterator[str]:
    """The id of every document there should be: that of a product, or what stands for its variants."""
    seen: set[str] = set()
    for id in catalogue.products:
        key = catalogue.same(id)
        if key not in seen:
            seen.add(key)
            yield key


def face_of(key: str, catalogue: Catalogue) -> Product | None:
    """The product that is shown for a document: the one itself, else its first variant that can be bought."""
    sold = [p for id in catalogue.group(key) if not (p := catalogue.products[id]).retired_at]
    if not sold:
        return None
    return next((p for p in sold if p.id == key), next((p for p in sold if p.in_stock), sold[0]))


def document(
    key: str, catalogue: Catalogue, descriptions: Mapping[str, str], language: str, currency: str
) -> Fields | None:
    """The fields of a document; None where nothing of the group is sold. Prices are in minor units of `currency`,
    descriptions those of the group at least.
    """
    face = face_of(key, catalogue)
    if face is None:
        return None
    sold = [p for id in catalogue.group(key) if not (p := catalogue.products[id]).retired_at]
    texts = {name: _texts(name, sold, descriptions) for name in TEXTS}
    fields: Fields = {"key": key, "ids": [p.id for p in sold], "codes": sorted({fold(p.id) for p in sold})}
    plain: dict[str, None] = {}
    for name, said in texts.items():
        cut = _cut_again if name in REPEATED else _cut
        words = [word for text in said for word in cut(text)]
        fields[name] = " ".join(stem(face.language or language, word) for word in words)
        if name != "description":
            plain.update(dict.fromkeys(words))
    fields["words"] = " ".join(plain)
    fields |= _filters(face, sold, currency)
    return fields


def _cut(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return (*words_of(text), *joined_of(text))


_cut_again = lru_cache(maxsize=10_000)(_cut)


def _texts(name: str, sold: Sequence[Product], descriptions: Mapping[str, str]) -> list[str]:
    """The different texts of a group in one field; of a variant's name what it adds."""
    if name == "description":
        found = [descriptions.get(p.id, "")[:LONGEST_TEXT] for p in sold]
        found += [" ".join(_values(p.extra)) for p in sold]
    elif name == "category":
        found = [category for p in sold for category in (p.category, *p.categories)]
    elif name == "tags":
        found = [tag for p in sold for tag in p.tags]
    else:
        found = [p.name if name == "title" else p.brand for p in sold]
    different = list(dict.fromkeys(text for text in found if text))
    if name != "title":
        return different
    seen: dict[str, None] = {}
    for text in different[1:]:
        seen.update(dict.fromkeys(words_of(text)))
    return [different[0], " ".join(w for w in seen if w not in words_of(different[0]))] if different else []


def _values(extra: Mapping[str, Any]) -> Iterator[str]:
    """The texts among custom attributes."""
    for value in extra.values():
        if isinstance(value, str):
            yield value[:200]
        elif isinstance(value, list):
            yield from (str(each)[:200] for each in value if isinstance(each, str))


def _filters(face: Product, sold: Sequence[Product], currency: str) -> Fields:
    """What is filtered and counted by; a group has the price of its face, and is in stock where any of it is."""
    found: Fields = {
        "brand_is": [fold(face.brand)] if face.brand else [],
        "brand_name": face.brand.strip(),
        "in_category": sorted({" > ".join(run) for p in sold for path in paths(p) for run in _runs(path)}),
        "category_path": sorted(_shown_paths(sold)),
        "tag_is": sorted({fold(tag) for p in sold for tag in p.tags}),
        "tag_name": sorted({tag for p in sold for tag in p.tags}),
        "in_stock": any(p.in_stock for p in sold),
        "on_sale": any(p.on_sale for p in sold),
        "discovered": all(p.discovered for p in sold),
        "created_at": face.created_at,
    }
    if face.paid is not None and face.currency == currency:
        found["price"] = face.paid
    return found


def _runs(path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every category that holds a place: see `catalogue.lies_in`."""
    for start in range(min(len(path), 8)):
        for end in range(start + 1, min(len(path), 8) + 1):
            yield path[start:end]


def _shown_paths(sold: Sequence[Product]) -> set[str]:
    """The places of a group from the root on, as they are written."""
    found: set[str] = set()
    for product in sold:
        for category in (product.category, *product.categories):
            names = [name.strip() for name in category.split(">") if name.strip()]
            found.update(" > ".join(names[: n + 1]) for n in range(min(len(names), 8)))
    return found
