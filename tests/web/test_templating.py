"""What a page was about is let go with it; nobody has to look for it as waste."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string


class Row:
    """Something that a list shows."""

    def __init__(self, name: str) -> None:
        self.name = name


@pytest.fixture
def no_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


IMPORTING = """{% import "web/components.html" as ui with context %}
{% macro line(row) %}{{ row.name }}{{ caller() }}{% endmacro %}
{% for row in rows %}
{% call line(row) %}{{ ui.badge("info", row.name) }}{% endcall %}
{% endfor %}"""


class TestRendering:
    def test_leaves_nothing_of_what_it_showed(self, site: Flask, no_collection):
        rows = [Row("mei"), Row("hao")]
        left = [weakref.ref(row) for row in rows]
        with site.test_request_context():
            shown = render_template_string(IMPORTING, rows=rows)
            del rows
            assert shown.count("mei") == 2 and shown.count("hao") == 2
            assert [ref() for ref in left] == [None, None]

    def test_within_another_takes_nothing_from_it(self, site: Flask):
        with site.test_request_context():
            inner = render_template_string(
                '{% import "web/components.html" as ui %}{{ ui.badge("info", word) }}', word="in"
            )
            outer = render_template_string(
                '{{ render("{{ word }}", word="within") }} {{ word }} {{ rest }}',
                render=render_template_string,
                word="around",
                rest=inner,
            )
            again = render_template_string(
                '{% import "web/components.html" as ui %}{{ ui.badge("info", word) }}', word="in"
            )
        assert outer.startswith("within around ")
        assert again == inner
