"""Files and points that come back: whose they are, and what is refused."""

import io

from app.grading import operations, queries
from app.grading.operations import CellRef
from app.grading.rules.matching import Fate
from tests.cast import Cast
from tests.grading.archives import SLUG, as_csv, box_of, boxes, download, table, zipped
from tests.grading.helpers import grade_with, hand_in, result
from tests.grading.test_teams import team


class TestMatching:
    def plan(self, cast: Cast, content: bytes):
        return operations.plan_feedback(boxes(cast), content)

    def fates(self, cast: Cast, files: dict[str, bytes]) -> dict[str, Fate]:
        return {row.path: row.fate for row in self.plan(cast, zipped(files)).files}

    def test_finds_folders_by_name_number_handle_code_and_id(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            box = box_of(enrolled, "mei")
            number = box.people[0][0]
            for name in (box.line.folder, number, "mei", box.line.code, str(made.id)):
                (row,) = self.plan(enrolled, zipped({f"any/{name}/f.pdf": b"x"})).files
                assert (row.fate, row.submission_id, row.name) == (Fate.NEW, made.id, "f.pdf"), name
            (row,) = self.plan(enrolled, zipped({f"{number}_feedback.pdf": b"x"})).files
            assert (row.submission_id, row.name) == (made.id, f"{number}_feedback.pdf")

    def test_says_what_fits_nobody_and_what_fits_several(self, enrolled):
        with enrolled.app.app_context():
            hand_in(enrolled, "mei")  # alone, and then with her team
            team(enrolled, "mei", "hao")
            hand_in(enrolled, "mei")
            assert self.fates(enrolled, {"r/nobody/f.txt": b"x", "r/mei/f.txt": b"y"}) == {
                "r/nobody/f.txt": Fate.UNMATCHED,
                "r/mei/f.txt": Fate.AMBIGUOUS,
            }

    def test_leaves_the_students_own_files_out(self, enrolled):
        with enrolled.app.app_context():
            hand_in(enrolled, "mei")
        found = download(enrolled)
        with enrolled.app.app_context():
            folder = box_of(enrolled, "mei").line.folder
            root = f"{enrolled.code}_squares"
            found[f"{root}/{folder}/remarks.md"] = b"good"
            assert self.fates(enrolled, found) == {
                f"{root}/{folder}/squares.ipynb": Fate.OWN,
                f"{root}/{folder}/remarks.md": Fate.NEW,
            }

    def test_an_untouched_download_changes_nothing(self, enrolled):
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "mei"), result(3.3333333333333335))
        found = download(enrolled, "?which=all")
        with enrolled.app.app_context():
            plan = self.plan(enrolled, zipped(found))
            assert (plan.given, plan.changed) == ([], [])
            assert {row.fate for row in plan.points} == {Fate.SAME}

    def test_reads_names_of_old_windows(self, enrolled):
        with enrolled.app.app_context():
            hand_in(enrolled, "mei")
            content = zipped({"r/mei/xx.txt": b"x"})
            content = content.replace(b"xx.txt", "評語".encode("cp950") + b".t")
        with enrolled.app.app_context():
            (row,) = self.plan(enrolled, content).files
            assert row.name == "評語.t"


class TestPoints:
    def line(self, **changes: object) -> dict[str, object]:
        return {
            "student_number": "mei",
            "cell": "why",
            "points": 1,
            "comment": "Well said",
        } | changes

    def fate(self, cast: Cast, **changes: object) -> Fate:
        content = as_csv(self.line(**changes))
        (row,) = operations.plan_feedback(boxes(cast), content).points
        return row.fate

    def test_each_line_is_told_what_becomes_of_it(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            assert self.fate(enrolled) is Fate.WAITS
            grade_with(made, result())
            assert self.fate(enrolled) is Fate.CHANGED
            assert self.fate(enrolled, points=9) is Fate.OUT_OF_RANGE
            assert self.fate(enrolled, points=-1) is Fate.OUT_OF_RANGE
            assert self.fate(enrolled, points="nan") is Fate.NOT_A_NUMBER
            assert self.fate(enrolled, points="two") is Fate.NOT_A_NUMBER
            assert self.fate(enrolled, cell="nothing") is Fate.NO_CELL
            assert self.fate(enrolled, student_number="wang") is Fate.UNMATCHED
            assert self.fate(enrolled, comment="x" * 5001) is Fate.TOO_LONG
            two = as_csv(self.line(), self.line(points=2))
            assert [r.fate for r in operations.plan_feedback(boxes(enrolled), two).points] == [
                Fate.CHANGED,
                Fate.TWICE,
            ]

    def test_what_somebody_changed_since_the_download_is_a_conflict(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            grade_with(made, result())
            made_id = made.id
        rows = table(download(enrolled)[f"{enrolled.code}_squares/points.csv"])
        mine = next(row for row in rows if row["cell"] == "why")
        mine["points"] = "2"
        with enrolled.app.app_context():
            made = queries.submission_visible_to(enrolled.person("ping"), made_id)
            operations.give_score(
                enrolled.person("ping"), made, CellRef("squares", "why"), 1.0, "ping was here"
            )
            (row,) = operations.plan_feedback(boxes(enrolled), as_csv(mine)).points
            assert row.fate is Fate.CONFLICT

    def test_refuses_a_table_without_the_columns(self, enrolled):
        browser = enrolled.browser("lin")
        answer = browser.post(
            f"/teaching/{enrolled.code}/labs/{SLUG}/bulk",
            data={"file": (io.BytesIO(b"a,b\n1,2\n"), "x.csv")},
        )
        assert answer.status_code == 422 and b"must name the columns" in answer.data
