"""While words cannot be looked up nothing is shown that goes by them, and what was not known is not remembered."""

from __future__ import annotations

from typing import Any

from shopkeeper.model.definitions import Product
from shopkeeper.model.errors import Unavailable
from shopkeeper.model.recommenders import Recommender
from shopkeeper.recommenders import Occasion, choose
from shopkeeper.recommenders.shelves import Now, Shelves
from shopkeeper.recommenders.stock import Stock

IDS = ("cup", "pot", "tea")


class Index:
    """What words find, once it is made."""

    made = False

    def find(self, _text: str) -> list[str]:
        if not self.made:
            raise Unavailable("search_not_ready", "The search index is being made")
        return ["tea"]

    def meant(self, _said: dict[str, Any]) -> frozenset[str]:
        return frozenset(self.find(""))


def test_what_goes_by_words_waits_for_the_index_and_then_comes():
    index = Index()
    stock = Stock({id: Product(id, id.title()) for id in IDS}, {})
    shelves = Shelves(stock, Now(sold=dict.fromkeys(IDS, 1.0)), index.meant, index.find)

    def shown(**more: Any) -> set[str]:
        recommender = Recommender(**{"strategies": ("best_sellers",), **more})
        return {pick.product.id for pick in choose(shelves, recommender, Occasion(0))}

    by_words = {"strategies": ("search",), "search": "tea"}
    left_out, only = {"exclude": {"search": "tea"}}, {"include": {"search": "tea"}}
    assert shown() == {*IDS}
    assert shown(**by_words) == shown(**left_out) == shown(**only) == set()
    shelves.restocked(shelves)
    index.made = True
    assert shown(**by_words) == shown(**only) == {"tea"}
    assert shown(**left_out) == {"cup", "pot"}
