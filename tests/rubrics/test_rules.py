"""Rubrics by themselves: points, totals, what is missing, what is wrong, what changed."""

import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.kernel.i18n import speaking
from app.rubrics import rules
from app.rubrics.rules import Mark, Scoring
from tests.rubrics.scales import criterion, marks_for, raw, scale, scales

NAMES = ["title", "criteria", "levels", "id", "points", "scoring"]
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
DATA = Path(rules.__file__).parent / "data"
KEYS = {
    "title", "description", "scoring", "criteria", "levels", "id", "points", "critical", "en",
    "zh-Hant-TW",
}  # fmt: skip


def _keys(part):
    if isinstance(part, dict):
        yield from part
    for inner in part.values() if isinstance(part, dict) else part:
        if isinstance(inner, dict | list):
            yield from _keys(inner)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
)


class TestAssessing:
    def test_adds_the_points_of_the_chosen_levels(self):
        done = rules.assess(scale(), {"idea": Mark("l1"), "style": Mark("l0")})
        assert (done.sum, done.total, done.maximum) == (11, 11, 15)
        assert done.is_complete

    def test_names_what_is_missing(self):
        done = rules.assess(scale(), {"idea": Mark("l1")})
        assert [row.id for row in done.missing] == ["style"]
        assert done.total == 6

    @pytest.mark.parametrize(
        ("scoring", "mark"),
        [
            ("levels", Mark("gone")),
            ("levels", Mark("l1", Decimal(7))),
            ("levels", Mark(None, Decimal(7))),
            ("ranges", Mark("l1", Decimal("6.01"))),
            ("ranges", Mark("l0", Decimal("5.99"))),
            ("points", Mark(None, Decimal("10.01"))),
            ("points", Mark("l1")),
            ("none", Mark("l1", Decimal(1))),
        ],
    )
    def test_refuses_a_mark_that_the_rubric_does_not_allow(self, scoring, mark):
        done = rules.assess(scale(scoring), {"idea": mark})
        assert [wrong.criterion for wrong in done.wrong] == ["idea"]
        assert done.total == 0

    def test_a_mark_for_no_criterion_is_wrong(self):
        assert rules.assess(scale(), {"beauty": Mark("l1")}).wrong[0].criterion == "beauty"

    def test_points_choose_their_level_and_a_level_its_best_points(self):
        one = scale("ranges")
        done = rules.assess(one, {"idea": Mark(None, Decimal(6)), "style": Mark("l1")})
        assert done.row("idea").level.id == "l1"
        assert done.row("style").points == 2

    def test_a_failed_critical_criterion_fails_the_whole(self):
        one = scale("levels", criterion("idea", 10, 4), criterion("honest", 5, 0, critical=True))
        done = rules.assess(one, {"idea": Mark("l0"), "honest": Mark("l1")})
        assert (done.sum, done.total) == (10, 0)
        assert [row.id for row in done.failed] == ["honest"]

    def test_a_critical_criterion_fails_below_its_least_points_only(self):
        one = scale("points", criterion("safe", critical=True, points="10", least="6"))
        assert rules.assess(one, {"safe": Mark(None, Decimal("5.99"))}).failed
        assert not rules.assess(one, {"safe": Mark(None, Decimal(6))}).failed

    def test_without_points_a_level_or_a_comment_is_enough(self):
        one = scale("none", criterion("idea", 3, 1), criterion("free"))
        done = rules.assess(one, {"idea": Mark("l0"), "free": Mark(comment="Fine.")})
        assert done.is_complete and done.total == done.maximum == 0
        assert rules.assess(one, {"free": Mark(comment="  ")}).missing

    @calm
    @given(st.data())
    def test_the_total_lies_between_nothing_and_the_most(self, data):
        one = data.draw(scales())
        done = rules.assess(one, data.draw(marks_for(one)))
        assert done.wrong == ()
        assert 0 <= done.total <= done.sum <= done.maximum == one.maximum

    @calm
    @given(st.data())
    def test_the_order_of_the_criteria_does_not_matter(self, data):
        one = data.draw(scales())
        marks = data.draw(marks_for(one))
        shuffled = list(one.criteria)
        random.Random(data.draw(st.integers())).shuffle(shuffled)  # noqa: S311
        other = rules.assess(replace(one, criteria=tuple(shuffled)), marks)
        done = rules.assess(one, marks)
        assert (done.sum, done.total, done.maximum) == (other.sum, other.total, other.maximum)
        assert {r.id for r in done.missing} == {r.id for r in other.missing}

    @calm
    @given(st.data())
    def test_a_better_level_never_lowers_the_total(self, data):
        one = data.draw(scales((Scoring.LEVELS, Scoring.RANGES)))
        marks = data.draw(marks_for(one))
        chosen = [row for row in one.criteria if row.levels and row.id in marks]
        for row in chosen:
            at = row.levels.index(row.level(marks[row.id].level))
            better = data.draw(st.sampled_from(row.levels[: at + 1]))
            if better.id == marks[row.id].level:
                continue
            raised = rules.assess(one, {**marks, row.id: Mark(better.id)})
            assert raised.total >= rules.assess(one, marks).total

    @calm
    @given(st.data())
    def test_adding_a_better_level_changes_nothing_that_was_judged(self, data):
        one = data.draw(scales((Scoring.LEVELS, Scoring.RANGES), critical=False))
        marks = data.draw(marks_for(one))
        row = data.draw(st.sampled_from(one.criteria))
        if not row.levels:
            return
        top = replace(row.levels[0], id="top", points=row.levels[0].points + 1)
        grown = replace(row, levels=(top, *row.levels))
        other = replace(one, criteria=tuple(grown if c is row else c for c in one.criteria))
        assert rules.assess(other, marks).total == rules.assess(one, marks).total
        assert other.maximum == one.maximum + 1

    @calm
    @given(st.data())
    def test_marks_are_kept_as_they_were(self, data):
        one = data.draw(scales())
        marks = data.draw(marks_for(one))
        assert rules.marks_of(rules.marks_to_json(marks)) == marks


class TestChecking:
    @pytest.mark.parametrize(
        ("given", "path"),
        [
            (raw(title={}), "title"),
            (raw() | {"criteria": []}, "criteria"),
            (raw("levels", criterion("a", 5, 6)), "criteria.0.levels.1.points"),
            (raw("levels", criterion("a", 0, 0)), "criteria.0.levels.0.points"),
            (raw("levels", criterion("a", "many", 0)), "criteria.0.levels.0.points"),
            (raw("levels", criterion("a", "1.005", 0)), "criteria.0.levels.0.points"),
            (raw("levels", criterion("a", "NaN", 0)), "criteria.0.levels.0.points"),
            (raw("levels", criterion("a", 5)), "criteria.0.levels"),
            (raw("levels", criterion("a", 5, 1, title={})), "criteria.0.title"),
            (raw("levels", criterion("a", 5, 1, critical=True, least="6")), "criteria.0.least"),
            (raw("points", criterion("a", points="")), "criteria.0.points"),
            (raw("none", criterion("a", critical=True)), "criteria.0.critical"),
            (raw("levels", criterion("a", 5, 1, title={"en": "x" * 201})), "criteria.0.title"),
        ],
    )
    def test_says_what_is_wrong_at_its_field(self, given, path):
        assert [problem.path for problem in rules.check(given)] == [path]

    def test_speaks_the_readers_language(self):
        problem = rules.check(raw(title={}))[0]
        with speaking("zh-Hant-TW"):
            assert str(problem.message) == "請為評量尺規命名。"

    def test_fields_that_the_scoring_does_not_look_at_are_not_in_the_way(self):
        given = raw("levels", criterion("a", 5, 1, points="what", least="ever"))
        assert rules.check(given) == []
        assert rules.scale_of(given).maximum == 5

    @calm
    @given(scales())
    def test_what_was_read_is_written_the_same(self, one):
        assert rules.scale_of(rules.raw_of(one)) == one

    @calm
    @given(anything)
    def test_whatever_is_imported_is_read_or_refused(self, given):
        try:
            tidied = rules.tidy(given)
        except rules.NotARubric:
            return
        rules.check(tidied)


class TestComparing:
    def test_the_same_has_no_changes(self):
        assert rules.changes(scale(), scale()) == []

    def test_says_every_change_in_words(self):
        new = scale(
            "ranges",
            criterion("proof", 8, 1, critical=True),
            criterion("style", 5, 3),
            criterion("idea", 12, 6, title={"en": "The idea"}),
        )
        with speaking("en"):
            said = [str(line) for line in rules.changes(scale(), new)]
        assert said == [
            "The scoring was “Levels with points”, now “Levels, points within their range”.",
            "“Proof” was added.",
            "The criteria stand in another order.",
            "“Style”: “Level 1” gave 2 points, now 3.",
            "“Idea” is now called “The idea”.",
            "“The idea” was worth 10 points, now 12.",
            "“The idea”: the level “Level 2” was taken out.",
            "“The idea”: “Level 0” gave 10 points, now 12.",
            "The most that can be reached was 15 points, now 25.",
        ]


class TestEditing:
    def test_a_part_moves_as_far_as_the_end(self):
        given = raw()
        moved, part = rules.edited(given, rules.Edit.read("down:idea"))
        assert [row["id"] for row in moved["criteria"]] == ["style", "idea"] and part == "idea"
        again, _part = rules.edited(moved, rules.Edit.read("down:idea"))
        assert again == moved

    def test_a_new_criterion_takes_the_levels_of_the_one_above(self):
        made, part = rules.edited(raw(), rules.Edit.read("add-criterion"))
        row = made["criteria"][-1]
        assert row["id"] == part
        assert [level["points"] for level in row["levels"]] == ["5", "2"]
        assert len({level["id"] for c in made["criteria"] for level in c["levels"]}) >= 4

    def test_a_level_is_deleted_and_nothing_else(self):
        made, _part = rules.edited(raw(), rules.Edit.read("delete:idea:l1"))
        assert [level["id"] for level in made["criteria"][0]["levels"]] == ["l0", "l2"]
        assert made["criteria"][1] == raw()["criteria"][1]

    @pytest.mark.parametrize("text", ["", "save", "delete:a:b:c", "drop:idea"])
    def test_other_presses_change_nothing(self, text):
        assert rules.Edit.read(text) is None

    @pytest.mark.parametrize("text", ["up:gone", "delete:idea:gone", "add-level:gone"])
    def test_what_is_gone_stays_gone(self, text):
        assert rules.edited(raw(), rules.Edit.read(text))[0] == raw()


class TestFiles:
    @pytest.mark.parametrize("slug", rules.STARTERS)
    def test_every_template_is_complete_in_both_languages(self, slug):
        given = rules.starter(slug)
        assert rules.check(given) == []
        written = yaml.safe_load((DATA / f"{slug}.yaml").read_text("utf-8"))
        assert set(_keys(written)) <= KEYS  # a comma outside quotes makes a key of half a text
        one = rules.starter_scale(slug)
        assert one.maximum == 100
        texts = [one.title, one.description]
        for row in one.criteria:
            texts += [row.title, *(level.title for level in row.levels)]
            texts += [level.description for level in row.levels]
        assert all(set(text) == {"zh-Hant-TW", "en"} for text in texts)

    @pytest.mark.parametrize("write", [rules.to_yaml, rules.to_json])
    def test_what_is_exported_is_read_again(self, write):
        given = rules.starter("team-project")
        ending = "yaml" if write is rules.to_yaml else "json"
        assert rules.read_file(f"x.{ending}", write(given).encode()) == given

    @calm
    @given(scales((Scoring.LEVELS, Scoring.RANGES), critical=False))
    def test_a_table_for_canvas_keeps_levels_and_points(self, one):
        table = rules.canvas_rows(one, "en")
        assert table[0][:4] == [
            "Rubric Name", "Criteria Name", "Criteria Description", "Criteria Enable Range",
        ]  # fmt: skip
        text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in table)
        back = rules.scale_of(rules.read_file("x.csv", text.encode("utf-8-sig")))
        assert back.maximum == one.maximum
        for row, other in zip(one.criteria, back.criteria, strict=True):
            assert str(row.title) == str(other.title)
            if row.levels:
                assert [lv.points for lv in row.levels] == [lv.points for lv in other.levels]

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("x.yaml", b"a: &a [1]\ncriteria: [*a, *a]\ntitle: x"),
            ("x.yaml", b"!!python/object/apply:os.system ['true']"),
            ("x.yaml", b"criteria: {"),
            ("x.json", b"[" * 100_000),
            ("x.json", b"{}"),
            ("x.csv", b"Name,Points\nA,1\n"),
            ("x.csv", b"\xff\xfe"),
            ("x.exe", b"title: x"),
            ("x.yaml", b"x" * 200_001),
        ],
    )
    def test_a_file_that_is_none_is_refused_in_words(self, name, data):
        with pytest.raises(rules.NotARubric) as refused:
            rules.read_file(name, data)
        assert str(refused.value.message)
