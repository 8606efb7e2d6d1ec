from __future__ import annotations

import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import engine
from app.engine import hidden, messages
from tests.engine import build


def release(source: bytes) -> engine.Release:
    return engine.make_release([engine.NotebookSource("p1.ipynb", source)])


class TestRelease:
    def test_has_no_solution_no_hidden_test_and_no_output(self) -> None:
        work = build.solution("### BEGIN SOLUTION\nanswer = 1234567\n### END SOLUTION")
        work.outputs = [nbformat.v4.new_output("stream", text="1234567")]
        made = release(
            build.notebook(
                work,
                build.test(
                    "assert answer\n### BEGIN HIDDEN TESTS\nassert answer == 1234567\n"
                    "### END HIDDEN TESTS"
                ),
            )
        )
        text = made.notebooks["p1.ipynb"].decode()
        assert "1234567" not in text
        assert "YOUR CODE HERE" in text
        assert "assert answer" in text

    def test_names_the_cells_that_carry_points(self) -> None:
        made = release(
            build.notebook(
                nbformat.v4.new_markdown_cell("Read"),
                build.solution("x = 1"),
                build.test("assert x", points=2.5),
                build.answer("Why?", points=3),
                build.task("Draw", points=4),
            )
        )
        assert [(c.grade_id, c.kind, c.points, c.position) for c in made.cells] == [
            ("check", "test", 2.5, 2),
            ("words", "solution", 3.0, 3),
            ("task", "task", 4.0, 4),
        ]

    def test_is_the_same_every_time(self) -> None:
        old = json.loads(build.notebook(build.solution("x = 1"), build.test("assert x")))
        old["nbformat_minor"] = 0
        for cell in old["cells"]:
            del cell["id"]
        source = json.dumps(old).encode()
        assert release(source) == release(source)

    def test_keeps_a_source_that_gives_the_same_release(self) -> None:
        first = release(build.notebook(build.solution("x = 1"), build.test("assert x")))
        assert engine.make_release(first.sources).notebooks == first.notebooks

    @pytest.mark.parametrize("name", ["", "a/b", "../p1", ".hidden", "a\0"])
    def test_refuses_a_name_that_is_no_file_name(self, name: str) -> None:
        made = engine.make_release([engine.NotebookSource(name, build.notebook(build.test("1")))])
        assert [p.message for p in made.problems] == [messages.SOURCE_BAD_NAME]

    def test_refuses_two_notebooks_of_one_name(self) -> None:
        source = build.notebook(build.test("1"))
        made = engine.make_release(
            [engine.NotebookSource("a", source), engine.NotebookSource("a.ipynb", source)]
        )
        assert [p.message for p in made.problems] == [messages.SOURCE_SAME_NAME]
        assert not made.notebooks


PROBLEMS = {
    messages.SOURCE_DUPLICATE_ID: (1, build.test("1"), build.test("2")),
    messages.SOURCE_EMPTY_ID: (0, build.test("1", grade_id="")),
    messages.SOURCE_HIDDEN_OPEN: (0, build.test("### BEGIN HIDDEN TESTS\n1")),
    messages.SOURCE_HIDDEN_NESTED: (
        0,
        build.test("### BEGIN HIDDEN TESTS\n### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS"),
    ),
    messages.SOURCE_HIDDEN_PLACE: (
        1,
        build.test("1"),
        nbformat.v4.new_code_cell("### BEGIN HIDDEN TESTS\n1\n### END HIDDEN TESTS"),
    ),
    messages.SOURCE_SOLUTION_OPEN: (0, build.solution("### BEGIN SOLUTION\nx")),
    messages.SOURCE_SOLUTION_PLACE: (
        0,
        nbformat.v4.new_code_cell("### BEGIN SOLUTION\nx\n### END SOLUTION"),
    ),
    messages.SOURCE_MARKDOWN_GRADE: (
        0,
        nbformat.v4.new_markdown_cell("x", metadata=build.meta("a", grade=True, points=1)),
    ),
    messages.SOURCE_TASK_NOT_MARKDOWN: (
        0,
        nbformat.v4.new_code_cell("x", metadata=build.meta("a", task=True, points=1)),
    ),
    messages.SOURCE_METADATA_TOO_NEW: (
        0,
        nbformat.v4.new_code_cell("x", metadata=build.meta("a", schema_version=9)),
    ),
    messages.SOURCE_AUTOTEST: (0, build.test("### AUTOTEST x")),
    messages.SOURCE_RAW: (
        1,
        build.test("assert True"),
        nbformat.v4.new_raw_cell("x", metadata=build.meta("raw", locked=True)),
    ),
}


@pytest.mark.parametrize("message", PROBLEMS)
def test_a_problem_names_its_cell(message: str) -> None:
    index, *cells = PROBLEMS[message]
    found = engine.validate_source(build.notebook(*cells))  # type: ignore[arg-type]
    assert [(p.message, p.cell_index) for p in found] == [(message, index)]
    assert "%(" not in str(found[0])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"null",
        b'{"nbformat": 4}',
        b'{"nbformat": true}',
        b"{" * 9999,
    ]
    + [
        json.dumps({"nbformat": v, "cells": c, "metadata": {}}).encode()
        for v in (0, 3, 4)
        for c in (None, {}, [1], [{"cell_type": "code"}, {"cell_type": 3}], [{"cell_type": "x"}])
    ],
    ids=lambda raw: raw[:40],
)
def test_what_is_no_notebook_is_a_problem_and_no_exception(raw: bytes) -> None:
    assert engine.validate_source(raw)


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["nbformat", "cells", "metadata", "cell_type", "source", "nbgrader"]
                ),
                inner,
            )
        ),
    ).map(lambda value: json.dumps(value).encode())
)
def test_no_bytes_raise(raw: bytes) -> None:
    assert isinstance(engine.validate_source(raw), list)


MARKS = [
    "### BEGIN HIDDEN TESTS",
    "### END HIDDEN TESTS",
    "x = 1",
    "",
    "  assert x",
    "# BEGIN MARK SCHEME",
]


@given(st.lists(st.sampled_from(MARKS), max_size=12))
def test_nothing_between_the_marks_is_visible(lines: list[str]) -> None:
    numbered = [
        f"{line} # {n}" if "HIDDEN" not in line and "MARK" not in line else line
        for n, line in enumerate(lines)
    ]
    shown = hidden.visible_source("\n".join(numbered))
    assert "HIDDEN" not in shown
    inside = False
    for line in numbered:
        if "BEGIN HIDDEN TESTS" in line:
            inside = True
        elif "END HIDDEN TESTS" in line:
            inside = False
        elif inside and line in shown.split("\n"):
            raise AssertionError(line)
