"""An author's sources: fetched, checked, published; by those who write the course, nobody else."""

import base64
import json
import uuid

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.catalog import operations as catalog
from app.catalog import queries as courses
from app.catalog.models import CourseVersion
from app.kernel import clock
from app.kernel.database import db
from app.labs import operations as labs
from app.labs.operations import roads
from app.workspaces import cli, operations, queries, tasks
from app.workspaces.models import LabCheck
from tests.cast import SOURCE, cluster, course, lab, lesson

BASE = "/api/exchange/v1/authoring"
COURSE, LAB = "areas-and-squares", "squares"
BETTER = SOURCE.replace(b"squares are areas", b"a square is an area")
SPOILED = SOURCE.replace(b"return [i * i for", b"return [i * i + 1 for")


def sent(notebook=BETTER, **more):
    files = {"squares.ipynb": notebook, "data/numbers.csv": b"1\n2\n"}
    listed = [
        {"path": path, "content": base64.b64encode(data).decode()} for path, data in files.items()
    ]
    return {"base": 1, "files": listed, **more}


@pytest.fixture
def author(cast):
    """lin writes the course, and asks as a program in her lab."""
    with cast.app.app_context():
        catalog.add_editor(courses.course(COURSE), cast.person("lin"), by=None)
    client = cast.app.test_client()

    def ask(method, path, *, who="lin", **options):
        return client.open(BASE + path, method=method, headers=cast.lab_token(who), **options)

    return ask


def run(cast):
    """What a worker does with what waits."""
    with cast.app.app_context():
        waiting = db.session.scalars(
            select(LabCheck.id).where(LabCheck.finished_at.is_(None))
        ).all()
        for check_id in waiting:
            tasks.check_lab(check_id=str(check_id))


@pytest.fixture
def quick(monkeypatch):
    """Checks that find nothing at once; what they find is tried in tests/labs."""
    monkeypatch.setattr(labs, "check", lambda content, progress: progress(2, 7) or [])
    monkeypatch.setattr(labs, "plan_ahead", lambda content: None)
    monkeypatch.setattr(roads, "plan_source", lambda digest, source, limits: {"squares": {}})


class TestTheSource:
    def test_comes_with_solutions_and_data_to_who_writes_the_course(self, author):
        listed = author("GET", "/labs").json["labs"]
        assert [(one["course"], one["lab"], one["version"]) for one in listed] == [(COURSE, LAB, 1)]
        answer = author("GET", f"/{COURSE}/{LAB}/source").json
        files = {one["path"]: base64.b64decode(one["content"]) for one in answer["files"]}
        assert set(files) == {"squares.ipynb", "data/numbers.csv"}
        assert b"BEGIN SOLUTION" in files["squares.ipynb"] and answer["version"] == 1

    @pytest.mark.parametrize("who", ["mei", "wang"])
    def test_and_its_doors_are_shut_to_everybody_else(self, cast, author, who):
        """A student of it, and an instructor elsewhere who teaches it and does not write it."""
        cast.enrol("mei")
        check = author("POST", f"/{COURSE}/{LAB}/checks", json=sent()).json["id"]
        assert author("GET", f"/{COURSE}/{LAB}/source", who=who).status_code == 404
        assert author("POST", f"/{COURSE}/{LAB}/checks", who=who, json=sent()).status_code == 404
        assert author("POST", f"/{COURSE}/{LAB}/release", who=who, json=sent()).status_code == 404
        assert author("GET", f"/checks/{check}", who=who).status_code == 404
        assert author("GET", "/labs", who=who).json["labs"] == []

    def test_as_students_would_get_it_holds_no_solution_and_is_not_kept(self, cast, author):
        answer = author("POST", f"/{COURSE}/{LAB}/release", json=sent()).json
        files = {one["path"]: base64.b64decode(one["content"]) for one in answer["files"]}
        # Names of cells and checksums are drawn by lot: only what stands in the cells counts.
        cells = json.loads(files["squares.ipynb"])["cells"]
        shown = "".join("".join(cell["source"]) for cell in cells)
        assert "i * i" not in shown and "25" not in shown
        with cast.app.app_context():
            assert db.session.scalar(select(LabCheck)) is None


class TestACheck:
    def test_says_the_cell_in_her_language_and_publishes_nothing(self, cast, author):
        asked = author("POST", f"/{COURSE}/{LAB}/checks", json=sent(SPOILED, publish=True))
        assert (asked.status_code, asked.json["state"], asked.json["done"]) == (202, "waiting", 0)
        run(cast)
        answer = author("GET", f"/checks/{asked.json['id']}").json
        assert (answer["state"], answer["done"], answer["version"]) == ("wrong", 7, None)
        (found,) = [one for one in answer["findings"] if one["rule"] == "solution"]
        assert found["cell"] == "test-squares" and "0 of 4 points" in found["sentence"]
        with cast.app.app_context():
            assert len(db.session.scalars(select(CourseVersion)).all()) == 1

    def test_runs_once_at_a_time_for_one_lab(self, cast, author, quick):
        assert author("POST", f"/{COURSE}/{LAB}/checks", json=sent()).status_code == 202
        again = author("POST", f"/{COURSE}/{LAB}/checks", json=sent())
        assert again.status_code == 409 and "already" in again.json["error"]["message"]
        run(cast)
        assert author("POST", f"/{COURSE}/{LAB}/checks", json=sent()).status_code == 202

    def test_that_no_worker_finished_makes_room_after_a_while(self, cast, author, frozen):
        first = author("POST", f"/{COURSE}/{LAB}/checks", json=sent()).json["id"]
        with frozen(clock.now() + operations.authoring.FORGOTTEN_AFTER):
            assert author("POST", f"/{COURSE}/{LAB}/checks", json=sent()).status_code == 202
        assert author("GET", f"/checks/{first}").json["state"] == "refused"

    @pytest.mark.parametrize(
        ("path", "word"),
        [("../x.py", "named"), (".hidden", "named"), ("a/b//c", "named"), ("only.txt", "notebook")],
    )
    def test_refuses_what_no_lab_can_hold(self, author, path, word):
        body = {"base": 1, "files": [{"path": path, "content": "eA=="}]}
        answer = author("POST", f"/{COURSE}/{LAB}/checks", json=body)
        assert answer.status_code == 422 and word in answer.json["error"]["message"]

    def test_refuses_what_the_reader_of_folders_refuses(self, cast, author):
        lost = SOURCE.replace(b"test-squares", b"test-renamed")
        asked = author("POST", f"/{COURSE}/{LAB}/checks", json=sent(lost)).json["id"]
        run(cast)
        answer = author("GET", f"/checks/{asked}").json
        assert answer["state"] == "refused" and "test-squares" in answer["refusal"]


class TestPublishing:
    def test_makes_the_next_version_and_leaves_sections_where_they_are(self, cast, author, quick):
        body = sent(publish=True, note="Clearer words")
        asked = author("POST", f"/{COURSE}/{LAB}/checks", json=body).json["id"]
        run(cast)
        answer = author("GET", f"/checks/{asked}").json
        assert (answer["state"], answer["version"], answer["course_version"]) == ("published", 2, 2)
        with cast.app.app_context():
            made = courses.latest_version(COURSE)
            assert (made.published_by.handle, made.note) == ("lin", "Clearer words")
            assert cast.section().offering.course_version.number == 1
            now = queries.sources_for(cast.person("lin"), COURSE, LAB)
            assert now.files["squares.ipynb"] == BETTER

    def test_from_an_old_version_is_refused_at_once_and_at_the_end(self, cast, author, quick):
        first = author("POST", f"/{COURSE}/{LAB}/checks", json=sent(publish=True)).json["id"]
        with cast.app.app_context():
            newer = course(lesson(), lab(notebooks={"squares": SOURCE}, minutes=25))
            catalog.load_clusters((cluster(newer),))
        run(cast)
        answer = author("GET", f"/checks/{first}").json
        assert answer["state"] == "refused" and "Version 2" in answer["refusal"]
        late = author("POST", f"/{COURSE}/{LAB}/checks", json=sent(publish=True))
        assert (late.status_code, late.json["error"]["code"]) == (409, "newer_version")

    def test_keeps_what_else_changed_in_the_course_meanwhile(self, cast, author, quick):
        first = author("POST", f"/{COURSE}/{LAB}/checks", json=sent(publish=True)).json["id"]
        with cast.app.app_context():
            catalog.load_clusters((cluster(course(lesson(text="Newer words."), lab())),))
        run(cast)
        assert author("GET", f"/checks/{first}").json["course_version"] == 3
        with cast.app.app_context():
            written = courses.source_of(courses.latest_version(COURSE))
            assert "Newer words." in written.lessons[0].body_markdown["en"]
            assert written.labs[0].notebooks["squares"] == BETTER

    def test_of_the_same_again_is_refused(self, cast, author, quick):
        body = sent(SOURCE, publish=True)
        asked = author("POST", f"/{COURSE}/{LAB}/checks", json=body).json["id"]
        run(cast)
        assert "nothing to publish" in author("GET", f"/checks/{asked}").json["refusal"]

    def test_takes_the_draft_along_so_that_it_does_not_undo_it(self, cast, author, quick):
        with cast.app.app_context():
            catalog.open_draft(cast.person("lin"), courses.course(COURSE))
        asked = author("POST", f"/{COURSE}/{LAB}/checks", json=sent(publish=True)).json["id"]
        run(cast)
        assert author("GET", f"/checks/{asked}").json["draft_differs"] is False
        with cast.app.app_context():
            draft = courses.draft_of(courses.course(COURSE).id)
            assert draft.base_version.number == 2
            assert courses.course_of_draft(draft).labs[0].notebooks["squares"] == BETTER

    def test_leaves_a_draft_alone_that_has_a_state_of_its_own(self, cast, author, quick):
        with cast.app.app_context():
            lin, areas = cast.person("lin"), courses.course(COURSE)
            draft = catalog.open_draft(lin, areas)
            node = next(one for one in draft.nodes if one.kind == "lab")
            catalog.add_to_lab(lin, areas, node.id, "more.csv", b"3\n")
        asked = author("POST", f"/{COURSE}/{LAB}/checks", json=sent(publish=True)).json["id"]
        run(cast)
        assert author("GET", f"/checks/{asked}").json["draft_differs"] is True
        with cast.app.app_context():
            draft = courses.draft_of(courses.course(COURSE).id)
            assert "data/more.csv" in courses.course_of_draft(draft).labs[0].files

    def test_is_over_when_she_writes_the_course_no_more(self, cast, author, quick):
        asked = author("POST", f"/{COURSE}/{LAB}/checks", json=sent(publish=True)).json["id"]
        with cast.app.app_context():
            for place in courses.course(COURSE).editors:
                place.ended_at = clock.now()
            db.session.commit()
        run(cast)
        with cast.app.app_context():
            check = queries.check(uuid.UUID(asked))
            assert check.state == "refused" and check.course_version_id is None


class TestOnTheCommandLine:
    @pytest.fixture
    def written(self, tmp_path):
        from app.catalog.rules.writing import course_files

        root = tmp_path / COURSE
        for path, data in course_files(course(lesson(), lab())).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        return root / "labs" / LAB

    def test_a_lab_is_checked_where_it_lies(self, written):
        answer = CliRunner().invoke(cli.check, [str(written)])
        assert answer.exit_code == 0 and "nothing wrong in 5 runs" in answer.output
        (written / "source" / "squares.ipynb").write_bytes(SPOILED)
        answer = CliRunner().invoke(cli.check, [str(written)])
        assert answer.exit_code == 1 and "WRONG  squares test-squares" in answer.output

    def test_a_lab_is_published_by_who_writes_its_course(self, cast, author, quick, written):
        monkey = written / "source"
        (monkey / "squares.ipynb").write_bytes(BETTER)
        (monkey / ".ipynb_checkpoints").mkdir()
        (monkey / ".ipynb_checkpoints" / "squares-checkpoint.ipynb").write_bytes(SPOILED)
        with cast.app.app_context(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(labs, "check", lambda content: [])
            arguments = [COURSE, LAB, str(monkey), "--by"]
            refused = CliRunner().invoke(cli.publish, [*arguments, "wang@jiayang.example"])
            assert refused.exit_code == 1 and "does not write" in refused.output
            done = CliRunner().invoke(cli.publish, [*arguments, "lin@rongnan.example"])
            assert done.exit_code == 0 and "squares (version 2)" in done.output
            assert list(courses.source_of(courses.latest_version(COURSE)).labs[0].files) == [
                "data/numbers.csv"
            ]


def test_publishing_on_a_page_leaves_the_trial_of_roads_to_a_worker(cast, author, monkeypatch):
    from sqlalchemy import text

    monkeypatch.setattr(roads, "_plans", {})
    asked = []
    monkeypatch.setattr(
        roads, "plan_source", lambda digest, *rest: asked.append(digest) or {"squares": {}}
    )
    with cast.app.app_context():
        lin, areas = cast.person("lin"), courses.course(COURSE)
        draft = catalog.open_draft(lin, areas)
        node = next(one for one in draft.nodes if one.kind == "lab")
        catalog.add_to_lab(lin, areas, node.id, "squares.ipynb", BETTER)
        draft = courses.draft_of(areas.id)
        version = catalog.publish_draft(lin, areas, revision=draft.revision, newest=1, note="")
        item = next(one for one in version.items if one.key == f"lab:{LAB}")
        assert item.lab_version.roads is None and asked == []
        (kwargs,) = db.session.scalars(
            text("SELECT args FROM procrastinate_jobs WHERE task_name = 'labs.tasks.plan_version'")
        ).all()
        labs.plan_version(uuid.UUID(kwargs["version_id"]))
        db.session.expire_all()
        assert item.lab_version.roads == {"squares": {}} and len(asked) == 1
