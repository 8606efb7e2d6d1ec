"""What resembles each other, and what does not."""

import json
import random

import pytest

from app.insights.rules.documents import Piece, released_pieces, written_pieces
from app.insights.rules.similarity import compare, fingerprints
from tests.engine import build

LONG = """
def moving_average(values, window):
    # 計算移動平均
    sums = []
    for start in range(len(values) - window + 1):
        total = 0
        for value in values[start:start + window]:
            total += value
        sums.append(total / window)
    return sums
"""
RENAMED = """
def moving_average(data, size):
    # something else that is said here，而且是中文
    out = []
    for i in range(len(data) - size + 1):
        acc = 0
        for x in data[i:i + size]:
            acc += x
        out.append(acc / size)
    return out
"""
OTHER = """
import numpy as np

def moving_average(values, window):
    padded = np.concatenate([[0.0], np.cumsum(np.asarray(values, dtype=float))])
    return list((padded[window:] - padded[:-window]) / window)
"""


def piece(text):
    return Piece("lab.ipynb", 1, "work", text)


def alike(*texts, given=(), **options):
    known = {}
    works = [
        fingerprints([piece(t) for t in ([text] if isinstance(text, str) else text)], known=known)
        for text in texts
    ]
    released = fingerprints([piece(text) for text in given], every=True)
    return compare(works, released, **options)


class TestComparing:
    def test_finds_renamed_and_commented_copies(self):
        (pair,) = alike(LONG, RENAMED).pairs
        assert (pair.first, pair.second) == (0, 1)
        assert (pair.share_of_first, pair.share_of_second) == (1, 1)

    def test_does_not_find_different_ways_to_the_same_end(self):
        assert alike(LONG, OTHER).pairs == ()

    def test_leaves_out_what_everybody_was_given(self):
        found = alike(LONG, RENAMED, given=[LONG])
        assert (found.pairs, found.compared) == ((), ())

    def test_leaves_out_what_more_than_a_quarter_of_the_class_has(self):
        others = [varied(n) for n in range(10)]
        found = alike(*[text + LONG for text in others[:5]], *others[5:])
        assert found.pairs == ()
        text = others[0] + LONG
        _n, begin, end = found.common[0][-1]
        assert "sums.append(total / window)" in text[begin:end]
        (pair,) = alike(*[text[:200] + LONG for text in others[:2]], *others[2:]).pairs
        assert (pair.first, pair.second) == (0, 1)

    def test_marks_the_same_code_in_both_works(self):
        first, second = "x = 1\nprint(x)\n\n\n" + LONG, "class Thing:\n    pass\n" + RENAMED
        (pair,) = alike(first, second).pairs
        ((_piece, begin, end),) = [part.span for part in pair.parts_of_first]
        assert first[begin:end] in first[7:] and "sums.append" in first[begin:end]
        ((_piece, begin, end),) = [part.span for part in pair.parts_of_second]
        assert "class" not in second[begin:end] and "out.append(acc" in second[begin:end]

    def test_leads_from_each_part_to_the_same_part_of_the_other(self):
        first, second = [LONG, OTHER], [OTHER, "z = 1", RENAMED]
        (pair,) = alike(first, second).pairs
        pieces = [
            (part.span[0], pair.parts_of_second[part.other].span[0]) for part in pair.parts_of_first
        ]
        assert pieces == [(0, 2), (1, 0)]
        assert [part.other for part in pair.parts_of_second] == [1, 0]

    def test_reads_cells_with_syntax_errors_without_spoiling_others(self):
        broken = "def f(:\n  '''never closed\n %magic ☃ 變數 = [1,,"
        (pair,) = alike([broken, LONG], [RENAMED, "x = ("]).pairs
        assert pair.share_of_second == 1

    def test_does_not_compare_works_of_one_team(self):
        assert alike(LONG, RENAMED, is_apart=lambda first, second: False).pairs == ()

    def test_says_nothing_about_a_few_characters(self):
        short = "def squares(n):\n    return [i * i for i in range(n)]"
        assert alike(short, short).compared == ()

    def test_tells_how_far_it_is(self):
        told = []
        alike(LONG, RENAMED, progress=told.append)
        assert told == [1, 2]

    def test_finds_the_one_copy_among_fifty(self):
        works = [varied(n) for n in range(49)]
        copy = works[17].replace("value", "renamed")
        found = alike(*works, copy)
        assert (found.pairs[0].first, found.pairs[0].second) == (17, 49)
        assert found.pairs[0].share == pytest.approx(1)
        assert all(pair.share < 0.9 for pair in found.pairs[1:])


def varied(seed):
    """A program that hardly resembles that of another seed."""
    pick = random.Random(seed)  # noqa: S311 (texts, not secrets)
    lines = [f"def solve_{seed}(values):"]
    for _n in range(14):
        lines.append(
            "    "
            + pick.choice(
                [
                    "value = [v {0} {1} for v in values if v {2} {1}]",
                    "while len(values) {2} {1}: values.pop({3})",
                    "value = sum(values[{3}:{1}]) {0} max(values) {0} {3}",
                    "value, rest = divmod(len(values) {0} {1}, {3})",
                    "values = sorted(values, key=lambda v: v {0} {1})[{3}:]",
                    "if min(values) {2} {1}: value = {3} {0} abs(values[{3}])",
                ]
            ).format(
                pick.choice("+-*/%"), pick.randint(2, 997), pick.choice("<>"), pick.randint(2, 97)
            )
        )
    return "\n".join([*lines, "    return value", ""])


class TestDocuments:
    def test_are_what_a_student_could_write(self):
        content = build.notebook(
            build.solution("mine = 1", "work"),
            build.test("assert mine", "check"),
            build.answer("words", "why"),
        )
        notebook = json.loads(content)
        notebook["cells"].append(
            {"cell_type": "code", "metadata": {}, "source": ["also\r\n", "mine"], "outputs": []}
        )
        files = {"a.ipynb": json.dumps(notebook).encode(), "b.py": b"x = 1", "c.csv": b"1,2"}
        assert [(p.path, p.number, p.grade_id, p.text) for p in written_pieces(files)] == [
            ("a.ipynb", 1, "work", "mine = 1"),
            ("a.ipynb", 4, "", "also\nmine"),
            ("b.py", 0, "", "x = 1"),
        ]
        assert [p.number for p in released_pieces(files)] == [1, 2, 4, 0]

    @pytest.mark.parametrize(
        "content",
        [b"", b"no", b"[]", b'{"cells": 1}', b'{"cells": [1, {"cell_type": "code", "source": 7}]}',
         b"[" * 100_000],
    )  # fmt: skip
    def test_of_what_cannot_be_read_are_empty(self, content):
        assert written_pieces({"a.ipynb": content}) == []
