"""What a visitor sees, exactly as written in shop.yaml: texts and pictures, and the richer forms made of them.

Texts may be Liquid; `html` is markup, everything else plain text.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from shopkeeper.model.recommenders import Recommender

Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", description="lower-case letters, digits, . _ -")]
Text = Annotated[str, Meta(max_length=20_000)]
Markup = Annotated[str, Meta(max_length=1_000_000)]
Address = Annotated[str, Meta(max_length=20_000)]


class _Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of the file: an unknown or misspelt field is an error that names its place."""


class Element(_Definition, frozen=True):
    """A clickable part and the effects of a click on it.

    `join` names an audience, `set` gives attributes, `products` are those the click counts as a click on.
    """

    href: Address = ""
    """Where it leads."""
    join: str = ""
    """An audience the visitor joins for good."""
    set: dict[str, str | int | float | bool] = {}
    """Attributes of the visitor, overwritten."""
    products: tuple[str, ...] = ()
    """Products the click counts as a click on."""


class Picture(_Definition, frozen=True):
    """One of the pictures of a collage."""

    image: Address
    """Address of the picture."""
    alt: Text = ""
    """What it shows, for those who cannot see it."""
    href: Address = ""
    """Where it leads; a picture without an address is no link."""
    element: Id = "picture"
    """The element a click on it is."""


class Column(_Definition, frozen=True):
    """One of the columns of a block."""

    heading: Text = ""
    """A line of text."""
    text: Text = ""
    """A paragraph of text."""
    image: Address = ""
    """Address of a picture."""
    image_alt: Text = ""
    """What the picture shows, for those who cannot see it."""
    button: Text = ""
    """Label of a button."""
    href: Address = ""
    """Where the button leads, or the picture where there is no button."""
    element: Id = "column"
    """The element a click in it is."""


class Countdown(_Definition, frozen=True):
    """Time left until a moment. Without scripts the moment itself stands there."""

    until: str
    """The moment in shop time, as 2026-12-24T18:00."""
    label: Text = ""
    """What ends or begins then; stands before the time."""
    ended: Text = ""
    """What stands there afterwards; with nothing, the communication is no longer shown."""


class Progress(_Definition, frozen=True):
    """How much more has to go into the cart until delivery is free."""

    goal: Annotated[float, Meta(gt=0, le=1_000_000_000)]
    """The value of a cart that is delivered free, in the shop's currency."""
    empty: Text = ""
    """What an empty cart is told; in the shop's language when left out."""
    missing: Text = ""
    """What a cart below the goal is told; `{{ cart.missing | money }}` is how much is missing."""
    reached: Text = ""
    """What a cart that reaches the goal is told."""


class Capture(_Definition, frozen=True):
    """A field for an e-mail address. The address stays pending until its owner confirms it."""

    button: Text = ""
    """Label of the button; in the shop's language when left out."""
    label: Text = ""
    """Label of the field; in the shop's language when left out."""
    consent: Text = ""
    """What a visitor agrees to, as a box that has to be ticked."""
    thanks: Text = ""
    """What stands there afterwards; in the shop's language when left out."""
    join: str = ""
    """An audience the visitor joins by giving an address."""
    set: dict[str, str | int | float | bool] = {}
    """Attributes set by giving an address."""


class Content(_Definition, frozen=True):
    """What the visitor sees. `html` is cleaned unless custom code is permitted; the rest is plain text."""

    heading: Text = ""
    """A line of text."""
    text: Text = ""
    """A paragraph of text."""
    image: Address = ""
    """Address of a picture."""
    image_alt: Text = ""
    """What the picture shows, for those who cannot see it."""
    button: Text = ""
    """Label of the element `button`."""
    href: Address = ""
    """Where the button leads, unless the element says otherwise."""
    html: Markup = ""
    """Markup; its clickable parts carry `data-sk-element="id"`, and `data-sk-close` where a click says no thanks."""
    banner: bool = False
    """Whether the picture lies behind the text, over the whole width."""
    collage: Annotated[tuple[Picture, ...], Meta(max_length=3)] = ()
    """Up to 3 pictures side by side."""
    columns: Annotated[tuple[Column, ...], Meta(max_length=12)] = ()
    """Up to 12 columns."""
    countdown: Countdown | None = None
    """Time left until a moment."""
    progress: Progress | None = None
    """How much is missing to free delivery."""
    capture: Capture | None = None
    """A field for an e-mail address; a click on it is the element `capture`."""


class QuizAnswer(_Definition, frozen=True):
    """One answer to a question. Giving it is a click on the element `question.answer`."""

    text: Text
    """What it says."""
    next: str = ""
    """The question or result that follows; the next question of the file when left out."""
    join: str = ""
    """An audience the visitor joins by it."""
    set: dict[str, str | int | float | bool] = {}
    """Attributes set by it, at once."""


class Question(_Definition, frozen=True):
    """A question of a quiz."""

    text: Text
    """What is asked."""
    answers: dict[Id, QuizAnswer]
    """By id; at least two."""
    multiple: bool = False
    """Whether several answers may be chosen; the question's own `next` then says what follows."""
    next: str = ""
    """What follows, where the answer does not say: a question, a result, or the next question of the file."""


class Result(_Definition, frozen=True):
    """Where a quiz may end."""

    heading: Text = ""
    """A line of text."""
    text: Text = ""
    """A paragraph of text."""
    button: Text = ""
    """Label of the element `result.<id>`."""
    href: Address = ""
    """Where the button leads."""
    recommender: Recommender | None = None
    """Products that fit the result; with fewer than its minimum only the text is shown."""


class Quiz(_Definition, frozen=True):
    """Questions, and the results they lead to."""

    questions: dict[Id, Question]
    """By id; the first is asked first."""
    results: dict[Id, Result]
    """By id; the first is shown where no answer leads elsewhere."""
