"""Clusters: as files, and as programme officers edit them."""

import io
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.catalog import operations, queries
from app.catalog.folder import read_courses
from app.catalog.folder_specs import PartnerSpec
from app.catalog.operations import RulesBroken, RulesTooEarly, RulesUnchanged
from app.catalog.rules.completion import Completion, completion_of, document_of
from app.kernel import clock
from app.kernel.database import db
from tests.cast import both, cluster, course
from tests.catalog.test_export import write

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1"/></svg>'
FORM = {
    "title_zh": "智慧農業", "title_en": "Smart farming", "industry": "agriculture",
    "summary_zh": "摘要", "summary_en": "Summary", "body_zh": "**內文**", "body_en": "**Text**",
    "alt_zh": "", "alt_en": "",
    "outcome_zh": ["看見", ""], "outcome_en": ["Sees", ""],
    "partner_zh": ["大田", ""], "partner_en": ["Big Field", ""],
    "partner_url": ["https://field.example", ""], "partner_organisation": ["", ""],
}  # fmt: skip


def rich(**changes):
    """A cluster that says everything that a file can say."""
    courses = (course(slug="third"), course(slug="first"), course(slug="second"))
    return replace(
        cluster(*courses),
        **{
            "outcomes": (both("Sees change", "看見變化"),),
            "partners": (PartnerSpec(both("Works"), "https://works.example", "works"),),
            "order": ("third", "first", "second"),
            "completion": document_of(Completion(required=("first",), credits=2)),
        }
        | changes,
    )


class TestFiles:
    def test_say_the_cluster_again_after_they_were_loaded(self, in_app, tmp_path):
        with in_app():
            operations.load_clusters((rich(),))
            for slug in ("first", "second", "third"):
                write(tmp_path, queries.exported_files(slug))
            before = (tmp_path / "geometry/cluster.yaml").read_bytes()
            reading = read_courses(tmp_path)
            assert reading.errors == ()
            (spec,) = reading.clusters
            assert [one.slug for one in spec.courses] == ["third", "first", "second"]
            assert spec.outcomes == rich().outcomes and spec.partners == rich().partners
            assert spec.completion == rich().completion
            assert operations.load_clusters(reading.clusters).published == []
            assert queries.exported_files("first")["geometry/cluster.yaml"] == before

    def test_loaded_again_do_not_undo_what_was_edited_since(self, in_app):
        with in_app():
            operations.load_clusters((rich(),))
            here = queries.cluster("geometry")
            db.session.execute(text('UPDATE clusters SET summary = \'{"en": "Edited"}\''))
            moved = queries.courses_of(here.id)[2].course
            moved.position = -1
            db.session.commit()
            operations.load_clusters((rich(),))
            db.session.expire_all()
            assert str(queries.cluster("geometry").summary.get("en")) == "Edited"
            assert queries.courses_of(here.id)[0].course.slug == moved.slug
            operations.load_clusters((rich(summary=both("From the file")),))
            db.session.expire_all()
            assert queries.cluster("geometry").summary["en"] == "From the file"

    def test_bring_new_rules_as_a_version_and_old_ones_never_back(self, in_app):
        with in_app():
            operations.load_clusters((rich(),))
            other = document_of(Completion(required=("first", "second")))
            loaded = operations.load_clusters((rich(completion=other),))
            assert loaded.published == ["geometry (rules, version 2)"]
            assert operations.load_clusters((rich(),)).published == []
            rows = queries.rules_of(queries.cluster("geometry").id)
            assert [row.number for row in rows] == [2, 1]
            assert completion_of(rows[0].document).required == ("first", "second")

    def test_with_rules_about_a_course_that_is_nowhere_load_nothing(self, in_app):
        with in_app():
            broken = rich(completion={"required": ["first", "nowhere"]})
            with pytest.raises(RulesBroken):
                operations.load_clusters((broken,))
            assert queries.cluster("geometry") is None

    @pytest.mark.parametrize(
        ("yaml", "message"),
        [
            ("completion:\n  required: [nowhere]\n", "there is no course 'nowhere'"),
            ("completion:\n  credits: 3\n  average_percent: 70\n", "The average is over"),
            ("completion:\n  required: areas-and-squares\n", "'required' must be a list"),
            ("completion: {}\n", "Ask for something"),
            ("completion:\n  requires: []\n", "unknown key 'requires'"),
            ("partners:\n  - url: https://x.example\n", "key 'name' is missing"),
            ("courses: [areas-and-squares, areas-and-squares]\n", "is listed twice"),
            (
                "partners:\n  - name: {zh-Hant-TW: 甲, en: A}\n    url: javascript:alert(1)\n",
                "must begin with https://",
            ),
        ],
    )
    def test_say_what_is_wrong_with_them_and_where(self, in_app, tmp_path, yaml, message):
        with in_app():
            operations.load_clusters((cluster(),))
            write(tmp_path, queries.exported_files("areas-and-squares"))
        file = tmp_path / "geometry/cluster.yaml"
        kept = file.read_text().split("courses:\n")[0]
        file.write_text(kept + yaml + "body: {zh-Hant-TW: 內文, en: Text}\n")
        errors = [error for error in read_courses(tmp_path).errors if message in error.message]
        assert errors and errors[0].file == file and errors[0].line > 1


class TestRules:
    def test_are_never_changed(self, in_app):
        with in_app():
            operations.load_clusters((rich(),))
            with pytest.raises(DBAPIError, match="never changed"):
                db.session.execute(text("UPDATE cluster_rules SET note = 'x'"))

    def test_hold_from_a_day_on_and_not_backwards(self, cast):
        with cast.app.app_context():
            operations.load_clusters((rich(),))
            fang, here = cast.person("fang"), queries.cluster("geometry")
            now = clock.now()
            with pytest.raises(RulesUnchanged):
                operations.set_rules(fang, here, completion_of(rich().completion))
            rules = Completion(required=("second",))
            with pytest.raises(RulesTooEarly):
                operations.set_rules(fang, here, rules, holds_from=now.replace(year=2020))
            later = now.replace(year=now.year + 1, day=1)
            made = operations.set_rules(fang, here, rules, note=" New ", holds_from=later)
            assert (made.number, made.holds_from, made.note) == (2, later, "New")
            with pytest.raises(RulesTooEarly):
                operations.set_rules(fang, here, Completion(required=("third",)))


class TestTheEditor:
    def test_is_for_programme_officers_alone(self, cast):
        paths = ("/teach/clusters", "/teach/clusters/new", "/teach/clusters/geometry/edit")
        for path in (*paths, "/teach/clusters/geometry/rules"):
            assert cast.browser("fang").get(path).status_code == 200, path
            for handle in ("lin", "mei", "ping"):
                assert cast.browser(handle).get(path).status_code in (403, 404), (handle, path)
        assert cast.browser("lin").post("/teach/clusters/new", data=FORM).status_code == 403
        assert "Edit this cluster" in cast.browser("fang").get("/clusters/geometry").text
        assert "Edit this cluster" not in cast.browser("lin").get("/clusters/geometry").text

    def test_begins_a_cluster_with_a_picture_and_shows_it(self, cast):
        fang = cast.browser("fang")
        data = FORM | {"slug": "smart-farming", "picture": (io.BytesIO(SVG), "field.svg")}
        answer = fang.post("/teach/clusters/new", data=data)
        assert answer.headers["Location"] == "/teach/clusters/smart-farming/edit"
        page = cast.app.test_client().get(
            "/clusters/smart-farming", headers={"Accept-Language": "en"}
        )
        assert "<strong>" in page.text and "https://field.example" in page.text
        with cast.app.app_context():
            made = queries.cluster("smart-farming")
            assert made.picture_type == "image/svg+xml" and made.outcomes == [
                {"zh-Hant-TW": "看見", "en": "Sees"}
            ]
        again = fang.post("/teach/clusters/new", data=FORM | {"slug": "smart-farming"})
        assert again.status_code == 422 and "has this address already" in again.text

    def test_shows_a_preview_and_saves_nothing(self, cast):
        fang = cast.browser("fang")
        data = FORM | {"revision": "2", "action": "preview"}
        page = fang.post("/teach/clusters/geometry/edit", data=data)
        assert page.status_code == 200 and "<strong>Text</strong>" in page.text
        assert "Smart farming" not in fang.get("/clusters/geometry").text
        raw = fang.post("/teach/clusters/preview", data={"text": "<script>alert(1)</script>"})
        assert "<script>" not in raw.text

    def test_lets_no_two_people_overwrite_each_other(self, cast):
        fang = cast.browser("fang")
        with cast.app.app_context():
            revision = queries.cluster("geometry").revision
        address = "/teach/clusters/geometry/edit"
        assert fang.post(address, data=FORM | {"revision": revision}).status_code == 302
        late = fang.post(address, data=FORM | {"revision": revision, "title_en": "Lost?"})
        assert late.status_code == 422
        assert "Somebody else saved" in late.text and 'value="Lost?"' in late.text

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"title_en": ""}, "Title in English"),
            ({"industry": "magic"}, "Field of industry"),
            ({"partner_url": ["javascript:alert(1)", ""]}, "must begin with https://"),
            ({"partner_organisation": ["nobody", ""]}, "is not one here"),
            ({"partner_zh": ["", ""], "partner_en": ["", ""]}, "needs a name"),
        ],
    )
    def test_refuses_what_cannot_be_and_keeps_what_was_typed(self, cast, change, message):
        with cast.app.app_context():
            revision = queries.cluster("geometry").revision
        data = FORM | {"revision": revision} | change
        page = cast.browser("fang").post("/teach/clusters/geometry/edit", data=data)
        assert page.status_code == 422 and message in page.text and "**Text**" in page.text

    def test_takes_no_picture_that_runs_something(self, cast):
        active = SVG.replace(b"<path", b"<script>alert(1)</script><path")
        with cast.app.app_context():
            revision = queries.cluster("geometry").revision
        data = FORM | {"revision": revision, "picture": (io.BytesIO(active), "field.svg")}
        page = cast.browser("fang").post("/teach/clusters/geometry/edit", data=data)
        assert page.status_code == 422 and "carries script" in page.text

    def test_orders_courses_and_takes_them_from_elsewhere(self, cast):
        with cast.app.app_context():
            operations.load_clusters((rich(),))
            ids = {r.course.slug: r.course.id for r in queries.courses_of(_id("geometry"))}
        fang = cast.browser("fang")
        order = "/teach/clusters/geometry/order"
        answer = fang.post(order, data={"course": ids["second"], "position": 0})
        assert f"moved={ids['second']}" in answer.headers["Location"]
        with cast.app.app_context():
            slugs = [r.course.slug for r in queries.courses_of(_id("geometry"))]
        assert slugs[0] == "second"
        assert fang.post(order, data={"course": "x"}).status_code == 404
        fang.post("/teach/clusters/new", data=FORM | {"slug": "smart-farming"})
        fang.post("/teach/clusters/smart-farming/courses", data={"course": "second"})
        with cast.app.app_context():
            assert [r.course.slug for r in queries.courses_of(_id("smart-farming"))] == ["second"]
        assert "第二" not in fang.get("/clusters/smart-farming").text
        assert 'href="/courses/second"' in fang.get("/clusters/smart-farming").text

    def test_lets_those_who_write_a_course_move_it_unless_rules_name_it(self, cast):
        fang, lin = cast.browser("fang"), cast.browser("lin")
        fang.post("/teach/clusters/new", data=FORM | {"slug": "smart-farming"})
        address = "/teach/courses/areas-and-squares/cluster"
        assert cast.browser("mei").post(address, data={"cluster": "geometry"}).status_code == 403
        lin.post(address, data={"cluster": "smart-farming"})
        with cast.app.app_context():
            assert queries.course("areas-and-squares").cluster.slug == "smart-farming"
            operations.set_rules(
                cast.person("fang"),
                queries.cluster("smart-farming"),
                Completion(required=("areas-and-squares",)),
            )
        lin.post(address, data={"cluster": "geometry"})
        with cast.app.app_context():
            assert queries.course("areas-and-squares").cluster.slug == "smart-farming"


def _id(slug: str):
    return queries.cluster(slug).id
