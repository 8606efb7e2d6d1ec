"""The fields of questions: what a form sends is what the rules read, and nothing leaks into it."""

import re
from html.parser import HTMLParser

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict

from app import questions as q
from tests.questions.build import EXAMPLES, question, quiz

ASK = """{% from "questions/_ask.html" import ask with context %}{{ ask(shown, "q", response) }}"""
ANSWERED = """{% from "questions/_ask.html" import answered with context %}
{{ answered(shown, response, marking, solution) }}"""


class Fields(HTMLParser):
    """What the browser would send of a page: (name, value) of everything filled in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self._select = self._area = ""
        self._chosen = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        kind = a.get("type", "text")
        if tag == "input" and (kind not in ("radio", "checkbox") or "checked" in a):
            if kind != "file":
                self.sent.append((a["name"], a.get("value") or ""))
        elif tag == "select":
            self._select, self._chosen = a["name"], ""
        elif tag == "option" and "selected" in a:
            self._chosen = a["value"]
        elif tag == "textarea":
            self._area = a["name"]

    def handle_endtag(self, tag):
        if tag == "select":
            self.sent.append((self._select, self._chosen))
        self._area = ""

    def handle_data(self, data):
        if self._area:
            self.sent.append((self._area, data.removeprefix("\n")))


def drawn_of(kind: str):
    return q.draw(quiz(question(kind, explanation={"en": "because"})), "seed")[0]


def right_answer(drawn):
    if drawn["type"] == "essay":
        return "My <b>words</b>\nand more"
    if drawn["type"] == "file":
        return None
    return q.clean(drawn, q.solution(drawn, "en").response)


@pytest.mark.parametrize("kind", sorted(EXAMPLES))
@pytest.mark.parametrize("filled", [True, False])
def test_what_the_fields_send_is_what_was_filled_in(app, kind, filled):
    drawn = drawn_of(kind)
    response = right_answer(drawn) if filled else None
    with app.test_request_context():
        html = render_template_string(ASK, shown=q.shown(drawn, "en"), response=response)
    sent = MultiDict(Fields(html).sent)
    assert q.read_form(drawn, "q", sent) == response
    assert "<b>" not in html and "because" not in html


@pytest.mark.parametrize("kind", sorted(EXAMPLES))
def test_an_answered_question_shows_keys_only_with_the_solution(app, kind):
    drawn = drawn_of(kind)
    response = right_answer(drawn)
    marking, solution = q.mark(drawn, response), q.solution(drawn, "en")
    shown = q.shown(drawn, "en")
    with app.test_request_context():
        blind = render_template_string(ANSWERED, shown=shown, response=response, marking=marking)
        full = render_template_string(
            ANSWERED, shown=shown, response=response, marking=marking, solution=solution
        )
    assert "because" in full and "because" not in blind
    assert "Right answer" not in blind and "正確答案" not in blind
    assert "two points for the why" not in full, "the guide is for whoever gives points"
    assert "<b>" not in full


def test_every_field_has_a_name_that_is_read_out(app):
    for kind in EXAMPLES:
        with app.test_request_context():
            html = render_template_string(ASK, shown=q.shown(drawn_of(kind), "en"), response=None)
        for field in re.findall(r"<(?:input|select|textarea)[^>]*>", html):
            named = "aria-label" in field or 'type="hidden"' in field
            assert named or "<label" in html[: html.index(field)], (kind, field)


def test_the_templates_belong_to_the_site(app: Flask):
    assert "questions" in app.blueprints
