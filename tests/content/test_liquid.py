"""Merchants' templates: what they may say, what they are refused, and that no value ever becomes markup."""

from __future__ import annotations

import json
import re
import time
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.content import Absent
from shopkeeper.model.definitions import Product
from shopkeeper.model.errors import BadInput
from tests.content.stage import Chosen, communication, drawn, file_with, scene

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"' onclick=alert(1) javascript:alert(1)"


def said(text: str, **values: Any) -> str:
    """What a template says as plain text of a block."""
    found = re.search(r"<p>(.*)</p>", drawn({"content": {"text": text}}, scene(values)), re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("Hello {{ visitor.name }}", "Hello Ada"),
        ("{{ 1234567 | money }}", "€12,345.67"),
        ("{{ '' | money }}{{ nothing | money }}.", "."),
        ("{{ 'now' | date: '%d.%m.%Y %H:%M' }}", "01.12.2026 12:00"),
        ("{{ '2026-12-24' | date }}", "24 December 2026, 00:00"),
        ("{% for p in (1..3) %}{{ p }}{% endfor %}", "123"),
        ("{% if visitor.orders > 1 %}again{% else %}first{% endif %}", "again"),
        ("{{ visitor.missing }}!", "!"),
    ],
)
def test_templates_speak_of_the_visitor_in_the_words_of_the_shop(template: str, says: str):
    assert said(template, visitor={"name": "Ada", "orders": 2}) == says


@pytest.mark.parametrize(
    ("template", "place"),
    [
        ("Hi {{ visitor.name ", "line 1, column 4: expected '}}'"),
        ("one\ntwo {{ x | loud }}", "line 2, column 12: there is no filter 'loud'"),
        ("a\n{% if x %}b", "line 2, column 12: expected tag endif"),
        ("{% shout %}", "line 1, column 4: unexpected tag 'shout'"),
        ("{% include 'other' %}", "line 1, column 4: unexpected tag 'include'"),
        ("{{ x | safe }}", "there is no filter 'safe'"),
        ("{% if x %}" * 25 + "{% endif %}" * 25, "nesting"),
    ],
)
def test_a_broken_template_is_told_to_its_author_with_line_and_column(template: str, place: str):
    with pytest.raises(BadInput) as refused:
        communication({"content": {"columns": [{"text": "fine"}, {"text": template}]}})
    assert place in refused.value.message
    assert refused.value.where == "$.campaigns.c.communications.x.content.columns[1].text"


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in (1..100) %}{% for j in (1..100) %}x{% endfor %}{% endfor %}",
        "{% assign x = 'aaaaaaaaaa' %}{% for i in (1..40) %}{% assign x = x | append: x %}{% endfor %}{{ x }}",
        "{{ 'a'" + " | replace: 'a', 'aaaaaaaaaaaaaaaaaaaa'" * 12 + " }}",
        "{{ (1..100000000) | join: 'x' }}",
        "{{ (1..100000000) | reverse | size }}",
        "{% assign n = 9 %}{% for i in (1..400) %}{% assign n = n | times: n %}{% endfor %}{{ n }}",
        "{{ 1 | divided_by: 0 }}",
        "{{ 'x' | date }}",
        "{{ 'x' | money }}",
        "{% for i in (1..4000) %}{{ i | append: '" + "x" * 400 + "' }}{% endfor %}",
    ],
)
def test_a_template_that_asks_too_much_falls_through_with_a_reason(template: str):
    begun = time.process_time()
    with pytest.raises(Absent, match=r"the template content\.text is broken: line \d+, column \d+"):
        said(template)
    assert time.process_time() - begun < 5, "a limit that takes minutes is none"


def test_what_was_said_by_a_visitor_is_no_part_of_the_reason():
    with pytest.raises(Absent) as absent:
        said("{{ visitor.name | money }}", visitor={"name": "Secret Ada"})
    assert "Secret" not in str(absent.value)


class _Reader(HTMLParser):
    """Notes whatever could run."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "style", "form", "svg", "base", "meta"):
            self.bad.append(tag)
        for name, value in attrs:
            address = re.sub(r"[\x00-\x20]", "", value or "").lower()
            runs = name in ("href", "src", "action") and re.match("(javascript|data|vbscript):", address)
            if name.startswith("on") or name in ("style", "srcdoc") or runs:
                self.bad.append(f"{tag} {name}={value}")


def could_run(html: str) -> list[str]:
    """The elements and attributes of markup that could run something."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.bad


hostile = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(["<script>", "</script>", "<img src=x onerror=a>", '"', "'", "<", ">", " onclick=a ", "&", "`",
                         "javascript:a", "{{ 1 }}", "{% if %}", "\\", "\n", "</div>", "<!--", "]]>", "\x00", "&quot;"]),
        max_size=8,
    ).map("".join),
)  # fmt: skip
TEMPLATES = (
    "<p>{{ product.name }}</p>",
    "<a href='{{ product.name }}' title={{ product.name }}>x</a>",
    '<img src="{{ product.name }}" alt="{{ product.name }}">',
    "<p {{ product.name }}>x</p>",
    "{{ product.name | replace: '&lt;', '<' | upcase }}",
    "{{ '<b>' | append: product.name }}{{ product.name | newline_to_br }}{{ product.name | strip_html }}",
    "<p title='{{ product.name | json }}' data-x={{ product.name | json }}>{{ product.name | url_decode }}</p>",
    "{% capture x %}{{ product.name }}{% endcapture %}{{ x }}{% assign y = x | split: '' | join: '' %}{{ y }}",
    "<{{ product.name }}>",
)


@given(name=hostile, template=st.sampled_from(TEMPLATES))
def test_no_name_of_a_product_becomes_markup_that_runs(name: str, template: str):
    values = {"product": {"name": name}}
    assert not could_run(drawn({"content": {"html": template}}, scene(values)))


@given(name=hostile, address=hostile)
def test_no_name_or_address_of_a_product_becomes_more_than_text(name: str, address: str):
    product = Product("p", name, url=address, image=address, price=100)
    content = {"heading": "{{ x }}", "href": "{{ x }}", "button": "{{ x }}", "image": "{{ x }}", "image_alt": "{{ x }}"}
    said = {"kind": "recommender", "recommender": {"slider": True}, "content": content}
    html = drawn(said, scene({"x": name}, offers=[Chosen(product)]))
    assert not could_run(html)


@given(value=st.recursive(hostile | st.integers() | st.none(), lambda v: st.lists(v) | st.dictionaries(hostile, v)))
def test_json_for_a_script_ends_no_script_and_says_the_same(value: Any):
    said = {"custom_code": True, "content": {"html": "{{ value | json }}"}}
    html = drawn(said, scene({"value": value}), settings={"custom_code": True})
    inner = html.split('data-sk-part="code">')[1].split("</div>")[0]
    assert not set(inner) & set("<>&' ")
    assert json.loads(inner) == value


def test_markup_is_cleaned_unless_the_shop_permits_code():
    html = f"<p onclick='x()'>Hi</p><script>x()</script>{EVIL}"
    assert not could_run(drawn({"content": {"html": html}}))
    asks = {"custom_code": True, "content": {"html": html}}
    with pytest.raises(BadInput, match="does not permit custom code"):
        read = file_with(asks)
        communication(asks)
        assert read
    assert "<script>x()</script>" in drawn(asks, settings={"custom_code": True})


def test_a_style_is_kept_for_the_tag_to_set():
    html = drawn({"content": {"html": '<p style="color: red" title=\'a "b" > c\'>style="x"</p>'}})
    assert '<p data-sk-style="color: red"' in html or 'data-sk-style="color: red"' in html
    assert 'style="x"</p>' in html


def test_a_megabyte_is_taken_and_more_is_refused():
    whole = "<p>" + "x" * 999_000 + "</p>"
    assert len(drawn({"content": {"html": whole}})) > 999_000
    with pytest.raises(BadInput, match="1000000"):
        communication({"content": {"html": whole * 2}})
