"""Questions one after the other, and the result they lead to.

All steps are in the page and one is shown; every answer is an element, so the server applies its effects at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from shopkeeper.content.card import cards
from shopkeeper.content.html import link, tag, text
from shopkeeper.content.kinds.piece import Piece, Problem
from shopkeeper.content.kinds.texts import level
from shopkeeper.content.scene import Scene
from shopkeeper.model.content import Question, Quiz, Result
from shopkeeper.model.definitions import Communication

RESULT = "result."
"""Stands before the id of a result where steps are named, and in its element."""


def follows(quiz: Quiz, question: str, answer: str | None = None) -> str:
    """The step after an answer, or after several (None): what it names, else the question, else the next in the file.

    Behind the last question stands the first result. Steps are the ids of questions, and `result.<id>`.
    """
    asked = quiz.questions[question]
    named = (asked.answers[answer].next if answer else "") or asked.next
    if named:
        return named if named in quiz.questions else RESULT + named
    order = [*quiz.questions, RESULT + next(iter(quiz.results), "")]
    return order[order.index(question) + 1]


def _draw(communication: Communication, scene: Scene) -> str:
    quiz = communication.quiz
    assert quiz is not None, "asked for only where there is one"
    first = next(iter(quiz.questions))
    steps = [_question(quiz, id, each, scene, hidden=id != first) for id, each in quiz.questions.items()]
    steps += [_result(id, each, scene, level(communication)) for id, each in quiz.results.items()]
    return tag("div", {"class": "sk-quiz", "data-sk-part": "quiz", "data-sk-stay": True}, *steps)


def _question(quiz: Quiz, id: str, asked: Question, scene: Scene, *, hidden: bool) -> str:
    title = tag("legend", {"tabindex": "-1"}, text("span", asked.text))
    if asked.multiple:
        choices = [_choice(f"{id}.{name}", answer.text) for name, answer in asked.answers.items()]
        note = tag("p", {"role": "status", "data-sk-choose": scene.words["choose"]})
        onward = tag(
            "button",
            {"class": "sk-button", "type": "button", "data-sk-next": follows(quiz, id)},
            text("span", scene.words["next"]),
        )
        return tag("fieldset", {"data-sk-step": id, "hidden": hidden}, title, *choices, note, onward)
    answers = [
        tag(
            "button",
            {
                "class": "sk-button",
                "type": "button",
                "data-sk-element": f"{id}.{name}",
                "data-sk-next": follows(quiz, id, name),
            },
            text("span", answer.text),
        )
        for name, answer in asked.answers.items()
    ]
    return tag("fieldset", {"data-sk-step": id, "hidden": hidden}, title, *answers)


def _choice(element: str, words: str) -> str:
    """A box to tick. Its click counts when the visitor goes on: the hidden button is what is clicked then."""
    hidden = tag("button", {"type": "button", "hidden": True, "data-sk-element": element}, text("span", words))
    return tag("label", {"class": "sk-choice"}, tag("input", {"type": "checkbox"}), text("span", words)) + hidden


def _result(id: str, result: Result, scene: Scene, title: str) -> str:
    offers = scene.results.get(id, ())
    heading = tag(title, {"tabindex": "-1"}, text("span", result.heading)) if result.heading else ""
    return tag(
        "div",
        {"class": "sk-body", "data-sk-step": RESULT + id, "hidden": True},
        heading,
        text("p", result.text),
        cards(offers, scene),
        link(result.href, RESULT + id, text("span", result.button), style="sk-button") if result.button else "",
        tag("button", {"type": "button", "data-sk-restart": True}, text("span", scene.words["restart"])),
    )


def _recommends(communication: Communication) -> bool:
    quiz = communication.quiz
    return quiz is not None and any(result.recommender for result in quiz.results.values())


def _problems(communication: Communication, _zone: ZoneInfo) -> Iterator[Problem]:
    quiz = communication.quiz
    assert quiz is not None, "asked for only where there is one"
    if not quiz.questions:
        yield "a quiz needs a question", "quiz.questions", ""
    if not quiz.results:
        yield "a quiz needs a result", "quiz.results", "Give at least one, such as {done: {heading: Thank you}}."
    if both := [*(quiz.questions.keys() & quiz.results.keys())]:
        yield f"{both[0]!r} is a question and a result", f"quiz.results.{both[0]}", "Give it a name of its own."
    for id, asked in quiz.questions.items():
        if len(asked.answers) < 2:
            yield "a question needs two answers", f"quiz.questions.{id}.answers", ""
        yield from _astray(quiz, asked.next, f"quiz.questions.{id}.next")
        for name, answer in asked.answers.items():
            where = f"quiz.questions.{id}.answers.{name}"
            if asked.multiple and answer.next:
                yield "of several answers none can say what follows", f"{where}.next", "Say it at the question."
            yield from _astray(quiz, answer.next, f"{where}.next")
            if f"{id}.{name}" in communication.elements:
                yield f"{id}.{name} is the element of an answer", f"elements.{id}.{name}", "Say `set` at the answer."
    if loop := _loop(quiz):
        yield (
            f"the question {loop!r} may come again for ever",
            f"quiz.questions.{loop}",
            "Let every way end in a result.",
        )


def _astray(quiz: Quiz, named: str, where: str) -> Iterator[Problem]:
    if named and named not in quiz.questions and named not in quiz.results:
        known = ", ".join([*quiz.questions, *quiz.results])
        yield f"there is no question or result {named!r}", where, f"Steps of this quiz: {known}."


def _loop(quiz: Quiz) -> str:
    """A question from which a way leads back to itself, or nothing."""
    ways = {
        id: {follows(quiz, id, None if asked.multiple else name) for name in asked.answers}
        for id, asked in quiz.questions.items()
        if quiz.results
    }
    for start, onward in ways.items():
        ahead, met = set(onward), set[str]()
        while ahead:
            step = ahead.pop()
            if step == start:
                return start
            if step not in met:
                met.add(step)
                ahead |= ways.get(step, set())
    return ""


QUIZ = Piece("quiz", lambda c: c.quiz is not None, _draw, moving=_recommends, beside=True, problems=_problems)
