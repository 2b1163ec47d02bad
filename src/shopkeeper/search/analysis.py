"""Stems and stop words by language, from the index's own library; a language without them has its words as they stand."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

LANGUAGES = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "nb": "norwegian", "nn": "norwegian",
    "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish",
}  # fmt: skip
"""ISO 639-1 code -> the name of its stemmer."""


@cache
def _stemmer(language: str) -> Any:
    return _analyser(language, "stemmer")


@cache
def _stopper(language: str) -> Any:
    return _analyser(language, "stopword")


def _analyser(language: str, kind: str) -> Any:
    """An analyser of one word; None where the library has none for the language."""
    name = LANGUAGES.get(language)
    if name is None:
        return None
    # Deferred: a server that is not asked for a product does not load it.
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer  # noqa: PLC0415

    try:
        return TextAnalyzerBuilder(Tokenizer.raw()).filter(getattr(Filter, kind)(name)).build()
    except ValueError:
        return None


@lru_cache(maxsize=200_000)
def stem(language: str, word: str) -> str:
    """The stem of a word in a language."""
    stemmer = _stemmer(language)
    found = stemmer.analyze(word) if stemmer is not None else None
    return found[0] if found else word


@lru_cache(maxsize=50_000)
def is_stop_word(language: str, word: str) -> bool:
    """Whether a word says nothing of what is wanted, such as `for`."""
    stopper = _stopper(language)
    return stopper is not None and not stopper.analyze(word)
