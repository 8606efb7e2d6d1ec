"""Importing in the browser and on the command line: looked at first, then taken over."""

import io
import json

import pytest

from app.catalog import operations, queries
from app.catalog.cli import courses
from app.catalog.models import CourseImport
from app.catalog.rules import NodeKind
from app.catalog.rules.writing import course_files
from app.catalog.rules.zips import zipped as as_folder
from app.kernel.database import db
from tests.cast import course as small_course
from tests.catalog.imports.packages import (
    FIXTURES,
    folder,
    item,
    manifest,
    page,
    resource,
    unpacked,
    zipped,
)
from tests.catalog.imports.test_cartridges import profile

SLUG = "areas-and-squares"


def look(cast, data: bytes, name: str = "course.imscc", handle: str = "lin", **fields: str):
    return cast.browser(handle).post(
        "/teach/courses/import", data={"zip": (io.BytesIO(data), name), **fields}
    )


def choices(cast, handle: str = "lin") -> dict[str, str]:
    with cast.app.app_context():
        cluster = queries.all_clusters()[0].id
        school = next(iter(cast.person(handle).organisations_as("instructor")))
    return {"cluster": str(cluster), "school": str(school)}


def take(cast, address: str, handle: str = "lin", **fields: str):
    data = choices(cast, handle) | fields
    return cast.browser(handle).post(address.partition("?")[0], data=data)


NEW = {
    "language": "en", "into": "", "title": "Charts", "slug": "brought-charts", "hours": "10",
    "both": "y",
}  # fmt: skip


class TestLooking:
    def test_shows_the_report_and_writes_nothing(self, cast):
        answer = look(cast, zipped(profile()))
        assert answer.status_code == 302
        shown = cast.browser("lin").get(answer.headers["Location"]).text
        assert "This is a look ahead" in shown and "IMS Common Cartridge 1.3.0" in shown
        assert "Tools of other providers" in shown and "lesson:control-charts" in shown
        with cast.app.app_context():
            assert queries.course("charts") is None
            assert [one.imported_at for one in db.session.query(CourseImport)] == [None]

    def test_again_forgets_the_look_before(self, cast):
        first = look(cast, zipped(profile())).headers["Location"]
        look(cast, zipped(profile()))
        assert cast.browser("lin").get(first).status_code == 404

    def test_is_for_who_looked(self, cast):
        address = look(cast, zipped(profile())).headers["Location"]
        assert cast.browser("wang").get(address).status_code == 404
        assert cast.browser("mei").get(address).status_code == 403
        assert cast.browser("wang").post(address, data=NEW).status_code == 404

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"not a zip", "not a zip file"),
            (b"\x1f\x8bmbz", "backup of Moodle"),
            (zipped({"readme.txt": "x"}), "No course was found"),
            (zipped({"moodle_backup.xml": "<x/>"}), "backup of Moodle"),
            (zipped({"imsmanifest.xml": "<broken"}), "imsmanifest.xml, was not read"),
        ],
    )
    def test_refuses_in_words(self, cast, data, words):
        answer = look(cast, data)
        assert answer.status_code == 422 and words in answer.text

    def test_gives_the_report_as_files(self, cast):
        address = look(cast, zipped(profile())).headers["Location"]
        browser = cast.browser("lin")
        table = browser.get(f"{address}/report.csv")
        assert table.text.startswith("\ufeffWhat became of it,Kind,Title")
        assert table.headers["Content-Disposition"] == 'attachment; filename="course-report.csv"'
        document = json.loads(browser.get(f"{address}/report.json").data)
        assert document["counts"] == {"came": 8, "changed": 5, "left": 6}
        assert all(said["text"] for e in document["elements"] for said in e["notes"])
        assert "Left out: 6" in browser.get(f"{address}/report.txt").text
        assert browser.get(f"{address}/report.exe").status_code == 404


class TestTakingOver:
    def test_makes_a_new_course_whose_draft_shows_what_is_missing(self, cast):
        address = look(cast, zipped(profile())).headers["Location"]
        answer = take(cast, address, **NEW)
        assert answer.status_code == 302, answer.text
        assert answer.headers["Location"] == "/teach/courses/brought-charts/edit"
        with cast.app.app_context():
            draft = queries.draft_of(queries.course("brought-charts").id)
            head = next(n for n in draft.nodes if n.kind is NodeKind.COURSE)
            assert head.content["title.en"] == "Charts" and head.content["hours"] == 10
            assert head.content["languages"] == ["zh-Hant-TW", "en"]
            lesson = next(n for n in draft.nodes if n.content.get("slug") == "control-charts")
            assert "title.zh-Hant-TW" not in lesson.content
            assert list(draft.pictures) == ["chart.png"]
            messages = {p.message for p in queries.check_draft(draft).problems}
            assert any("missing in zh-Hant-TW" in message for message in messages)
        shown = cast.browser("lin").get(address).text
        assert "Imported into a draft" in shown and "Take it over" not in shown

    def test_happens_once(self, cast):
        address = look(cast, zipped(profile())).headers["Location"]
        take(cast, address, **NEW)
        again = take(cast, address, **NEW | {"slug": "second"})
        assert again.status_code == 422 and "imported already" in again.text
        with cast.app.app_context():
            assert queries.course("second") is None

    def test_keeps_what_was_typed_when_something_is_missing(self, cast):
        address = look(cast, zipped(profile())).headers["Location"]
        for fields, words in (
            ({"slug": "Not good"}, "small letters"),
            ({"slug": SLUG}, "has this address already"),
            ({"title": ""}, "Give the course a title"),
        ):
            answer = take(cast, address, **NEW | fields)
            assert answer.status_code == 422 and words in answer.text
            assert 'value="10"' in answer.text

    def test_adds_modules_to_a_draft_without_touching_what_is_there(self, cast):
        with cast.app.app_context():
            course = queries.course(SLUG)
            operations.add_editor(course, cast.person("lin"), by=None)
            draft = operations.open_draft(cast.person("lin"), course)
            before = {n.id: dict(n.content) for n in draft.nodes}
        address = look(cast, zipped(profile()), into=SLUG).headers["Location"]
        assert f'<option selected value="{SLUG}">' in cast.browser("lin").get(address).text
        answer = take(cast, address, language="en", into=SLUG)
        assert answer.headers["Location"] == f"/teach/courses/{SLUG}/edit"
        with cast.app.app_context():
            draft = queries.draft_of(queries.course(SLUG).id)
            assert {n.id: dict(n.content) for n in draft.nodes if n.id in before} == before
            modules = [n.content["slug"] for n in operations.outline.standing(draft, None)]
            assert modules == ["first", "week-one", "week-one-deeper", "general",
                               "further-material"]  # fmt: skip
        twice = look(cast, zipped(profile())).headers["Location"]
        take(cast, twice, language="zh-Hant-TW", into=SLUG)
        with cast.app.app_context():
            draft = queries.draft_of(queries.course(SLUG).id)
            slugs = [n.content["slug"] for n in draft.nodes if n.kind is NodeKind.LESSON]
            assert len(slugs) == len(set(slugs)) and "control-charts-2" in slugs
        kept = queries_of(cast, SLUG)
        assert [one.language for one in kept] == ["zh-Hant-TW", "en"]
        assert "course.imscc" in cast.browser("lin").get(f"/teach/courses/{SLUG}/edit").text

    def test_of_somebody_elses_course_is_not_possible(self, cast):
        address = look(cast, zipped(profile()), handle="wang").headers["Location"]
        answer = take(cast, address, handle="wang", language="en", into=SLUG)
        assert answer.status_code == 422

    def test_of_too_many_parts_is_refused(self, cast):
        many = "".join(resource(f"r{n}", "webcontent", f"{n}.html") for n in range(500))
        files = {f"{n}.html": page("<p>x</p>") for n in range(500)}
        items = folder("M", *(item(f"r{n}", f"Page {n}") for n in range(500)))
        answer = look(cast, zipped({"imsmanifest.xml": manifest(items, many), **files}))
        assert answer.status_code == 422 and "at most 500 parts" in answer.text

    def test_of_quizzes_and_banks_gives_quizzes_and_pools(self, cast):
        data = (FIXTURES / "text2qti-quiz.zip").read_bytes()
        address = look(cast, data, "quiz.zip").headers["Location"]
        assert take(cast, address, **NEW).status_code == 302
        with cast.app.app_context():
            draft = queries.draft_of(queries.course("brought-charts").id)
            spec = queries.course_of_draft(draft)
            (quiz,) = spec.quizzes
            assert [len(s["questions"]) for s in quiz.document["sections"]] == [7, 2, 1]

    def test_of_our_own_folder_changes_nothing_in_it(self, cast):
        data = as_folder(course_files(small_course(slug="brought-along")), "brought-along")
        address = look(cast, data, "folder.zip").headers["Location"]
        assert "Course folder" in cast.browser("lin").get(address).text
        assert take(cast, address).headers["Location"] == "/teach/courses/brought-along/edit"
        draft = cast.browser("lin").get("/teach/courses/brought-along/folder.zip")
        assert set(unpacked(draft.data)) == set(unpacked(data))


def queries_of(cast, slug: str) -> list[CourseImport]:
    with cast.app.app_context():
        return queries.imports_into(queries.course(slug).id)


class TestErrorsOfFolders:
    def test_are_said_in_the_readers_language(self, cast):
        files = course_files(small_course(slug="brought-along"))
        files["course.yaml"] = files["course.yaml"].replace(b"hours:", b"houers:")
        browser = cast.browser("lin")
        for code, words in (("en", "There is no key"), ("zh", "這裡沒有「houers」這個鍵")):
            browser.set_cookie("locale", code)
            answer = browser.post(
                "/teach/courses/import",
                data={"zip": (io.BytesIO(as_folder(files, "brought-along")), "x.zip")},
            )
            assert answer.status_code == 422 and words in answer.text


class TestTheCommandLine:
    def run(self, app, *arguments: str):
        return app.test_cli_runner().invoke(courses, ["import", *arguments])

    def test_says_what_would_come_over(self, cast, tmp_path):
        file = tmp_path / "course.imscc"
        file.write_bytes(zipped(profile()))
        with cast.app.app_context():
            said = self.run(cast.app, str(file), "--dry-run", "--json", "--language", "en")
            document = json.loads(said.stdout)
            assert said.exit_code == 0 and document["counts"]["came"] == 8
            assert db.session.query(CourseImport).count() == 0

    def test_takes_over_a_file_or_a_folder(self, cast, tmp_path):
        for path, content in profile().items():
            (tmp_path / "cc" / path).parent.mkdir(parents=True, exist_ok=True)
            data = content if isinstance(content, bytes) else content.encode()
            (tmp_path / "cc" / path).write_bytes(data)
        with cast.app.app_context():
            mail = cast.person("lin").email
            cluster = queries.all_clusters()[0].slug
            arguments = [str(tmp_path / "cc"), "--by", mail, "--language", "en"]
            assert self.run(cast.app, *arguments).exit_code == 1
            said = self.run(cast.app, *arguments, "--cluster", cluster)
            assert said.exit_code == 0, said.output
            assert queries.course("charts").school is not None
            again = self.run(cast.app, *arguments, "--into", "charts")
            assert again.exit_code == 0, again.output

    def test_refuses_in_words(self, cast, tmp_path):
        file = tmp_path / "x.zip"
        file.write_bytes(b"nothing")
        with cast.app.app_context():
            said = self.run(cast.app, str(file), "--dry-run")
            assert said.exit_code == 1 and "zip" in said.output
