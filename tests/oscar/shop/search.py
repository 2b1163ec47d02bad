"""How the shop finds products: it shows all of them. Oscar lists products by a search engine, which few tests need."""

from __future__ import annotations

from haystack.backends.simple_backend import SimpleEngine, SimpleSearchBackend, SimpleSearchQuery


class Everything(SimpleSearchQuery):
    """Whatever was asked."""

    def build_query(self) -> str:
        return "*"


class NoIndex(SimpleSearchBackend):
    """There is nothing to keep up to date."""

    def update(self, *_: object, **__: object) -> None:
        """Products are read from the database."""


class Engine(SimpleEngine):
    """The engine that HAYSTACK_CONNECTIONS names."""

    backend = NoIndex
    query = Everything
