"""Feedback to keep: the same as on the page, as HTML in nbgrader's look, as PDF, in a ZIP."""

import io
import re
import zipfile
import zlib

import pytest

from app import engine
from app.grading import operations
from app.grading.operations.attempts import _feedback_json
from app.kernel.database import db
from app.learning.operations import releases
from tests.grading.helpers import hand_in, result

TEST = result().cells[0]


def graded_with(cast, handle, *blocks):
    """Within a context: HANDLE's work, graded, with BLOCKS as its feedback."""
    work = hand_in(cast, handle)
    claimed = operations.claim(work.attempt.id)
    assert claimed is not None
    made = result(3.5)
    feedback = {made.name: _feedback_json(list(blocks))}
    assert operations.finish(work.attempt.id, claimed[0], (made,), feedback)
    return work


BLOCKS = (
    engine.FeedbackBlock("markdown", "## 平方 are *areas*"),
    engine.FeedbackBlock("code", "def squares(n):\n    return []"),
    engine.FeedbackBlock(
        "code", "assert squares(3) == [0, 1, 4]", cell=TEST, message="The test did not pass.",
        failing_line="squares(3) == [0, 1, 4]",
    ),
)  # fmt: skip


@pytest.fixture
def graded(enrolled):
    with enrolled.app.app_context():
        work = graded_with(enrolled, "mei", *BLOCKS)
        operations.give_score(
            enrolled.person("lin"), work, operations.CellRef("squares", "test-squares"), 3.25,
            "Look at zero <b>again</b>",
        )  # fmt: skip
        graded_with(enrolled, "hao", *BLOCKS)
        db.session.commit()
        enrolled.address = f"/submissions/{work.id}/feedback"
    return enrolled


class TestHtml:
    def test_has_the_look_of_nbgrader_and_what_the_student_may_see(self, graded):
        answer = graded.browser("mei").get(f"{graded.address}.html")
        assert answer.status_code == 200
        text = answer.text
        assert "squares (Score: 3.25 / 6)" in text
        assert "Test cell" in text and "nbgrader_cell" in text
        assert "<em>areas</em>" in text and "平方" in text
        assert "Look at zero &lt;b&gt;again&lt;/b&gt;" in text
        assert "line 4 of the hidden test" not in text

    def test_is_a_download_that_can_run_and_fetch_nothing(self, graded):
        answer = graded.browser("mei").get(f"{graded.address}.html")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        policy = answer.headers["Content-Security-Policy"]
        assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize(("who", "status"), [("lin", 200), ("hao", 404), ("wang", 404)])
    def test_is_for_its_student_and_her_sections_staff(self, graded, who, status):
        assert graded.browser(who).get(f"{graded.address}.html").status_code == status

    @pytest.mark.parametrize("form", ["html", "pdf"])
    def test_is_not_there_while_it_is_held(self, graded, form):
        with graded.app.app_context():
            releases.hold(graded.person("lin"), [graded.section()], ["lab:squares"])
        assert graded.browser("mei").get(f"{graded.address}.{form}").status_code == 404
        assert graded.browser("lin").get(f"{graded.address}.html").status_code == 200


def unpacked(pdf):
    """The streams of a PDF as they were before they were packed."""
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            yield zlib.decompress(packed)
        except zlib.error:
            continue


class TestPdf:
    def test_is_one_with_chinese_letters(self, graded):
        answer = graded.browser("mei").get(f"{graded.address}.pdf")
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF-")
        # The font is in it, so that it reads everywhere.
        assert any(b"CJK" in part for part in unpacked(answer.data))
        assert answer.headers["Content-Disposition"].startswith("attachment")

    def test_says_so_where_the_machine_cannot(self, graded, monkeypatch):
        def cannot(_page):
            raise engine.PdfUnavailable

        monkeypatch.setattr(engine, "pdf_of", cannot)
        answer = graded.browser("mei").get(f"{graded.address}.pdf", follow_redirects=True)
        assert "PDFs cannot be made on this machine at the moment: save it as HTML." in answer.text

    def test_what_is_missing_names_what_to_type(self):
        assert "apt-get install libpango-1.0-0" in str(engine.PdfUnavailable())


class TestAllOfALab:
    def zipped(self, cast, who="lin", form="html"):
        return cast.browser(who).get(f"/teaching/{cast.code}/labs/squares/feedback.zip?form={form}")

    @pytest.mark.parametrize(("form", "magic"), [("html", b"\n<!doctype"), ("pdf", b"%PDF-")])
    def test_is_an_archive_with_one_file_each(self, graded, form, magic):
        with zipfile.ZipFile(io.BytesIO(self.zipped(graded, form=form).data)) as archive:
            names = sorted(archive.namelist())
            assert [name.rpartition("/")[2] for name in names] == [f"hao-1.{form}", f"mei-1.{form}"]
            assert all(archive.read(name).startswith(magic.strip()) for name in names)

    def test_of_one_too_large_for_paper_is_html_and_the_others_are_not_lost(
        self, graded, monkeypatch
    ):
        real, pages = engine.pdf_of, []

        def sometimes(page):
            pages.append(page)
            if len(pages) == 1:
                raise engine.PdfFailed("too long")
            return real(page)

        monkeypatch.setattr(engine, "pdf_of", sometimes)
        with zipfile.ZipFile(io.BytesIO(self.zipped(graded, form="pdf").data)) as archive:
            assert sorted(n.rpartition(".")[2] for n in archive.namelist()) == ["html", "pdf"]

    def test_is_nothing_for_staff_of_another_section_and_for_students(self, graded):
        assert self.zipped(graded, "wang").status_code == 404
        assert self.zipped(graded, "mei").status_code == 403
