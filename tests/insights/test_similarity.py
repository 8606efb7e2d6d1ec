"""Comparing the works of a lab: what is compared, who may ask and see, what is kept."""

import uuid

import pytest
from sqlalchemy import select

from app.catalog.rules import ItemKind
from app.grading import operations as grading
from app.grading.rules import Via
from app.insights import operations, queries
from app.insights.models import SimilarityNote, SimilarityRun, SimilarPair
from app.kernel.database import db
from app.learning import operations as learning
from app.learning import queries as sections
from app.learning.operations import SectionSettings
from tests.engine import build
from tests.grading.helpers import hand_in
from tests.insights.people import classmates
from tests.insights.test_pages import address
from tests.insights.test_similarity_rules import LONG, OTHER, RENAMED, varied


def wrote(text):
    """Files of a submission with this solution."""
    notebook = build.notebook(
        build.solution(text, "squares"), build.test("assert squares(3)", "test-squares", points=4)
    )
    return {"squares.ipynb": notebook}


def compared(cast, who="lin"):
    """The finished run that WHO asked for."""
    run_id = operations.ask_to_compare(cast.person(who), cast.section(), "squares")
    operations.compare_works(run_id)
    db.session.expire_all()
    run = db.session.get_one(SimilarityRun, run_id)
    assert run.finished_at is not None
    assert not run.has_failed
    return run


def names(run):
    return [
        {row.first.person.handle, row.second.person.handle}
        for row in db.session.scalars(
            select(SimilarPair)
            .where(SimilarPair.run_id == run.id)
            .order_by(SimilarPair.share.desc(), SimilarPair.id)
        )
    ]


@pytest.fixture
def alike(enrolled):
    """mei and hao wrote much the same."""
    with enrolled.app.app_context():
        hand_in(enrolled, "mei", wrote(LONG))
        hand_in(enrolled, "hao", wrote(RENAMED))
        db.session.commit()
    return enrolled


def pair_page(cast):
    with cast.app.app_context():
        compared(cast)
        return address(
            cast, f"similarity/squares/{db.session.scalars(select(SimilarPair.id)).one()}"
        )


class TestComparing:
    def test_finds_renamed_copies_and_nothing_else(self, alike):
        with alike.app.app_context():
            (other,) = classmates(alike, 1)
            hand_in(alike, other, wrote(OTHER))
            run = compared(alike)
            assert names(run) == [{"mei", "hao"}]
            assert (run.work_count, run.compared_count, run.done_count) == (3, 3, 6)

    def test_takes_the_newest_work_of_everybody(self, alike):
        with alike.app.app_context():
            hand_in(alike, "hao", wrote(OTHER))
            assert names(compared(alike)) == []

    def test_finds_nothing_in_what_was_released(self, enrolled):
        with enrolled.app.app_context():
            released = next(iter(queries.released_to({_version(enrolled)})))
            for handle in ("mei", "hao"):
                hand_in(enrolled, handle, {"squares.ipynb": released["squares.ipynb"]})
            run = compared(enrolled)
            assert (names(run), run.work_count, run.compared_count) == ([], 2, 0)

    def test_does_not_mind_what_cannot_be_read(self, alike):
        with alike.app.app_context():
            one, two = classmates(alike, 2)
            hand_in(alike, one, wrote("") | {"more.py": b"\xff\xfe\x00 = ("})
            hand_in(alike, two, wrote("def (:\n  '''中文"))
            assert names(compared(alike)) == [{"mei", "hao"}]

    def test_finds_the_pair_among_fifty(self, alike):
        with alike.app.app_context():
            for number, handle in enumerate(classmates(alike, 48)):
                hand_in(alike, handle, wrote(varied(number)))
            run = compared(alike)
            assert run.work_count == 50
            assert names(run)[0] == {"mei", "hao"}

    def test_takes_the_place_of_the_last_and_leaves_notes(self, alike):
        with alike.app.app_context():
            first = compared(alike).id
            (pair,) = db.session.scalars(select(SimilarPair)).all()
            operations.note_about(alike.person("lin"), pair, "Same table", key=uuid.uuid4())
            again = compared(alike)
            assert db.session.scalars(select(SimilarityRun.id)).all() == [again.id] != [first]
            (pair,) = db.session.scalars(select(SimilarPair)).all()
            assert [note.text for note in queries.notes_of(pair)] == ["Same table"]

    def test_is_asked_for_once_and_done_once(self, alike):
        with alike.app.app_context():
            lin, section = alike.person("lin"), alike.section()
            run_id = operations.ask_to_compare(lin, section, "squares")
            assert operations.ask_to_compare(lin, section, "squares") == run_id
            for _n in range(2):
                operations.compare_works(run_id)
            assert len(db.session.scalars(select(SimilarPair)).all()) == 1

    def test_says_when_it_failed(self, alike, monkeypatch):
        with alike.app.app_context():
            run_id = operations.ask_to_compare(alike.person("lin"), alike.section(), "squares")
            monkeypatch.setattr("app.kernel.blobs.get", lambda address: 1 / 0)
            operations.compare_works(run_id)
            monkeypatch.undo()
        text = alike.browser("lin").get(address(alike, "similarity/squares")).text
        assert "could not be finished" in text
        assert "Compare again" in text


def _version(cast):
    taught = sections.section_for(cast.person("lin"), cast.section().code)
    return taught.item(ItemKind.LAB, "squares").lab_version_id


class TestPages:
    def test_asks_follows_and_shows_side_by_side(self, alike):
        browser, page = alike.browser("lin"), address(alike, "similarity/squares")
        assert browser.post(page).status_code == 303
        assert "Waits for its turn" in browser.get(f"{page}/progress").text
        with alike.app.app_context():
            operations.compare_works(db.session.scalars(select(SimilarityRun.id)).one())
        assert "data-live-go" in browser.get(f"{page}/progress").text
        text = browser.get(page).text
        assert "1 pair" in text
        assert "There can be good reasons" in text
        with alike.app.app_context():
            pair_id = db.session.scalars(select(SimilarPair.id)).one()
        text = browser.get(f"{page}/{pair_id}").text
        assert 'id="a-1" href="#b-1"' in text
        assert 'id="b-1" href="#a-1"' in text
        assert "計算移動平均" in text
        assert "moving_average(data, size)" in text

    def test_keeps_notes_once_and_only_with_words(self, alike):
        page = pair_page(alike)
        browser, data = alike.browser("lin"), {"key": str(uuid.uuid4()), "note": "<b>Same</b> book"}
        for _n in range(2):
            assert browser.post(f"{page}/notes", data=data).status_code == 303
        assert "&lt;b&gt;Same&lt;/b&gt; book" in browser.get(page).text
        with alike.app.app_context():
            assert len(db.session.scalars(select(SimilarityNote)).all()) == 1
        empty = {"key": str(uuid.uuid4()), "note": " "}
        assert browser.post(f"{page}/notes", data=empty).status_code == 422

    def test_code_of_students_is_only_text(self, enrolled):
        with enrolled.app.app_context():
            evil = LONG + "\nx = '<script>alert(1)</script>'\n"
            hand_in(enrolled, "mei", wrote(evil))
            hand_in(enrolled, "hao", wrote(evil))
            db.session.commit()
        text = enrolled.browser("lin").get(pair_page(enrolled)).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text

    def test_are_nothing_for_students_and_staff_of_another_section(self, alike):
        page = pair_page(alike)
        for rest, method in (("", "get"), ("/notes", "post")):
            assert getattr(alike.browser("wang"), method)(f"{page}{rest}").status_code == 404
            assert getattr(alike.browser("mei"), method)(f"{page}{rest}").status_code == 403
        listed = address(alike, "similarity/squares")
        assert alike.browser("wang").post(listed).status_code == 404
        assert alike.browser("mei").post(listed).status_code == 403

    def test_take_a_constant_number_of_statements(self, alike, count_queries):
        browser, page = alike.browser("lin"), address(alike, "similarity/squares")
        with alike.app.app_context():
            compared(alike)
        browser.get(page)
        with count_queries() as one:
            browser.get(page)
        with alike.app.app_context():
            for handle in classmates(alike, 2):
                hand_in(alike, handle, wrote(LONG))
            # Four alike in a small class are not common to it.
            assert len(names(compared(alike))) == 6
        with count_queries() as more:
            browser.get(page)
        assert len(more) == len(one) <= 30, "\n".join(more)


class TestAcrossSections:
    def test_each_sees_pairs_of_sections_that_she_teaches(self, alike):
        """lin teaches two sections of the offering, an assistant only the first."""
        with alike.app.app_context():
            lin, first = alike.person("lin"), alike.section()
            second = learning.add_section(lin, first.offering, SectionSettings(capacity=9))
            (other,) = classmates(alike, 1, second, "other")
            code = second.code
            submit_to(alike, other, code, LONG)
            run = compared(alike)
            assert len(names(run)) == 3
            assert {"mei", "hao"} in names(run)
        page = address(alike, "similarity/squares")
        assert "3 pairs" in alike.browser("lin").get(page).text
        seen = alike.browser("ping").get(page).text
        assert "1 pair<" in seen.replace("\n", "")
        assert code not in seen.split("<tbody>")[1]
        with alike.app.app_context():
            hidden = next(
                row.id for row in db.session.scalars(select(SimilarPair))
                if code in (row.first.section.code, row.second.section.code)
            )  # fmt: skip
        assert alike.browser("lin").get(f"{page}/{hidden}").status_code == 200
        assert alike.browser("ping").get(f"{page}/{hidden}").status_code == 404
        assert alike.browser("ping").get(f"/teaching/{code}/similarity/squares").status_code == 404

    def test_works_of_a_team_are_not_compared(self, alike):
        with alike.app.app_context():
            one, two = (
                queries.WorkToCompare(uuid.uuid4(), uuid.uuid4(), team, frozenset(people), {})
                for team, people in ((None, {1, 2}), (None, {2, 3}))
            )
            assert not one.is_apart_from(two)
            team = uuid.uuid4()
            one, two, three = (
                queries.WorkToCompare(uuid.uuid4(), uuid.uuid4(), team, frozenset({n}), {})
                for n, team in enumerate((team, team, None))
            )
            assert not one.is_apart_from(two)
            assert one.is_apart_from(three)


def submit_to(cast, handle, code, text):
    """HANDLE hands TEXT in to the section CODE."""
    person = cast.person(handle)
    view = sections.section_for(person, code)
    grading.submit(
        person, view.section, view.item(ItemKind.LAB, "squares"), wrote(text), via=Via.SITE
    )
