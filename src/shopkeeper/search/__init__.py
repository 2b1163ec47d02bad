"""Owns finding products by words: an index of the catalogue that is derived, kept beside the data, and made anew at will.

May touch storage, model, catalogue, and what sells from orders. Start reading in `finder.py` (the index kept current), then
`ask.py` (a question), `rules.py` (words) and `documents.py` (what is indexed of a product).
"""

from shopkeeper.search.finder import Finder
from shopkeeper.search.question import MOST_FOUND, Facet, Filters, Found, Hit, Question, Relaxed, read_question

__all__ = ["MOST_FOUND", "Facet", "Filters", "Finder", "Found", "Hit", "Question", "Relaxed", "read_question"]
