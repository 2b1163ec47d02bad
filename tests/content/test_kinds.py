"""Every form of content: what it becomes, and what its author is told when it cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from shopkeeper.content import Absent, Words, languages, names
from shopkeeper.model.definitions import Product
from shopkeeper.model.errors import BadInput
from shopkeeper.model.time import DAY
from tests.content.stage import NOON, Chosen, communication, drawn, scene

DOWN = {"until": "2026-12-24T18:00", "label": "Order"}


def test_a_picture_without_a_button_is_the_link():
    html = drawn({"content": {"image": "/a.png", "image_alt": "A cup", "href": "/cups"}})
    link = '<a data-sk-element="image" href="/cups"><img src="/a.png" alt="A cup" loading="lazy"></a>'
    assert html == f'<div class="sk-box sk-is-block">{link}</div>'


def test_an_element_says_where_it_leads():
    html = drawn({"content": {"button": "Go", "href": "/a"}, "elements": {"button": {"href": "/b"}}})
    assert '<a class="sk-button" data-sk-element="button" href="/b"><span>Go</span></a>' in html


def test_a_box_over_the_page_has_a_close_button_in_the_words_of_the_shop():
    html = drawn({"kind": "popup", "content": {"text": "Hallo"}}, scene(language="nl-BE"))
    assert 'aria-label="Sluiten" data-sk-close>' in html


def test_a_collage_and_columns_are_elements_of_their_own():
    pictures = [{"image": f"/{n}.png", "alt": str(n), "href": f"/{n}", "element": f"p{n}"} for n in range(3)]
    columns = [{"heading": "A", "text": "a", "button": "More", "href": "/a", "element": "more"}, {"heading": "B"}]
    html = drawn({"content": {"collage": pictures, "columns": columns}})
    assert [f'data-sk-element="p{n}" href="/{n}"' in html for n in range(3)] == [True] * 3
    assert '<h2>A</h2><p>a</p><a class="sk-button" data-sk-element="more" href="/a">' in html


def test_a_countdown_is_a_moment_of_shop_time_until_it_has_ended():
    html = drawn({"content": {"countdown": DOWN}})
    assert '<time datetime="2026-12-24T17:00:00.000Z">until 24 December 2026, 18:00</time>' in html
    after = scene(now=NOON + 24 * DAY)
    assert "Too late" in drawn({"content": {"countdown": {**DOWN, "ended": "Too late"}}}, after)
    with pytest.raises(Absent, match="the countdown ended 24 December 2026, 18:00"):
        drawn({"content": {"countdown": DOWN}}, after)


@pytest.mark.parametrize(
    ("cart", "says"),
    [(0, "Free delivery from €50.00."), (3210, "Only €17.90 to free delivery."), (5000, "Delivery is free.")],
)
def test_progress_says_what_is_missing_to_free_delivery(cart: int, says: str):
    html = drawn({"content": {"progress": {"goal": 50}}}, scene(cart=cart))
    assert says.replace(" ", "\u00a0") in html.replace(" ", "\u00a0")
    assert f'<progress max="5000" value="{cart}">' in html


def test_products_are_cards_with_the_price_they_cost_now():
    offer = Chosen(Product("p1", "Tea & more", url="/tea", price=1250, sale_price=999, currency="EUR"))
    html = drawn({"kind": "recommender", "recommender": {"title": "For you"}}, scene(offers=[offer], language="de"))
    assert "<h2>For you</h2>" in html
    assert '<a href="/tea" data-sk-element="product" data-sk-product="p1"><span>Tea &amp; more</span>' in html
    assert "<span>9,99\u00a0€</span>" in html and ">12,50\u00a0€</s>" in html


def quiz(**changes: Any) -> dict[str, Any]:
    answers = {"tea": {"text": "Tea", "set": {"favourite": "tea"}, "next": "green"}, "coffee": {"text": "Coffee"}}
    questions = {
        "drink": {"text": "Tea or coffee?", "answers": answers},
        "when": {
            "text": "When?",
            "multiple": True,
            "answers": {"am": {"text": "Mornings"}, "pm": {"text": "Evenings"}},
        },
    }
    return {"questions": questions, "results": {"done": {"heading": "Thanks"}, "green": {"heading": "Green"}}} | changes


def test_a_quiz_holds_every_step_and_shows_the_first():
    html = drawn({"kind": "quiz", "quiz": quiz()})
    assert '<fieldset data-sk-step="drink">' in html and '<fieldset data-sk-step="when" hidden>' in html
    assert 'data-sk-element="drink.tea" data-sk-next="result.green"' in html
    assert 'data-sk-element="drink.coffee" data-sk-next="when"' in html
    assert 'data-sk-next="result.done"' in html


def test_an_answer_is_an_element_with_its_effects():
    part = communication({"kind": "quiz", "quiz": quiz()}).part("drink.tea")
    assert part is not None and part.set == {"favourite": "tea"}


@pytest.mark.parametrize(
    ("said", "message", "where"),
    [
        ({"content": {"countdown": {"until": "soon"}}}, "not a time", "content.countdown.until"),
        ({"content": {"banner": True}}, "a banner needs a picture", "content.banner"),
        ({"content": {"collage": [{"image": "/a"}] * 4}}, "at most 3", "content.collage"),
        ({"content": {"columns": [{"text": "a"}] * 13}}, "at most 12", "content.columns"),
        ({"content": {"progress": {"goal": 0}}}, "more than 0", "content.progress.goal"),
        ({"kind": "quiz"}, "a quiz needs `quiz:`", ""),
        ({"quiz": quiz()}, "a block asks no questions", "quiz"),
        ({"kind": "quiz", "quiz": quiz(results={})}, "needs a result", "quiz.results"),
        ({"kind": "quiz", "quiz": quiz(questions={})}, "needs a question", "quiz.questions"),
        (
            {"kind": "quiz", "quiz": quiz(results={"drink": {}})},
            "is a question and a result",
            "quiz.results.drink",
        ),
        (
            {"kind": "quiz", "quiz": quiz(), "elements": {"drink.tea": {}}},
            "is the element of an answer",
            "elements.drink.tea",
        ),
        ({"content": {"capture": {}}, "elements": {"capture": {}}}, "the element `capture` itself", "elements.capture"),
        ({"recommender": {"min": 5, "max": 2}}, "min is greater than max", "recommender"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(said: dict[str, Any], message: str, where: str):
    with pytest.raises(BadInput) as refused:
        communication(said)
    assert message in refused.value.message
    assert refused.value.where == f"$.campaigns.c.communications.x.{where}".rstrip(".")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"text": "?", "answers": {"a": {"text": "A", "next": "nowhere"}, "b": {"text": "B"}}},
            "no question or result",
        ),
        ({"text": "?", "answers": {"a": {"text": "A"}}}, "needs two answers"),
        ({"text": "?", "answers": {"a": {"text": "A", "next": "drink"}, "b": {"text": "B"}}}, "again for ever"),
        (
            {"text": "?", "multiple": True, "answers": {"a": {"text": "A", "next": "green"}, "b": {"text": "B"}}},
            "of several answers none can say",
        ),
    ],
)
def test_a_quiz_that_leads_astray_is_refused(change: dict[str, Any], message: str):
    said = quiz()
    said["questions"] |= {"drink": change}
    with pytest.raises(BadInput, match=message):
        communication({"kind": "quiz", "quiz": said})


def test_a_shop_may_say_it_in_its_own_words_and_only_what_we_say():
    assert Words("de", {"close": "Zu"})["close"] == "Zu"
    with pytest.raises(BadInput, match="we say nothing named 'colse'"):
        communication({}, strings={"colse": "x"})


@pytest.mark.parametrize("language", languages())
def test_every_language_says_everything_with_the_same_places(language: str):
    english, other = languages()["en"], languages()[language]
    places = {
        name: {p for p in ("{goal}", "{missing}", "{moment}", "{email}") if p in english[name]} for name in names()
    }
    assert other.keys() == english.keys()
    assert all(place in other[name] for name, found in places.items() for place in found)
    assert Words(language).money(-123456, "EUR").count("-") == 1
