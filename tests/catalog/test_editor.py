"""The editor: drafts that nobody overwrites silently, publishing, going back, and who may."""

import io
import json

import pytest

from app.catalog import operations, queries
from app.catalog.operations import Change
from app.catalog.rules import NodeKind
from tests.engine import build

SLUG = "areas-and-squares"
NEW = {
    "title_zh": "從零開始", "title_en": "From nothing", "slug": "from-nothing", "hours": "12",
    "credits": "2", "in_english": "y",
}  # fmt: skip
PDF = b"%PDF-1.4 handout"


@pytest.fixture
def written(cast):
    """The course that lin and wang write, with its draft."""
    with cast.app.app_context():
        course = queries.course(SLUG)
        for handle in ("lin", "wang"):
            operations.add_editor(course, cast.person(handle), by=None)
        operations.open_draft(cast.person("lin"), course)
    return cast


def node(cast, kind: NodeKind, slug: str = SLUG):
    draft = queries.draft_of(queries.course(slug).id)
    return next(n for n in draft.nodes if n.kind is kind and n.removed_at is None)


def save(cast, handle: str, node_id, base: int, **fields: object):
    changes = {name.replace("__", "."): Change(value, base) for name, value in fields.items()}
    return operations.save_fields(cast.person(handle), queries.course(SLUG), node_id, changes)


def new_course(cast, handle: str = "lin", **changes: str) -> str:
    browser = cast.browser(handle)
    with cast.app.app_context():
        cluster = queries.all_clusters()[0].id
        school = next(iter(cast.person(handle).organisations_as("instructor")))
    answer = browser.post(
        "/teach/courses/new", data=NEW | {"cluster": str(cluster), "school": str(school)} | changes
    )
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


class TestWhoWrites:
    def test_strangers_and_students_meet_nothing(self, written):
        assert written.browser("mei").get(f"/teach/courses/{SLUG}/edit").status_code == 403
        assert written.browser("ping").get(f"/teach/courses/{SLUG}/edit").status_code in (403, 404)
        assert written.browser("wang").get(f"/teach/courses/{SLUG}/edit").status_code == 200

    def test_an_editor_who_no_longer_teaches_writes_no_longer(self, written):
        with written.app.app_context():
            wang = written.person("wang")
            assert queries.course_edited_by(wang, SLUG)
            for membership in wang.live_memberships:
                membership.ended_at = membership.started_at
            with pytest.raises(queries.drafts.NotVisible):
                queries.course_edited_by(wang, SLUG)

    def test_another_instructor_is_added_and_taken_off_by_name(self, written):
        browser = written.browser("lin")
        answer = browser.post(
            f"/teach/courses/{SLUG}/editors", data={"email": "mei@rongnan.example"}
        )
        assert answer.status_code == 422 and "No instructor" in answer.text
        with written.app.app_context():
            wang = written.person("wang").id
        browser.post(f"/teach/courses/{SLUG}/editors/{wang}/removal")
        assert written.browser("wang").get(f"/teach/courses/{SLUG}/edit").status_code == 404


class TestSaving:
    def test_two_editors_of_different_fields_both_keep_theirs(self, written):
        with written.app.app_context():
            lesson = node(written, NodeKind.LESSON).id
            base = queries.draft_of(queries.course(SLUG).id).revision
            save(written, "lin", lesson, base, title__en="Surfaces")
            second = save(written, "wang", lesson, base, minutes="15")
            assert second.conflicts == [] and second.others == {"title.en": "Surfaces"}
            content = node(written, NodeKind.LESSON).content
            assert (content["title.en"], content["minutes"]) == ("Surfaces", "15")

    def test_two_editors_of_one_field_are_shown_both_and_nothing_is_overwritten(self, written):
        with written.app.app_context():
            lesson = node(written, NodeKind.LESSON).id
            base = queries.draft_of(queries.course(SLUG).id).revision
            save(written, "lin", lesson, base, body__en="Lin's text")
            second = save(written, "wang", lesson, base, body__en="Wang's", minutes="9")
            (conflict,) = second.conflicts
            assert (conflict.name, conflict.theirs, conflict.by) == ("body.en", "Lin's text", "lin")
            assert second.saved == ["minutes"]
            assert node(written, NodeKind.LESSON).content["body.en"] == "Lin's text"
            kept = save(written, "wang", lesson, second.revision, body__en="Wang's")
            assert kept.conflicts == []
            assert node(written, NodeKind.LESSON).content["body.en"] == "Wang's"

    def test_two_tabs_of_one_person_are_two_editors(self, written):
        with written.app.app_context():
            lesson = node(written, NodeKind.LESSON).id
            base = queries.draft_of(queries.course(SLUG).id).revision
            save(written, "lin", lesson, base, body__en="first tab")
            assert save(written, "lin", lesson, base, body__en="second tab").conflicts

    def test_the_same_words_twice_are_no_conflict(self, written):
        with written.app.app_context():
            lesson = node(written, NodeKind.LESSON).id
            base = queries.draft_of(queries.course(SLUG).id).revision
            first = save(written, "lin", lesson, base, body__en="same")
            again = save(written, "wang", lesson, base, body__en="same")
            assert (again.conflicts, again.revision) == ([], first.revision)

    def test_the_script_gets_409_with_what_is_there(self, written):
        with written.app.app_context():
            lesson = node(written, NodeKind.LESSON).id
        address, headers = f"/teach/courses/{SLUG}/parts/{lesson}", {"X-Requested-With": "editor"}
        fields = {"title.en": {"value": "Mine", "base": 1}}
        first = written.browser("lin").post(address, json={"fields": fields}, headers=headers)
        assert first.status_code == 200 and first.json["saved"] == ["title.en"]
        fields["title.en"]["value"] = "Yours"
        second = written.browser("wang").post(address, json={"fields": fields}, headers=headers)
        assert second.status_code == 409
        assert second.json["conflicts"][0]["theirs"] == "Mine"

    def test_a_form_without_script_keeps_what_was_typed_and_shows_the_other(self, written):
        with written.app.app_context():
            lesson = node(written, NodeKind.LESSON).id
        address = f"/teach/courses/{SLUG}/parts/{lesson}"
        data = {"revision": "1", "title.en": "Mine", "minutes": "12"}
        assert written.browser("lin").post(address, data=data).status_code == 302
        answer = written.browser("wang").post(address, data=data | {"title.en": "Hers"})
        assert answer.status_code == 409
        assert 'value="Hers"' in answer.text and ">Mine<" in answer.text

    @pytest.mark.parametrize(
        ("name", "value"), [("blob", "x"), ("owner", "me"), ("slug.en", "x"), ("title.fr", "x")]
    )
    def test_what_is_no_field_is_refused(self, written, name, value):
        with written.app.app_context():
            file = node(written, NodeKind.LESSON).id
        answer = written.browser("lin").post(
            f"/teach/courses/{SLUG}/parts/{file}",
            json={"fields": {name: {"value": value, "base": 1}}},
            headers={"X-Requested-With": "editor"},
        )
        assert answer.status_code == 400

    def test_an_address_that_would_leave_the_folder_or_is_taken_is_refused(self, written):
        with written.app.app_context():
            course, lin = queries.course(SLUG), written.person("lin")
            module = node(written, NodeKind.MODULE).id
            other = operations.add_part(lin, course, NodeKind.LESSON, module).id
            for slug in ("../../etc", "A", "areas", ""):
                assert "slug" in save(written, "lin", other, 99, slug=slug).refused, slug


class TestOutline:
    def step(self, cast, handle="lin", **fields):
        return cast.browser(handle).post(
            f"/teach/courses/{SLUG}/outline", data=fields, headers={"X-Requested-With": "editor"}
        )

    def items(self, cast):
        with cast.app.app_context():
            draft = queries.draft_of(queries.course(SLUG).id)
            return [
                [n.content["slug"] for n in operations.outline.standing(draft, module.id)]
                for module in operations.outline.standing(draft, None)
            ]

    def test_items_move_within_and_between_modules_and_are_announced(self, written):
        with written.app.app_context():
            lesson = node(written, NodeKind.LESSON).id
            lin, course = written.person("lin"), queries.course(SLUG)
            second = operations.add_part(lin, course, NodeKind.MODULE).id
        answer = self.step(written, action="move", node=lesson, position=1)
        assert "is number 2 now" in answer.text
        assert self.items(written) == [["squares", "areas"], []]
        self.step(written, "wang", action="move", node=lesson, module=second, position=0)
        assert self.items(written) == [["squares"], ["areas"]]

    def test_what_was_taken_out_comes_back(self, written):
        with written.app.app_context():
            lesson = node(written, NodeKind.LESSON).id
        self.step(written, action="remove", node=lesson)
        assert self.items(written) == [["squares"]]
        again = self.step(written, "wang", action="move", node=lesson, position=0)
        assert again.status_code == 409 and "taken this part out" in again.text
        self.step(written, action="restore", node=lesson)
        assert self.items(written) == [["squares", "areas"]]

    def test_a_module_with_something_in_it_stays(self, written):
        with written.app.app_context():
            module = node(written, NodeKind.MODULE).id
        assert self.step(written, action="remove", node=module).status_code == 409

    def test_a_part_of_another_course_is_not_there(self, written):
        with written.app.app_context():
            lesson = node(written, NodeKind.LESSON).id
        new_course(written)
        answer = written.browser("lin").post(
            "/teach/courses/from-nothing/outline",
            data={"action": "move", "node": lesson, "position": 0},
        )
        assert answer.status_code == 404


class TestPublishing:
    def publish(self, cast, handle="lin", note=""):
        with cast.app.app_context():
            course = queries.course(SLUG)
            draft, versions = queries.draft_of(course.id), queries.versions_of(course.id)
            return operations.publish_draft(
                cast.person(handle), course, revision=draft.revision,
                newest=versions[0].number if versions else 0, note=note,
            ).number  # fmt: skip

    def test_an_untouched_draft_has_nothing_to_publish(self, written):
        with pytest.raises(operations.NothingToPublish):
            self.publish(written)

    def test_a_change_becomes_the_next_version_and_the_old_one_stays(self, written):
        with written.app.app_context():
            lesson = node(written, NodeKind.LESSON).id
            save(written, "lin", lesson, 1, body__en="Areas are **large**.")
        assert self.publish(written, note="Clearer") == 2
        with written.app.app_context():
            new, old = queries.versions_of(queries.course(SLUG).id)
            assert (new.note, new.published_by.handle) == ("Clearer", "lin")
            bodies = [v.items[0].body_html.in_language("en") for v in (new, old)]
            assert "<strong>large</strong>" in bodies[0] and "large" not in bodies[1]
            assert new.items[1].lab_version_id == old.items[1].lab_version_id

    def test_publishing_twice_from_two_tabs_makes_one_version(self, written):
        with written.app.app_context():
            save(written, "lin", node(written, NodeKind.LESSON).id, 1, minutes="11")
            revision = queries.draft_of(queries.course(SLUG).id).revision
        browser, data = written.browser("lin"), {"revision": revision, "newest": 1, "note": ""}
        for _tab in range(2):
            browser.post(f"/teach/courses/{SLUG}/versions", data=data)
        with written.app.app_context():
            assert [v.number for v in queries.versions_of(queries.course(SLUG).id)] == [2, 1]

    def test_what_changed_since_she_looked_is_not_published_unseen(self, written):
        with written.app.app_context():
            revision = queries.draft_of(queries.course(SLUG).id).revision
            save(written, "wang", node(written, NodeKind.LESSON).id, 1, minutes="11")
            with pytest.raises(operations.DraftMoved):
                operations.publish_draft(
                    written.person("lin"),
                    queries.course(SLUG),
                    revision=revision,
                    newest=1,
                    note="",
                )

    def test_an_unfinished_draft_says_where_what_is_missing(self, written):
        with written.app.app_context():
            lesson = node(written, NodeKind.LESSON).id
            save(written, "lin", lesson, 1, body__en="$\\frac{a$", minutes="soon", title__en=" ")
            with pytest.raises(operations.DraftUnfinished) as refused:
                course = queries.course(SLUG)
                revision = queries.draft_of(course.id).revision
                operations.publish_draft(
                    written.person("lin"), course, revision=revision, newest=1, note=""
                )
            assert {problem.node_id for problem in refused.value.problems} == {lesson}
        page = written.browser("lin").get(f"/teach/courses/{SLUG}/review").text
        assert "The title is missing" in page
        assert "minutes must be a number from 1 to 600" in page
        assert "This formula cannot be read" in page
        assert "Publish version" not in page

    def test_going_back_publishes_the_old_content_again_and_keeps_everything(self, written):
        with written.app.app_context():
            save(written, "lin", node(written, NodeKind.LESSON).id, 1, body__en="Worse.")
        self.publish(written)
        browser = written.browser("lin")
        browser.post(f"/teach/courses/{SLUG}/versions/1/again", data={"newest": "2"})
        with written.app.app_context():
            three, two, one = queries.versions_of(queries.course(SLUG).id)
            assert three.digest == one.digest != two.digest
            assert node(written, NodeKind.LESSON).content["body.en"] != "Worse."
        stale = browser.post(f"/teach/courses/{SLUG}/versions/2/again", data={"newest": "2"})
        assert stale.status_code == 302
        with written.app.app_context():
            assert len(queries.versions_of(queries.course(SLUG).id)) == 3

    def test_loading_the_old_folder_again_does_not_undo_the_editor(self, written):
        from tests.cast import cluster

        with written.app.app_context():
            save(written, "lin", node(written, NodeKind.LESSON).id, 1, minutes="33")
        self.publish(written)
        with written.app.app_context():
            assert operations.load_clusters((cluster(),)).published == []
            assert queries.latest_version(SLUG).number == 2

    def test_two_versions_are_compared_in_words_and_lines(self, written):
        with written.app.app_context():
            save(written, "lin", node(written, NodeKind.LESSON).id, 1,
                 body__en="Squares are *large*.", title__en="Surfaces")  # fmt: skip
        self.publish(written)
        page = (
            written.browser("lin")
            .get(f"/teach/courses/{SLUG}/versions/difference?old=1&new=2")
            .text
        )
        assert "renamed" in page and "<ins>+ Squares are *large*.</ins>" in page

    def test_comments_stay_until_they_are_resolved(self, written):
        with written.app.app_context():
            lesson = node(written, NodeKind.LESSON).id
        address = f"/teach/courses/{SLUG}/comments"
        said = {"words": "<script>alert(1)</script> too short", "node": str(lesson)}
        written.browser("wang").post(address, data=said)
        page = written.browser("lin").get(f"/teach/courses/{SLUG}/edit/{lesson}").text
        assert "&lt;script&gt;alert(1)" in page and "<script>alert(1)" not in page
        with written.app.app_context():
            (comment,) = queries.review_comments(queries.course(SLUG).id)
        written.browser("lin").post(f"{address}/{comment.id}/resolution", data={"resolved": "yes"})
        assert "Resolved by" in written.browser("wang").get(f"/teach/courses/{SLUG}/review").text


class TestFromNothing:
    def test_a_course_with_a_lesson_and_a_pdf_is_published_and_read(self, written):
        browser, address = written.browser("lin"), new_course(written)
        assert browser.get(address).status_code == 200
        assert "from-nothing" not in browser.get("/clusters").text
        with written.app.app_context():
            module = node(written, NodeKind.MODULE, "from-nothing").id
        placed = browser.post(
            "/teach/courses/from-nothing/files",
            data={"module": str(module), "file": (io.BytesIO(PDF), "講義.pdf")},
            headers={"X-Requested-With": "editor"},
        )
        assert placed.status_code == 200, placed.text
        added = browser.post(
            "/teach/courses/from-nothing/outline",
            data={"action": "add", "kind": "lesson", "module": str(module)},
        )
        both = ("zh-Hant-TW", "en")
        lesson = {"revision": "99", "minutes": "10", "slug": "first"}
        lesson |= {f"title.{c}": "First" for c in both} | {f"body.{c}": "Hello $x$" for c in both}
        saved = browser.post(added.headers["Location"].replace("/edit/", "/parts/"), data=lesson)
        assert saved.status_code == 302, saved.text
        with written.app.app_context():
            head = node(written, NodeKind.COURSE, "from-nothing").id
        course = {"revision": "99", "level": "advanced", "languages": list(both)}
        for name in ("summary", "description"):
            course |= {f"{name}.{code}": "About it" for code in both}
        course |= {f"outcomes.0.{code}": "Does it" for code in both}
        saved = browser.post(f"/teach/courses/from-nothing/parts/{head}", data=course)
        assert saved.status_code == 302, saved.text
        with written.app.app_context():
            revision = queries.draft_of(queries.course("from-nothing").id).revision
        browser.post(
            "/teach/courses/from-nothing/versions",
            data={"revision": revision, "newest": 0, "note": ""},
        )
        assert browser.get("/courses/from-nothing").status_code == 200
        with written.app.app_context():
            version = queries.latest_version("from-nothing")
            assert version.credits == 2.0
            item = next(i for i in version.items if i.form == "file")
            path = f"/files/{item.file_blob}/{item.file_name}"
        file = browser.get(path)
        assert file.data == PDF and file.mimetype == "application/pdf"
        assert "sandbox" in file.headers["Content-Security-Policy"]
        assert written.app.test_client().get(path).status_code == 302

    def test_an_address_that_is_taken_is_said_beside_the_field(self, written):
        new_course(written)
        browser = written.browser("lin")
        with written.app.app_context():
            cluster = queries.all_clusters()[0].id
            school = next(iter(written.person("lin").organisations_as("instructor")))
        data = NEW | {"cluster": str(cluster), "school": str(school)}
        answer = browser.post("/teach/courses/new", data=data)
        assert answer.status_code == 422 and "has this address already" in answer.text
        assert 'value="From nothing"' in answer.text


class TestLabs:
    def test_a_notebook_says_what_is_wrong_cell_by_cell_and_blocks_publishing(self, written):
        with written.app.app_context():
            lab = node(written, NodeKind.LAB).id
        bad = build.notebook(
            build.test("assert True", "test-a", points=1),
            build.test("assert True", "test-a", points=1),
        )
        browser = written.browser("lin")
        browser.post(
            f"/teach/courses/{SLUG}/parts/{lab}/notebooks",
            data={"file": (io.BytesIO(bad), "squares.ipynb")},
        )
        page = browser.get(f"/teach/courses/{SLUG}/edit/{lab}").text
        assert "Cell 2" in page
        assert "Publish version" not in browser.get(f"/teach/courses/{SLUG}/review").text

    def test_hints_limits_and_data_are_saved_and_published(self, written):
        with written.app.app_context():
            lab = node(written, NodeKind.LAB).id
            result = save(
                written, "lin", lab, 1,
                limits__cell_seconds="20",
                release_score="1.5",
                **{"hints.test-squares.en": "Count."},
                skills=[{"slug": "s", "title.en": "S", "title.zh-Hant-TW": "S"}],
            )  # fmt: skip
            assert result.refused == {}
            operations.add_to_lab(
                written.person("lin"), queries.course(SLUG), lab, "more.csv", b"1,2\n"
            )
            checked = queries.check_draft(queries.draft_of(queries.course(SLUG).id))
            (spec,) = checked.course.labs
            assert spec.limits == {"cell_seconds": 20}
            assert spec.release_score == 1.5
            assert spec.hints["test-squares"]["en"] == "Count."
            assert "data/more.csv" in spec.files

    def test_a_graded_notebook_dropped_on_the_outline_becomes_a_lab(self, written):
        from tests.cast import SOURCE

        with written.app.app_context():
            lin, course = written.person("lin"), queries.course(SLUG)
            module = node(written, NodeKind.MODULE).id
            made = operations.place_file(lin, course, module, "Cubes.ipynb", SOURCE)
            assert (made.kind, made.content["slug"]) == (NodeKind.LAB, "cubes")
            plain = json.dumps({"cells": [], "nbformat": 4, "metadata": {}}).encode()
            assert operations.place_file(lin, course, module, "x.ipynb", plain).kind == "file"


def test_the_pages_of_the_editor_ask_the_database_equally_often(written, count_queries):
    browser = written.browser("lin")
    with written.app.app_context():
        lesson = node(written, NodeKind.LESSON).id
        module = node(written, NodeKind.MODULE).id
    address = f"/teach/courses/{SLUG}/edit/{lesson}"
    browser.get(address)
    with count_queries() as few:
        browser.get(address)
    with written.app.app_context():
        for _number in range(8):
            operations.add_part(
                written.person("lin"), queries.course(SLUG), NodeKind.LESSON, module
            )
    with count_queries() as many:
        browser.get(address)
    assert len(many) == len(few)
