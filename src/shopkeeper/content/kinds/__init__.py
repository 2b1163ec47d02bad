"""The forms of content, registered in one list, in the order in which they stand in a communication."""

from shopkeeper.content.kinds.capture import CAPTURE
from shopkeeper.content.kinds.collage import COLLAGE
from shopkeeper.content.kinds.columns import COLUMNS
from shopkeeper.content.kinds.countdown import COUNTDOWN
from shopkeeper.content.kinds.piece import Piece, Problem
from shopkeeper.content.kinds.progress import PROGRESS
from shopkeeper.content.kinds.quiz import QUIZ, follows
from shopkeeper.content.kinds.recommender import RECOMMENDER
from shopkeeper.content.kinds.texts import BUTTON, HEADING, HTML, IMAGE, TEXT

PIECES: tuple[Piece, ...] = (
    IMAGE,
    HEADING,
    TEXT,
    COUNTDOWN,
    PROGRESS,
    HTML,
    BUTTON,
    CAPTURE,
    COLLAGE,
    COLUMNS,
    RECOMMENDER,
    QUIZ,
)

__all__ = ["PIECES", "Piece", "Problem", "follows"]
