"""What stands in the courses is true: it reads, renders, runs, and its numbers are right."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

from app.catalog.folder import LANGUAGES
from app.web.markdown import outline, render

FENCE = re.compile(r"```python\n(.*?)```", re.S)


@pytest.fixture(scope="module")
def lessons(courses):
    return {lesson.slug: lesson for course in courses for lesson in course.lessons}


class TestFolder:
    def test_has_no_errors(self, reading):
        assert [str(error) for error in reading.errors] == []

    def test_holds_the_first_cluster(self, reading):
        (cluster,) = reading.clusters
        assert (cluster.slug, cluster.industry) == ("smart-manufacturing",) * 2
        assert len(cluster.courses[0].lessons) >= 4
        assert len(cluster.courses[0].labs) >= 2


class TestLessons:
    def test_render_in_every_language_without_a_formula_left_over(self, lessons):
        for lesson in lessons.values():
            for language in LANGUAGES:
                html = render(
                    lesson.body_markdown[language],
                    pictures=lambda target: f"/{target}",
                    items=lambda kind, slug: f"/{kind}/{slug}",
                )
                prose = re.sub(r"<(pre|code|math).*?</\1>", "", html, flags=re.S)
                assert "$$" not in prose
                assert not re.search(r"(?<!NT)\$", prose), (lesson.slug, language)
                assert "<math" in html and "<figure>" in html and "note-answer" in html

    def test_have_the_same_shape_in_every_language(self, lessons):
        for lesson in lessons.values():
            chinese, english = (lesson.body_markdown[language] for language in LANGUAGES)
            assert [h.level for h in outline(chinese)] == [h.level for h in outline(english)]
            for pattern in (r"^!\[", r"^\$\$", r"^::: ", r"^\|", r"\]\((lesson|lab):"):
                counts = [len(re.findall(pattern, t, re.M)) for t in (chinese, english)]
                assert counts[0] == counts[1], (lesson.slug, pattern)

    def test_pictures_are_drawn_for_light_and_dark(self, courses, lessons):
        drawn = [data for lesson in lessons.values() for data in lesson.pictures.values()]
        drawn += [course.picture.data for course in courses]
        assert all(b"prefers-color-scheme:dark" in data for data in drawn)

    def test_run_the_code_they_show(self, lessons):
        for lesson in lessons.values():
            blocks = FENCE.findall(lesson.body_markdown["en"])
            assert len(blocks) == len(FENCE.findall(lesson.body_markdown["zh-Hant-TW"]))
            exec("\n".join(blocks), {})  # noqa: S102 - the lesson's own code


class TestNumbers:
    """Numbers that the lessons quote, computed again."""

    def space(self, lessons, slug: str) -> dict:
        found: dict = {}
        exec("\n".join(FENCE.findall(lessons[slug].body_markdown["en"])), found)  # noqa: S102
        return found

    def test_of_the_four_ways_of_inspecting(self, lessons):
        found = self.space(lessons, "from-pain-point-to-question")
        costs = [found[n] for n in ("no_check", "by_hand", "model_a", "model_b")]
        assert [round(cost, 2) for cost in costs] == [2.00, 0.43, 0.32, 0.52]

    def test_of_the_thresholds(self, lessons):
        found = self.space(lessons, "cost-sensitive-decisions")
        y, p = found["y"], found["p"]

        def cost(threshold: float) -> int:
            return 40 * int(((p < threshold) & (y == 1)).sum()) + 3 * int(
                ((p >= threshold) & (y == 0)).sum()
            )

        assert [cost(t) for t in (2, 0.5, 0, 3 / 43, 0.135)] == [4280, 387, 213, 150, 99]

    def test_of_the_correction_for_base_rates(self):
        odds = (0.05 / 0.95) / (0.6 / 0.4)
        assert round(odds / (1 + odds), 3) == 0.034

    def test_of_leakage(self, lessons):
        found = self.space(lessons, "honest-evaluation")
        assert (round(found["leaky"], 2), round(found["honest"], 2)) == (0.87, 0.47)

    @pytest.mark.parametrize(
        ("found", "of", "low", "high"),
        [(9, 10, 60, 98), (45, 50, 79, 96), (90, 100, 83, 94), (900, 1000, 88, 92),
         (50, 50, 93, 100)],
    )  # fmt: skip
    def test_of_confidence(self, found, of, low, high):
        limits = proportion_confint(found, of, method="wilson")
        assert [round(100 * limit) for limit in limits] == [low, high]

    def test_of_shewhart_run_lengths(self):
        lengths = [1 / (norm.sf(3 - d) + norm.cdf(-3 - d)) for d in (0, 0.5, 1, 2, 3)]
        assert [round(n, 1) for n in lengths] == [370.4, 155.2, 43.9, 6.3, 2.0]

    @pytest.mark.parametrize(("shift", "expected"), [(0, 153), (1, 14.6), (2, 4.9), (3, 2.0)])
    def test_of_run_lengths_with_eight_in_a_row(self, shift, expected):
        up, down = norm.cdf(3 - shift) - norm.cdf(-shift), norm.cdf(-shift) - norm.cdf(-3 - shift)
        moves = np.zeros((15, 15))  # nothing yet, 1 to 7 above, 1 to 7 below
        moves[0, 1], moves[0, 8] = up, down
        for run in range(1, 8):
            moves[run, 8], moves[7 + run, 1] = down, up
            if run < 7:
                moves[run, run + 1], moves[7 + run, 8 + run] = up, down
        length = np.linalg.solve(np.eye(15) - moves, np.ones(15))[0]
        assert length == pytest.approx(expected, rel=0.01)

    @pytest.mark.parametrize(
        ("shift", "expected"), [(0, 560), (0.5, 44), (1, 11), (2, 3.8), (3, 2.4)]
    )
    def test_of_ewma_run_lengths(self, shift, expected):
        # Brook and Evans (1972): the statistic as a Markov chain of many narrow states.
        weight, states = 0.2, 201
        edge = 3 * np.sqrt(weight / (2 - weight))
        half = edge / states
        middles = -edge + half * (2 * np.arange(states) + 1)
        reach = middles[None, :] - (1 - weight) * middles[:, None]
        moves = norm.cdf((reach + half) / weight - shift) - norm.cdf(
            (reach - half) / weight - shift
        )
        length = np.linalg.solve(np.eye(states) - moves, np.ones(states))[states // 2]
        assert length == pytest.approx(expected, rel=0.03)

    def test_of_replacement_ages(self, lessons):
        found = self.space(lessons, "from-alarm-to-maintenance")
        rate, ages = found["cost_rate"], found["ages"]
        assert found["best"] == pytest.approx(0.4, abs=0.02)
        assert rate(found["best"], 2.5) == pytest.approx(4.3, abs=0.05)
        assert rate(6, 2.5) == pytest.approx(9.0, abs=0.05)
        twice = ages[np.argmin([rate(age, 2.5, failure=2) for age in ages])]
        assert twice == pytest.approx(0.9, abs=0.03)


CELLS = """
import json, sys, time, ast
import numpy, pandas, matplotlib.pyplot, sklearn.datasets, sklearn.linear_model
import sklearn.model_selection, sklearn.pipeline, statsmodels.robust.robust_linear_model
cells = json.load(open(sys.argv[1], encoding="utf-8"))["cells"]
space, start = {}, time.process_time()
for cell in cells:
    if cell["cell_type"] == "code":
        exec("".join(cell["source"]), space)
print(time.process_time() - start)
"""


class TestLabs:
    @pytest.mark.parametrize("slug", ["quality-inspection", "visual-inspection"])
    def test_take_less_than_five_seconds_of_computing(self, labs, slug, tmp_path: Path):
        lab = labs[slug]
        for name, data in {**lab.files, "lab.ipynb": next(iter(lab.notebooks.values()))}.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(data)
        done = subprocess.run(
            [sys.executable, "-c", CELLS, "lab.ipynb"],
            cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True,
            env={**os.environ, "MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        assert float(done.stdout.split()[-1]) < 5
        assert done.stderr == ""

    def test_are_written_in_both_languages(self, labs):
        for lab in labs.values():
            for data in lab.notebooks.values():
                for cell in json.loads(data)["cells"]:
                    if cell["cell_type"] == "markdown":
                        text = "".join(cell["source"])
                        assert re.search(r"[一-鿿]{2}", text)
                        assert re.search(r"[A-Za-z]{3} [a-z]{2}", text)

    def test_give_a_hint_for_every_test(self, labs):
        for lab in labs.values():
            for data in lab.notebooks.values():
                marks = (c["metadata"].get("nbgrader", {}) for c in json.loads(data)["cells"])
                tests = {m["grade_id"] for m in marks if m.get("grade") and not m["solution"]}
                assert tests == set(lab.hints)

    def test_say_where_their_data_come_from(self, labs):
        assert all(lab.data for lab in labs.values())
