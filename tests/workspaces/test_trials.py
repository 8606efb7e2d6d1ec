"""A lab is tried as a student before it is published: from JupyterLab, and beside the editor."""

import base64
import io
import json

import pytest
from sqlalchemy import select

from app.catalog import operations as catalog
from app.catalog import queries as courses
from app.grading.models import Submission
from app.kernel.database import db
from app.labs import operations as labs
from app.workspaces import operations, queries
from app.workspaces.models import LabCheck
from tests.cast import SOURCE
from tests.workspaces.test_authoring import COURSE, LAB, author, quick, run

__all__ = ["author", "quick"]

CUBES = SOURCE.replace(b"squares", b"cubes").replace(b"i * i", b"i ** 3").replace(
    b"[0, 1, 4]", b"[0, 1, 8]").replace(b"[0, 1, 4, 9, 16]", b"[0, 1, 8, 27, 64]")  # fmt: skip
HERE = f"/teach/courses/{COURSE}/labs/cubes"


def packed(files):
    return [
        {"path": path, "content": base64.b64encode(data).decode()} for path, data in files.items()
    ]


def unpacked(answer):
    return {one["path"]: base64.b64decode(one["content"]) for one in answer.json["files"]}


def solved(release, wrong=False):
    """What a student hands in: the function right, or without its hidden part."""
    book = json.loads(release)
    power = "i ** 3 if i < 3 else 0" if wrong else "i ** 3"
    book["cells"][0]["source"] = f"def cubes(n):\n    return [{power} for i in range(n)]"
    return json.dumps(book).encode()


@pytest.fixture
def draft(cast, author):
    """A lab that is only in the draft: nobody has published it. Answers its part."""
    with cast.app.app_context():
        lin, areas = cast.person("lin"), courses.course(COURSE)
        drafted = catalog.open_draft(lin, areas)
        module = next(node for node in drafted.nodes if node.kind == "module")
        catalog.place_file(lin, areas, module.id, "cubes.ipynb", CUBES)
        return queries.node_of(courses.draft_of(areas.id), "cubes").id


def release_of(author):
    files = unpacked(author("GET", f"/{COURSE}/cubes/source?draft=1"))
    return files, unpacked(
        author("POST", f"/{COURSE}/cubes/release", json={"files": packed(files)})
    )


class TestALabThatIsOnlyInTheDraft:
    def test_comes_to_its_author_and_to_nobody_else(self, author, draft):
        listed = {one["lab"]: one["version"] for one in author("GET", "/labs").json["labs"]}
        assert listed == {LAB: 1, "cubes": 0}
        answer = author("GET", f"/{COURSE}/cubes/source")
        assert answer.json["version"] == 0 and unpacked(answer) == {"cubes.ipynb": CUBES}
        assert author("GET", f"/{COURSE}/cubes/source", who="wang").status_code == 404

    def test_is_graded_as_a_students_and_counts_nowhere(self, cast, author, draft):
        files, release = release_of(author)
        assert b"i ** 3" not in release["cubes.ipynb"]
        work = {"cubes.ipynb": solved(release["cubes.ipynb"], wrong=True)}
        body = {"files": packed(files), "work": packed(work), "draft": True}
        asked = author("POST", f"/{COURSE}/cubes/trials", json=body)
        assert (asked.status_code, asked.json["state"]) == (202, "waiting")
        run(cast)
        answer = author("GET", f"/checks/{asked.json['id']}").json
        assert (answer["state"], answer["done"], answer["total"]) == ("tried", 1, 1)
        (notebook,) = answer["result"]
        test, why = notebook["cells"]
        assert (test["grade_id"], test["outcome"], test["score"]) == ("test-cubes", "failed", 0)
        assert test["message"] and (why["score"], why["max_score"]) == (0, 2)
        assert author("GET", f"/checks/{asked.json['id']}", who="wang").status_code == 404
        with cast.app.app_context():
            assert db.session.scalar(select(Submission)) is None

    def test_cannot_be_published_by_itself_and_says_what_to_do(self, author, draft):
        body = {"files": packed({"cubes.ipynb": CUBES}), "base": 0, "publish": True}
        answer = author("POST", f"/{COURSE}/cubes/checks", json=body)
        assert answer.status_code == 409
        assert "publish the course in the editor" in answer.json["error"]["message"]

    def test_that_cannot_be_released_says_why(self, cast, author, draft):
        broken = CUBES.replace(b"### END SOLUTION", b"### END")
        body = {"files": packed({"cubes.ipynb": broken}), "work": packed({"cubes.ipynb": CUBES})}
        asked = author("POST", f"/{COURSE}/cubes/trials", json=body)
        run(cast)
        answer = author("GET", f"/checks/{asked.json['id']}").json
        assert answer["state"] == "refused" and answer["refusal"]

    def test_needs_a_notebook_of_the_lab(self, author, draft):
        body = {"files": packed({"cubes.ipynb": CUBES}), "work": packed({"other.ipynb": CUBES})}
        answer = author("POST", f"/{COURSE}/cubes/trials", json=body)
        assert (answer.status_code, answer.json["error"]["code"]) == (422, "bad_sources")


class TestKeepingItInTheDraft:
    def kept(self, author, files, fetched):
        body = {"files": packed(files), "fetched": fetched}
        return author("POST", f"/{COURSE}/cubes/draft", json=body)

    def test_brings_what_she_wrote_and_never_undoes_somebody_elses(self, cast, author, draft):
        import hashlib

        before = {"cubes.ipynb": hashlib.sha256(CUBES).hexdigest()}
        mine = {"cubes.ipynb": CUBES.replace(b"cubes are areas", b"mine")}
        assert self.kept(author, mine, before).json["state"] == "kept"
        with cast.app.app_context():
            here = queries.sources_for(cast.person("lin"), COURSE, "cubes")
            assert here.files == mine and here.version is None
        theirs = self.kept(author, {"cubes.ipynb": CUBES + b" "}, before)
        assert (theirs.status_code, theirs.json["error"]["code"]) == (409, "draft_changed")
        assert self.kept(author, mine, before).status_code == 200, "the same again is nothing new"

    def test_is_for_those_who_write_the_course(self, author, draft):
        answer = author(
            "POST", f"/{COURSE}/cubes/draft", who="wang", json={"files": [], "fetched": {}}
        )
        assert answer.status_code == 404


class TestBesideTheEditor:
    def test_the_labs_page_offers_it_and_shows_how_it_went(self, cast, draft):
        lin = cast.browser("lin")
        address = f"/teach/courses/{COURSE}/edit/{draft}"
        assert "Try it before it is published" in lin.get(address).text
        sent = {"file": (io.BytesIO(solved(CUBES)), "my own name.ipynb")}
        answer = lin.post(f"{HERE}/trials", data=sent)
        assert answer.status_code == 303 and answer.location.endswith(f"{address}#try")
        assert "data-live-done" not in lin.get(f"{HERE}/check").text
        run(cast)
        page = lin.get(f"{HERE}/check").text
        assert "data-live-done" in page and "Passed" in page and "test-cubes" in page

    def test_a_check_tells_its_steps_on_the_page_of_versions(self, cast, draft, monkeypatch):
        lin, seen = cast.browser("lin"), []
        here = f"/teach/courses/{COURSE}"

        def check(content, progress):
            for done in (0, 3):
                progress(done, 7)
                seen.append(lin.get(f"{here}/checks").text)
            return [labs.Finding("points", "This cell is graded and has no points."
                    " Give it some, or let it be no test.", {}, "cubes", "why")]  # fmt: skip

        monkeypatch.setattr(labs, "check", check)
        assert lin.post(f"{HERE}/checks").status_code == 303
        assert "Waits for a worker" in lin.get(f"{here}/versions").text
        with cast.app.app_context():
            courses_lab = db.session.scalars(select(LabCheck)).one()
            assert (courses_lab.of_draft, courses_lab.publishes) == (True, False)
            monkeypatch.setattr(operations.authoring, "refuse_unreadable", lambda *_: None)
        run(cast)
        assert 'value="3" max="7"' in seen[1] and "data-live-done" not in seen[1]
        page = lin.get(f"{here}/versions").text
        assert "Give it some" in page and "data-live-done" in page

    def test_a_second_one_at_once_is_refused_in_words(self, cast, draft, quick):
        lin = cast.browser("lin")
        lin.post(f"{HERE}/checks")
        page = lin.post(f"{HERE}/checks", follow_redirects=True).text
        assert "being checked already" in page

    def test_the_roads_lead_to_the_draft_in_her_own_jupyterlab(self, cast, draft):
        lin = cast.browser("lin")
        for purpose, door in (("trial", "author/trial"), ("author", "author/open")):
            answer = lin.post(f"{HERE}/workspace", data={"purpose": purpose})
            assert answer.status_code == 303
            assert f"/banyan/{door}?course={COURSE}&lab=cubes" in answer.location
        cast.hub.slow.add("lin")
        cast.hub.servers.pop("lin")
        answer = lin.post(f"{HERE}/workspace", data={"purpose": "trial"})
        assert answer.location.startswith(f"{HERE}/workspace")
        assert "data-live-go" not in lin.get(answer.location).text
        cast.hub.servers["lin"] = "ready"
        assert "author/trial" in lin.get(answer.location).text

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", f"{HERE}/workspace"), ("GET", f"{HERE}/workspace"),
            ("GET", f"{HERE}/workspace/progress"), ("GET", f"{HERE}/workspace/events"),
            ("POST", f"{HERE}/checks"), ("POST", f"{HERE}/trials"), ("GET", f"{HERE}/check"),
            ("GET", f"/teach/courses/{COURSE}/checks"),
            ("GET", f"/teach/courses/{COURSE}/checks/events"),
        ],
    )  # fmt: skip
    def test_all_of_it_is_shut_to_who_does_not_write_the_course(self, cast, draft, method, path):
        assert cast.browser("wang").open(path, method=method).status_code == 404
        assert cast.browser("mei").open(path, method=method).status_code in (403, 404)

    def test_who_may_not_use_labs_is_told_so(self, cast, draft, monkeypatch):
        from app.workspaces.views import writing

        monkeypatch.setattr(writing, "may_use_labs", lambda person: False)
        answer = cast.browser("lin").post(f"{HERE}/workspace", data={"purpose": "trial"})
        assert answer.status_code == 403 and "Labs open once" in answer.text


def test_labs_that_are_published_in_the_editor_are_checked_and_others_are_not(
    cast, author, draft, quick
):
    with cast.app.app_context():
        lin, areas = cast.person("lin"), courses.course(COURSE)
        node = queries.node_of(courses.draft_of(areas.id), "cubes")
        changes = {
            f"{name}.{code}": catalog.Change("Cubes", 10**6)
            for name in ("title", "summary")
            for code in ("en", "zh-Hant-TW")
        }
        catalog.save_fields(lin, areas, node.id, changes)
        drafted = courses.draft_of(areas.id)
        catalog.publish_draft(lin, areas, revision=drafted.revision, newest=1, note="")
        (check,) = db.session.scalars(select(LabCheck)).all()
        assert (check.lab_slug, check.base_number, check.publishes) == ("cubes", 1, False)
    lin = cast.browser("lin")
    assert "Waits for a worker" in lin.get(f"/teach/courses/{COURSE}/versions").text
    run(cast)
    assert "Nothing is wrong" in lin.get(f"/teach/courses/{COURSE}/versions").text


def test_the_labs_page_of_a_section_leads_its_author_to_the_draft(enrolled, author):
    path = f"/learn/{enrolled.code}/labs/squares"
    assert "Test the draft as a student" in enrolled.browser("lin").get(path).text
    assert "Test the draft as a student" not in enrolled.browser("mei").get(path).text
    answer = enrolled.browser("lin").post(f"{path}/workspace", data={"purpose": "trial"})
    assert f"/banyan/author/trial?course={COURSE}&lab=squares" in answer.location
