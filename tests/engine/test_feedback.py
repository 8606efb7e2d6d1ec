from __future__ import annotations

import base64
import json
import re
import struct
import zlib

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from app import engine
from app.engine import hidden, messages, page, report
from app.engine.messages import REASONS
from tests.engine import build


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 1, height: int = 1) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0\0")
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


class TestPictures:
    def test_a_png_passes_without_what_follows_it(self) -> None:
        sent = base64.b64encode(png() + b"<script>").decode()
        assert report.real_png(sent) == png()

    @pytest.mark.parametrize(
        "raw",
        [b"", b"GIF89a", png()[:-1], png()[:20], png().replace(b"IHDR", b"IDAT"), png(9999, 9999)],
        ids=["empty", "gif", "cut", "head only", "no header", "too many pixels"],
    )
    def test_what_is_no_whole_png_does_not(self, raw: bytes) -> None:
        assert report.real_png(base64.b64encode(raw).decode()) is None

    @given(st.text(max_size=40))
    def test_no_text_raises(self, text: str) -> None:
        assert report.real_png(text) is None


class TestTables:
    def test_keep_their_cells_and_lose_everything_else(self) -> None:
        shown = report.clean_table(
            "<style>td{background:url(//x)}</style><table onclick=x() style=y><tr>"
            "<td colspan=2 id=z>1<img src=x onerror=y><a href='javascript:x'>2</a></td></tr>"
            "</table>"
            "<script>x()</script>"
        )
        assert shown is not None
        assert re.sub(r"</?tbody>", "", shown) == '<table><tr><td colspan="2">12</td></tr></table>'

    def test_other_html_is_not_shown(self) -> None:
        assert report.clean_table("<h1>Site</h1><form><input></form>") is None


class TestText:
    @given(st.text(alphabet="\x1b[]31mK;\x07\x00\r\nab", max_size=40))
    def test_has_no_control_signs(self, text: str) -> None:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", hidden.strip_ansi(text))

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("/home/student/work/data.csv is gone", "data.csv is gone"),
            ("/root/.pyenv/versions/3.11.7/lib/python3.11/json/x.py", ".../json/x.py"),
            ("/srv/banyan/.venv/lib/python3.11/site-packages/pandas/io.py", ".../pandas/io.py"),
            ("see /work/main/app/engine/x.py now", "see ... now"),
            ("1/2 and a/b stay", "1/2 and a/b stay"),
        ],
    )
    def test_has_no_places_of_the_server(self, text: str, shown: str) -> None:
        assert hidden.clean(text) == shown


SECRET = "assert twice(20) == 40"
LAB = build.notebook(
    build.solution("### BEGIN SOLUTION\ndef twice(n):\n    return 2 * n\n### END SOLUTION"),
    build.test("assert twice(1) == 2, 'twice one is two'", "seen"),
    build.test(
        f"assert twice(2) == 4\n### BEGIN HIDDEN TESTS\n{SECRET}\n### END HIDDEN TESTS", "unseen"
    ),
    build.solution("### BEGIN SOLUTION\nprint('hello')\n### END SOLUTION", "more"),
)


def graded(first: str, second: str = "print('hello')") -> engine.NotebookResult:
    nb = json.loads(engine.make_release([engine.NotebookSource("p1", LAB)]).notebooks["p1.ipynb"])
    nb["cells"][0]["source"], nb["cells"][3]["source"] = first, second
    return build.grade(LAB, json.dumps(nb).encode())


class TestFeedback:
    def test_shows_the_visible_line_that_failed_and_its_message(self) -> None:
        blocks = engine.feedback(graded("def twice(n):\n    return n + 2"), LAB)
        assert blocks[1].message == messages.TEST_FAILED
        assert blocks[1].params == {"error": "AssertionError", "text": "twice one is two"}
        assert blocks[1].failing_line == "assert twice(1) == 2, 'twice one is two'"

    def test_says_of_a_hidden_test_only_that_it_did_not_pass(self) -> None:
        blocks = engine.feedback(graded("def twice(n):\n    return 2 * n if n < 20 else 0"), LAB)
        assert blocks[1].cell is not None
        assert blocks[1].cell.outcome == "passed"
        assert blocks[2].message == messages.HIDDEN_TEST_FAILED
        assert blocks[2].failing_line is None
        assert blocks[2].text == "assert twice(2) == 4"
        assert not any("20" in repr(block) for block in blocks[1:])

    def test_withholds_what_is_printed_after_a_hidden_test(self) -> None:
        blocks = engine.feedback(
            graded("def twice(n):\n    return 2 * n", "print(In[-2])\n1/0"), LAB
        )
        assert blocks[3].notes == (messages.OUTPUT_WITHHELD,)
        assert [output.text for output in blocks[3].outputs] == ["ZeroDivisionError"]

    def test_shows_the_students_own_error_before_that(self) -> None:
        blocks = engine.feedback(graded("import json\njson.loads('{')"), LAB)
        (shown,) = blocks[0].outputs
        assert shown.kind == "error"
        assert "----> 2 json.loads('{')" in shown.text
        assert "JSONDecodeError" in shown.text
        assert "/lib/" not in shown.text.replace(".../", "")
        assert "\x1b" not in shown.text

    def test_is_a_page_that_runs_nothing(self) -> None:
        code = "from IPython.display import HTML, display\ndisplay(HTML('<script>x()</script>'))"
        blocks = engine.feedback(graded(code + "\nprint('<script>y()</script>')"), LAB)
        made = engine.standalone_html(blocks, "<Lab>", "en", translate=lambda text: f"~{text}")
        assert "~Not passed" in made
        assert "<script" not in made
        assert "default-src &#x27;none&#x27;" in made
        assert "&lt;Lab&gt;" in made
        assert SECRET not in made

    def test_never_shows_the_solution(self) -> None:
        result = build.grade(
            LAB, json.dumps({**json.loads(LAB), "cells": json.loads(LAB)["cells"][1:]}).encode()
        )
        assert "return 2 * n" not in repr(engine.feedback(result, LAB))


class TestMessages:
    def everything(self) -> set[str]:
        found: set[str] = set(REASONS.values())
        for name, value in vars(messages).items():
            if name.isupper() and isinstance(value, str):
                found.add(value)
        return found

    def test_all_have_their_chinese(self) -> None:
        path = f"{engine.__path__[0]}/locale/zh_Hant_TW.po"
        with open(path, "rb") as file:
            catalog = read_po(file, locale="zh_Hant_TW", abort_invalid=True)
        entries = {message.id: message for message in catalog if message.id}
        assert entries.keys() == self.everything()
        for entry in entries.values():
            assert entry.string
            assert not entry.fuzzy
            names = re.findall(r"%\((\w+)\)s", entry.id)
            assert sorted(names) == sorted(re.findall(r"%\((\w+)\)s", entry.string))

    def test_every_outcome_has_a_name(self) -> None:
        assert set(page.OUTCOMES) == set(engine.Outcome.__args__)  # type: ignore[attr-defined]
