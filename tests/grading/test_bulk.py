"""All work of a lab as an archive, and feedback given back to many."""

import io
import os
import tracemalloc

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.grading import operations, queries
from app.grading.cli import grading
from app.grading.models import FeedbackFile, ManualScore, SubmissionFile
from app.grading.operations import CellRef
from app.grading.rules.archives import safe_name, taken_apart
from app.grading.rules.matching import Fate, Which
from app.kernel import blobs
from app.kernel.database import db
from app.notifications.models import Notification
from tests.cast import SOURCE, Cast
from tests.grading.archives import SLUG, as_csv, box_of, boxes, download, table, unzipped, zipped
from tests.grading.helpers import grade_with, hand_in, result
from tests.grading.test_teams import team


class TestNames:
    @pytest.mark.parametrize(
        ("wanted", "name"),
        [
            ("a/b\\c:d*e?f", "a_b_c_d_e_f"),
            ("s01_陳小美", "s01_陳小美"),
            ("CON.txt", "_CON.txt"),
            ("lpt1", "_lpt1"),
            (" .. ", "_"),
            ("trailing. ", "trailing"),
            ("e\u0301", "é"),
            ("in\u202evisible", "invisible"),
            ("a\nb", "a_b"),
        ],
    )
    def test_are_safe_on_every_system_and_keep_chinese(self, wanted, name):
        assert safe_name(wanted) == name

    @given(st.text(max_size=200))
    def test_are_never_empty_never_long_and_the_same_when_made_safe_again(self, text):
        name = safe_name(text)
        assert 0 < len(name) <= 81
        assert not set(name) & set('<>:"/\\|?*\0\n') and name == name.strip(" .")

    def test_that_differ_in_capitals_alone_are_told_apart(self):
        taken: set[str] = set()
        assert [taken_apart(n, taken) for n in ("a.txt", "A.txt", "a.TXT")] == [
            "a.txt", "A (2).txt", "a (3).TXT",
        ]  # fmt: skip


class TestDownload:
    def test_has_a_folder_for_each_with_what_was_handed_in(self, enrolled):
        with enrolled.app.app_context():
            hand_in(enrolled, "mei", {"squares.ipynb": SOURCE, "圖/說明.txt": b"hm"})
            hand_in(enrolled, "hao")
            folder = box_of(enrolled, "mei").line.folder
            name, number = enrolled.person("mei").name, folder.split("_")[0]
        found = download(enrolled)
        root = f"{enrolled.code}_squares"
        assert folder == f"{number}_{name}"
        assert found[f"{root}/{folder}/squares.ipynb"] == SOURCE
        assert found[f"{root}/{folder}/圖/說明.txt"] == b"hm"
        assert len([p for p in found if p.endswith(".ipynb")]) == 2

    def test_says_in_its_manifest_what_is_where(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            facts = (str(made.id), made.receipt, made.files[0].blob)
        found = download(enrolled)
        (row,) = table(found[f"{enrolled.code}_squares/manifest.csv"])
        assert (row["submission_id"], row["receipt"], row["sha256"]) == facts
        assert row["path"] in {path.partition("/")[2] for path in found}

    def test_takes_the_one_that_counts_the_newest_or_all(self, enrolled):
        with enrolled.app.app_context():
            first = hand_in(enrolled, "mei", {"squares.ipynb": SOURCE, "best.txt": b"1"})
            grade_with(first, result(4.0))
            second = hand_in(enrolled, "mei", {"squares.ipynb": SOURCE, "newest.txt": b"2"})
            grade_with(second, result(0.0))
        for which, names in (
            ("counting", {"best.txt"}),
            ("newest", {"newest.txt"}),
            ("all", {"best.txt", "newest.txt"}),
        ):
            found = {p.rsplit("/", 1)[-1] for p in download(enrolled, f"?which={which}")}
            assert found & {"best.txt", "newest.txt"} == names
        assert any("/submission-2/" in path for path in download(enrolled, "?which=all"))

    def test_names_nobody_when_it_is_blind(self, enrolled):
        with enrolled.app.app_context():
            hand_in(enrolled, "mei")
            box = box_of(enrolled, "mei")
            secrets = [*box.people[0], str(box.line.works[0].id)]
        found = download(enrolled, "?blind=1")
        said = "\n".join(found) + found[f"{enrolled.code}_squares/manifest.csv"].decode()
        assert not [one for one in secrets if one and one in said]

    def test_has_one_folder_for_a_team(self, enrolled):
        with enrolled.app.app_context():
            team(enrolled, "mei", "hao")
            hand_in(enrolled, "mei")
        (row,) = table(download(enrolled)[f"{enrolled.code}_squares/manifest.csv"])
        assert row["folder"] == "team_A" and set(row["handle"].split()) == {"mei", "hao"}

    def test_leaves_a_teachers_own_trial_out(self, enrolled):
        with enrolled.app.app_context():
            hand_in(enrolled, "lin")
        assert table(download(enrolled)[f"{enrolled.code}_squares/manifest.csv"]) == []

    def test_is_for_the_sections_staff_alone(self, enrolled):
        path = f"/teaching/{enrolled.code}/labs/{SLUG}"
        for handle in ("wang", "mei"):
            for page in ("submissions.zip", "bulk"):
                assert enrolled.browser(handle).get(f"{path}/{page}").status_code in (403, 404)
        assert enrolled.browser("lin").get(f"{path}/submissions.zip?which=x").status_code == 404

    def test_takes_constant_statements_for_more_people(self, enrolled, count_queries):
        browser = enrolled.browser("lin")
        path = f"/teaching/{enrolled.code}/labs/{SLUG}/submissions.zip"
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "mei"), result())
        browser.get(path)
        with count_queries() as one:
            assert browser.get(path).data
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "hao"), result())
        with count_queries() as two:
            assert browser.get(path).data
        assert len(two) == len(one)

    def test_keeps_one_file_in_memory_however_many_there_are(self, enrolled):
        """Ten times as much work takes no more memory."""

        def peak() -> int:
            tracemalloc.start()
            size = sum(
                len(part)
                for part in queries.archive_of("r", boxes(enrolled), Which.ALL, blind=False)
            )
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert size > 1_000_000
            return most

        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            for n in range(30):
                db.session.add(
                    SubmissionFile(
                        submission_id=made.id,
                        path=f"{n}.bin",
                        blob=blobs.put(os.urandom(1_000_000)),
                        size=1_000_000,
                    )
                )
                if n == 2:
                    db.session.flush()
                    few = peak()
            db.session.flush()
            assert peak() < few + 2_000_000

    def test_is_written_by_a_command_as_well(self, enrolled, tmp_path):
        with enrolled.app.app_context():
            hand_in(enrolled, "mei")
            target = tmp_path / "all.zip"
            told = CliRunner().invoke(
                grading, ["download", enrolled.section().code, SLUG, "--to", str(target)]
            )
        assert told.exit_code == 0, told.output
        assert "1 submissions" in told.output
        assert any(path.endswith("squares.ipynb") for path in unzipped(target.read_bytes()))


class TestApply:
    def upload(self, browser, cast: Cast, content: bytes):
        answer = browser.post(
            f"/teaching/{cast.code}/labs/{SLUG}/bulk",
            data={"file": (io.BytesIO(content), "feedback.zip")},
        )
        assert answer.status_code == 200, answer.data
        text = answer.data.decode()
        return {
            name: text.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]
            for name in ("upload", "plan")
        }

    def content(self) -> bytes:
        points = as_csv({"folder": "mei", "cell": "why", "points": 2, "comment": "Yes"})
        return zipped({"mei/remarks.html": b"<script>alert(1)</script>", "points.csv": points})

    def apply(self, browser, cast: Cast, form: dict[str, str]):
        return browser.post(f"/teaching/{cast.code}/labs/{SLUG}/bulk/apply", data=form)

    def test_gives_points_and_files_after_a_look_that_changes_nothing(self, enrolled):
        with enrolled.app.app_context():
            made_id = hand_in(enrolled, "mei").id
            grade_with(queries.submission_visible_to(enrolled.person("mei"), made_id), result())
        browser = enrolled.browser("lin")
        form = self.upload(browser, enrolled, self.content())
        with enrolled.app.app_context():
            assert db.session.scalars(select(FeedbackFile)).all() == []
        assert self.apply(browser, enrolled, form).status_code == 303
        with enrolled.app.app_context():
            (file,) = db.session.scalars(select(FeedbackFile)).all()
            assert file.name == "remarks.html"
            given = db.session.scalars(select(ManualScore)).one()
            assert (given.score, given.comment) == (2.0, "Yes")
            told = db.session.scalars(select(Notification.subject)).all()
            assert any("Feedback on your work" in str(dict(one)) for one in told)
            address = f"/submissions/{made_id}/feedback/{file.id}"
        page = enrolled.browser("mei").get(f"/submissions/{made_id}")
        assert b"remarks.html" in page.data
        sent = enrolled.browser("mei").get(address)
        assert sent.mimetype == "application/octet-stream"
        assert "attachment" in sent.headers["Content-Disposition"]
        assert sent.headers["X-Content-Type-Options"] == "nosniff"
        assert enrolled.browser("hao").get(address).status_code == 404

    def test_the_same_file_again_is_there_already_and_another_takes_its_place(self, enrolled):
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "mei"), result())
        browser = enrolled.browser("lin")
        self.apply(browser, enrolled, self.upload(browser, enrolled, self.content()))
        with enrolled.app.app_context():
            plan = operations.plan_feedback(boxes(enrolled), self.content())
            assert {row.fate for row in (*plan.files, *plan.points)} == {Fate.SAME}
        other = zipped({"mei/remarks.html": b"better"})
        self.apply(browser, enrolled, self.upload(browser, enrolled, other))
        with enrolled.app.app_context():
            files = db.session.scalars(select(FeedbackFile)).all()
            assert sorted(file.superseded_at is None for file in files) == [False, True]

    def test_is_looked_at_again_when_something_changed_meanwhile(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            grade_with(made, result())
            made_id = made.id
        browser = enrolled.browser("lin")
        form = self.upload(browser, enrolled, self.content())
        with enrolled.app.app_context():
            ping = enrolled.person("ping")
            made = queries.submission_visible_to(ping, made_id)
            operations.give_score(ping, made, CellRef("squares", "why"), 1.0, "")
        answer = self.apply(browser, enrolled, form)
        assert answer.status_code == 200 and b"changed meanwhile" in answer.data
        with enrolled.app.app_context():
            assert db.session.scalars(select(FeedbackFile)).all() == []

    def test_is_all_or_nothing(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            grade_with(made, result())
            ping, lin, section = (
                enrolled.person("ping"),
                enrolled.person("lin"),
                enrolled.section(),
            )
            plan = operations.plan_feedback(boxes(enrolled), self.content())
            operations.give_score(ping, made, CellRef("squares", "why"), 1.0, "")
            with pytest.raises(operations.ScoredMeanwhile):
                operations.apply_feedback(lin, section, SLUG, plan, self.content())
            assert db.session.scalars(select(FeedbackFile)).all() == []

    def test_goes_to_everybody_of_a_team(self, enrolled):
        with enrolled.app.app_context():
            team(enrolled, "mei", "hao")
            made = hand_in(enrolled, "mei")
            grade_with(made, result())
            content = zipped({"team_A/remarks.txt": b"good"})
            plan = operations.plan_feedback(boxes(enrolled), content)
            operations.apply_feedback(
                enrolled.person("lin"), enrolled.section(), SLUG, plan, content
            )
            made_id = made.id
        assert b"remarks.txt" in enrolled.browser("hao").get(f"/submissions/{made_id}").data
