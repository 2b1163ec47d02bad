"""What a communication would look like to somebody invented: for its author, not counted and not kept."""

from __future__ import annotations

import msgspec

from shopkeeper.campaigns import Placed
from shopkeeper.campaigns.rules import Page
from shopkeeper.decisions.board import Board
from shopkeeper.decisions.draw import Painter
from shopkeeper.decisions.rules import Candidate, Moment, Offered, Visitor
from shopkeeper.recommenders import Occasion, choose
from shopkeeper.timelines import Timeline
from shopkeeper.visitors import Profile
from shopkeeper.visitors.profile import Value

NAME = "Ada Example"


def preview(board: Board, placed: Placed, now: int) -> tuple[str, str]:
    """(markup, why there is none) for a customer of two orders with an empty cart, on the page of some product."""
    page = Page(type="product", product=next(iter(board.shelves.products), ""))
    profile = Profile("u:ada", "ada", now, now, {"name": Value(NAME, now, b"")}, orders=2, spent=8000)
    visitor = Visitor(profile, Moment(now, now), personal=True)
    paint = Painter(board.easel, board.shelves, visitor, page, lambda: Timeline(()))
    communication, occasion = placed.communication, Occasion(now)
    ends = communication.quiz.results if communication.quiz else {}
    picks = choose(board.shelves, communication.recommender, occasion) if communication.recommender else []
    results = {id: choose(board.shelves, end.recommender, occasion) for id, end in ends.items() if end.recommender}
    shown, reason = paint(Candidate.of(placed, "", 0), Offered(picks, results))
    return (msgspec.json.decode(shown[1])["html"], "") if shown else ("", reason)
