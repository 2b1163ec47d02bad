"""A question put to the index: all of its words, else corrected ones, else some of them, else what sells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

from shopkeeper.catalogue import fold
from shopkeeper.model.definitions import SearchSettings
from shopkeeper.model.money import minor_units
from shopkeeper.search.analysis import is_stop_word, stem
from shopkeeper.search.documents import TEXTS
from shopkeeper.search.question import MOST_FOUND, MOST_WORDS, Facet, Filters, Found, Hit, Question
from shopkeeper.search.rules import joined_of, pieces, said_of, synonym_groups, typos_allowed, words_of
from shopkeeper.search.vocabulary import Vocabulary

BOOSTS = {"title": 4.0, "brand": 2.0, "category": 2.0, "tags": 2.0, "description": 1.0}
EXACT, BEGUN, SYNONYM, CODE = 1.5, 0.6, 0.7, 100.0
"""Weights of a word as it is written, of one begun, of one that means the same, and of a product's id."""
SHORTEST_PART = 3
VALUES = 30
"""Values of a facet told at most, the commonest first."""


class Reader(NamedTuple):
    """An open index at rest."""

    index: Any
    searcher: Any
    version: int
    words: Vocabulary
    """Words as they are written, those of descriptions left out."""
    stems: Vocabulary
    """Stems of titles."""


class Asking:
    """One question to one reader. `popular` tells what sells, best first; it is asked only when nothing else helps."""

    def __init__(
        self,
        reader: Reader,
        question: Question,
        settings: SearchSettings,
        currency: str,
        popular: Callable[[], Sequence[str]] = list,
        *,
        discovered: bool = True,
    ) -> None:
        self.reader = reader
        self.schema = reader.index.schema
        self.searcher = reader.searcher
        self.question = question
        self.language = question.language or settings.language
        self.settings = settings
        self.boosts = BOOSTS | dict(settings.boosts)
        self.popular = popular
        self.filters = self._filters(question.filters, currency, discovered)

    def answer(self) -> Found:
        """The products found, and what they are an answer to."""
        text = self.question.q.strip()
        words = words_of(text)[:MOST_WORDS]
        if not text:
            return self._found(self._query([]), "", text, text)
        told = [word for word in words if not is_stop_word(self.language, word)] or words
        found = self._found(self._or_code(text, self._query(self._pieces(text, told))), "", text, text)
        if found.total or not self.question.relax:
            return found if found.total else self._as(found, "nothing", text)
        return self._relaxed(text, told)

    def every(self) -> list[str]:
        """The keys of all products that have every word, in no particular order."""
        text = self.question.q.strip()
        words = words_of(text)[:MOST_WORDS]
        told = [word for word in words if not is_stop_word(self.language, word)] or words
        if not told:
            return []
        query = self._or_code(text, self._query(self._pieces(text, told, begun=False)))
        hits = self.searcher.search(query, limit=MOST_FOUND, count=False).hits
        return [self.searcher.doc(address)["key"][0] for _, address in hits]

    def _relaxed(self, text: str, words: Sequence[str]) -> Found:
        corrected = [self._corrected(word, last=place == len(words) - 1) for place, word in enumerate(words)]
        better = " ".join(corrected)
        if corrected != list(words):
            found = self._found(self._query(self._pieces(better, better.split())), "corrected", text, better)
            if found.total:
                return found
        known = [word for word in better.split() if self._known(word)]
        parts = self._pieces(better, known)
        for least in range(len(parts) - (len(known) == len(words)), 0, -1):
            found = self._found(self._query(parts, least), "fewer_words", text, better, known)
            if found.total:
                return found
        sold = list(self.popular())
        if sold:
            found = self._best(sold)
            if found.hits:
                return self._as(found, "popular", text)
        return self._as(Found(0, [], version=self.reader.version), "nothing", text)

    def _as(self, found: Found, relaxed: Any, text: str) -> Found:
        said = said_of(text, relaxed, "", ())
        return Found(found.total, found.hits, relaxed=relaxed, said=said, version=self.reader.version)

    def _best(self, sold: Sequence[str]) -> Found:
        """What sells, best first, of what passes the filters."""
        query = self._all([self._set("ids", sold)])
        rank = {id: place for place, id in enumerate(sold)}
        hits = []
        for _, address in self.searcher.search(query, limit=max(len(sold), 1), count=False).hits:
            document = self.searcher.doc(address)
            hits.append((min(rank.get(id, len(sold)) for id in document["ids"]), document["key"][0]))
        best = sorted(hits)[self.question.offset :][: self.question.limit]
        return Found(len(hits), [Hit(key, key, 0.0) for _, key in best], version=self.reader.version)

    def _pieces(self, text: str, words: Sequence[str], *, begun: bool = True) -> list[Any]:
        """A query for each word, or each phrase that has synonyms."""
        groups = synonym_groups(self.settings.synonyms) + self._joints(text, words)
        found = []
        parts = pieces(words, groups)
        for place, (phrase, ways) in enumerate(parts):
            last = begun and place == len(parts) - 1
            queries = [self._every([self._word(w, last and w == phrase[-1]) for w in phrase])]
            for way in ways:  # a longer way to say it would count for more by its number of words alone
                weight = SYNONYM * min(1.0, len(phrase) / len(way))
                queries.append(self._boost(self._every([self._word(w, False) for w in way]), weight))
            found.append(queries[0] if len(queries) == 1 else self._best_of(queries))
        return found

    def _joints(self, text: str, words: Sequence[str]) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Words that are also written as one: `t-shirt`, and `lunch box` where the catalogue has `lunchbox`."""
        written = {word: tuple(words_of(word)) for word in joined_of(text)}
        pairs = list(pairwise(words))
        found = [pair for pair in pairs if "".join(pair) in written or self._frequency("words", "".join(pair))]
        return tuple((pair, ("".join(pair),)) for pair in found)

    def _word(self, word: str, begun: bool) -> Any:
        """A word in any field, more or less worth by the field."""
        from tantivy import Query  # noqa: PLC0415 - see `files.py`

        stemmed = stem(self.language, word)
        queries = [
            self._boost(Query.term_query(self.schema, name, stemmed, index_option="freq"), self.boosts[name])
            for name in TEXTS
            if self.boosts[name] > 0
        ]
        queries.append(self._boost(Query.term_query(self.schema, "words", word, index_option="freq"), EXACT))
        if begun and _may_begin(word):
            start = Query.fuzzy_term_query(self.schema, "words", word, distance=0, prefix=True)
            queries.append(self._boost(start, BEGUN))
        return self._best_of(queries)

    def _known(self, word: str, last: bool = False) -> bool:
        stemmed = stem(self.language, word)
        if self._frequency("words", word) or any(self._frequency(name, stemmed) for name in TEXTS):
            return True
        return last and _may_begin(word) and any(self._frequency("words", w) for w in self.reader.words.beginning(word))

    def _frequency(self, field: str, word: str) -> int:
        return int(self.searcher.doc_freq(field, word))

    def _corrected(self, word: str, *, last: bool) -> str:
        """The word itself where the catalogue knows it; else two known words written as one, or the nearest one."""
        if self._known(word, last) or not word.isalpha():
            return word
        for most in range(1, typos_allowed(word) + 1):
            found = self._near(word, most) or (self._parted(word) if most == 1 else None)
            found = found or self._near_stem(word, most)
            if found is not None:
                return found
        return word

    def _near(self, word: str, most: int) -> str | None:
        return self.reader.words.near(word, most, partial(self._frequency, "words"))

    def _near_stem(self, word: str, most: int) -> str | None:
        """A word whose stem is nearest: `strawbery` is near `strawberries` by its stem alone."""
        found = self.reader.stems.near(stem(self.language, word), most, partial(self._frequency, "title"))
        if found is None:
            return None
        forms = self.reader.words.beginning(found[: max(SHORTEST_PART, len(found) - 2)])
        ranked = [(-self._frequency("words", form), form) for form in forms if stem(self.language, form) == found]
        often, form = min(ranked, default=(0, None))
        return form if often else None

    def _parted(self, word: str) -> str | None:
        parts = [(word[:at], word[at:]) for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)]
        ranked = [(min(self._frequency("words", w) for w in pair), pair) for pair in parts]
        best = max(ranked, default=(0, ("", "")))
        return " ".join(best[1]) if best[0] else None

    def _or_code(self, text: str, query: Any) -> Any:
        """The same, and before all the product whose id the text is."""
        code = fold(text)
        if not self._frequency("codes", code):
            return query
        return self._either([query, self._all([self._boost(self._set("codes", [code]), CODE)])])

    def _query(self, parts: Sequence[Any], least: int | None = None) -> Any:
        """Products with all of the parts, or with `least` of them, that pass the filters."""
        if least is None:
            return self._all(list(parts))
        from tantivy import Occur, Query  # noqa: PLC0415

        some = Query.boolean_query([(Occur.Should, part) for part in parts], minimum_number_should_match=least)
        return self._all([some])

    def _all(self, parts: list[Any]) -> Any:
        from tantivy import Query  # noqa: PLC0415

        needed = [*parts, *self.filters]
        return self._every(needed) if needed else Query.all_query()

    def _filters(self, filters: Filters, currency: str, discovered: bool) -> list[Any]:
        """Each of them a query that adds nothing to the score."""
        from tantivy import FieldType, Query  # noqa: PLC0415

        found = []
        if filters.brand:
            found.append(self._set("brand_is", [fold(name) for name in filters.brand]))
        if filters.category:
            named = [" > ".join(fold(part) for part in name.split(">")) for name in filters.category]
            found.append(self._set("in_category", named))
        if filters.tag:
            found.append(self._set("tag_is", [fold(name) for name in filters.tag]))
        if filters.price_from is not None or filters.price_to is not None:
            low, high = (
                None if p is None else minor_units(p, currency) for p in (filters.price_from, filters.price_to)
            )
            found.append(Query.range_query(self.schema, "price", FieldType.Integer, low, high))
        flags = {"in_stock": filters.in_stock, "on_sale": filters.on_sale, "discovered": None if discovered else False}
        found += [Query.term_query(self.schema, name, said) for name, said in flags.items() if said is not None]
        return [Query.const_score_query(query, 0.0) for query in found]

    def _found(self, query: Any, relaxed: Any, text: str, better: str, used: Sequence[str] = ()) -> Found:
        from tantivy import Order  # noqa: PLC0415

        asked = self.question
        by = {"price": ("price", Order.Asc), "-price": ("price", Order.Desc), "newest": ("created_at", Order.Desc)}
        sort = asked.sort if asked.q.strip() or asked.sort != "relevance" else "newest"
        field, order = by.get(sort, (None, Order.Desc))
        result = self.searcher.search(
            query, limit=max(asked.limit, 1), offset=asked.offset, order_by_field=field, order=order
        )
        if not result.count:
            return Found(0, [], version=self.reader.version)
        hits = [
            Hit(key := self.searcher.doc(address)["key"][0], key, float(score) if field is None else 0.0)
            for score, address in result.hits[: asked.limit]
        ]
        if field is None:
            hits.sort(key=lambda hit: (-hit.score, hit.id))
        facets, price = self._counted(query) if asked.facets else ({}, None)
        meant = better if relaxed == "corrected" else ""
        said = said_of(text, relaxed, better, used)
        return Found(result.count, hits, facets, price, relaxed, meant, said, self.reader.version)

    def _counted(self, query: Any) -> tuple[dict[str, list[Facet]], tuple[int, int] | None]:
        """How many of the found products have each value, and their lowest and highest price."""
        terms = {"brand": "brand_name", "category": "category_path", "tag": "tag_name"}
        flags = ("in_stock", "on_sale")
        wanted: dict[str, Any] = {name: {"terms": {"field": field, "size": VALUES}} for name, field in terms.items()}
        wanted |= {name: {"terms": {"field": name}} for name in flags} | {"price": {"stats": {"field": "price"}}}
        told = self.searcher.aggregate(query, wanted)
        facets = {name: _facets(told[name]["buckets"]) for name in terms}
        for name in flags:
            facets[name] = _facets(
                [{**bucket, "key": "yes" if bucket["key"] else "no"} for bucket in told[name]["buckets"]]
            )
        low, high = told["price"]["min"], told["price"]["max"]
        return facets, None if low is None else (round(low), round(high))

    def _set(self, field: str, values: Sequence[str]) -> Any:
        from tantivy import Query  # noqa: PLC0415

        return Query.term_set_query(self.schema, field, list(values))

    def _boost(self, query: Any, weight: float) -> Any:
        from tantivy import Query  # noqa: PLC0415

        return Query.boost_query(query, weight)

    def _every(self, queries: Sequence[Any]) -> Any:
        from tantivy import Occur, Query  # noqa: PLC0415

        return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, each) for each in queries])

    def _either(self, queries: Sequence[Any]) -> Any:
        from tantivy import Occur, Query  # noqa: PLC0415

        return Query.boolean_query([(Occur.Should, each) for each in queries])

    def _best_of(self, queries: Sequence[Any]) -> Any:
        from tantivy import Query  # noqa: PLC0415

        return Query.disjunction_max_query(list(queries), tie_breaker=0.3)


def _may_begin(word: str) -> bool:
    """Whether so little of a word tells what is wanted: two letters, or one character of a script that writes words so."""
    return len(word) > 1 or not word.isascii()


def _facets(buckets: Sequence[Mapping[str, Any]]) -> list[Facet]:
    found = [Facet(str(bucket["key"]), int(bucket["doc_count"])) for bucket in buckets if bucket["key"] != ""]
    return sorted(found, key=lambda facet: (-facet.count, facet.value))
