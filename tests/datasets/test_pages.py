"""Who meets data sets where."""

import hashlib
import io

import pytest

from app.datasets import operations
from app.datasets.rules import Access
from app.labs.operations import LabInvalid
from app.labs.queries import engine_source
from tests.cast import both, cluster, course, lab
from tests.datasets.test_keeping import TABLE, content

FORM = {
    "name": "sensors",
    "title_zh": "感測器",
    "title_en": "Sensors",
    "licence": "CC0",
    "source": "Measured here.",
    "access": "open",
}


def send(browser, name: str, data: bytes, piece: int) -> str:
    """As the page's script does."""
    begun = browser.post(
        "/data/uploads", json={"name": name, "size": len(data), "mark": "1"}
    ).get_json()
    for offset in range(begun["received"], len(data), piece):
        part = data[offset : offset + piece]
        answer = browser.put(
            f"/data/uploads/{begun['id']}?offset={offset}",
            data=part,
            headers={"X-Digest": hashlib.sha256(part).hexdigest()},
        )
        assert answer.get_json() == {"received": offset + len(part)}
    return begun["id"]


class TestKeepingInTheBrowser:
    def test_in_pieces(self, cast):
        lin = cast.browser("lin")
        upload = send(lin, "values.csv", TABLE, 7)
        answer = lin.post("/data/new", data={**FORM, "upload": upload}, follow_redirects=True)
        assert answer.status_code == 200
        assert "sensors/1" in answer.text and "data-set:sensors/1" in answer.text
        file = lin.get("/data/sensors/1/values.csv")
        assert file.data == TABLE
        assert "attachment" in file.headers["Content-Disposition"]
        file.close()
        assert "Sensors" in lin.get("/data?q=sens").text

    def test_without_scripts(self, cast):
        lin = cast.browser("lin")
        answer = lin.post("/data/new", data={**FORM, "files": (io.BytesIO(TABLE), "v.csv")})
        assert answer.status_code == 303

    def test_what_is_missing_is_said_and_the_rest_stays(self, cast):
        lin = cast.browser("lin")
        answer = lin.post("/data/new", data={**FORM, "licence": "", "name": "Not A Name"})
        assert answer.status_code == 422
        assert "small letters, digits and single hyphens" in answer.text
        assert "Measured here." in answer.text
        empty = lin.post("/data/new", data=FORM)
        assert empty.status_code == 422
        assert "A data set needs at least one file." in empty.text

    def test_what_was_sent_stays_when_it_is_refused(self, cast, in_app):
        with in_app():
            operations.keep(cast.person("wang"), content())
        lin = cast.browser("lin")
        upload = send(lin, "values.csv", TABLE, 7)
        refused = lin.post("/data/new", data={**FORM, "upload": upload})
        assert refused.status_code == 422 and upload in refused.text
        assert "Somebody else keeps a data set of this name" in refused.text
        again = lin.post("/data/new", data={**FORM, "name": "mine", "upload": upload})
        assert again.status_code == 303

    def test_nobody_goes_on_with_somebody_elses_file(self, cast):
        upload = send(cast.browser("lin"), "values.csv", TABLE, 7)
        wang = cast.browser("wang")
        assert wang.put(f"/data/uploads/{upload}?offset=0", data=b"x").status_code == 404
        assert wang.post("/data/new", data={**FORM, "upload": upload}).status_code == 422


class TestWhoSeesWhat:
    @pytest.fixture
    def sets(self, cast, in_app):
        with in_app():
            lin = cast.person("lin")
            operations.keep(lin, content("open-one"))
            operations.keep(lin, content("answers", access=Access.HIDDEN))

    @pytest.mark.parametrize(
        ("who", "open_one", "hidden"), [("lin", 200, 200), ("wang", 200, 404), ("mei", 200, 404)]
    )
    def test_hidden_sets_are_their_keepers_alone(self, cast, sets, who, open_one, hidden):
        browser = cast.browser(who)
        assert browser.get("/data/open-one/1").status_code == open_one
        assert browser.get("/data/answers/1").status_code == hidden

    def test_hidden_files_never_leave_by_the_web(self, cast, sets):
        for who in ("lin", "mei"):
            assert cast.browser(who).get("/data/answers/1/values.csv").status_code == 404

    def test_students_keep_none(self, cast, sets):
        mei = cast.browser("mei")
        assert mei.get("/data").status_code in (403, 404)
        assert mei.post("/data/uploads", json={}).status_code in (403, 404)

    def test_the_list_asks_as_much_for_many_as_for_one(self, cast, in_app, sets, count_queries):
        lin = cast.browser("lin")
        lin.get("/data")
        with count_queries() as few:
            lin.get("/data")
        with in_app():
            for number in range(8):
                operations.keep(cast.person("lin"), content(f"more-{number}"))
        with count_queries() as many:
            lin.get("/data")
        assert len(many) == len(few)


class TestLabs:
    def load(self, source: str):
        from app.catalog import operations as catalog
        from app.catalog.folder_specs import DataSpec
        from app.catalog.queries import latest_version

        data = (DataSpec(both("Sensors"), source, "CC0"),)
        catalog.load_clusters((cluster(course(lab("reads", data=data), slug="reading")),))
        (item,) = latest_version("reading").items
        return item.lab_version

    def test_a_lab_names_what_it_reads(self, cast, in_app):
        with in_app():
            operations.keep(cast.person("lin"), content())
            assert engine_source(self.load("data-set:sensors/1")).data == ("sensors/1",)

    def test_a_lab_cannot_name_what_is_not_there_or_hidden(self, cast, in_app):
        with in_app():
            operations.keep(cast.person("lin"), content("answers", access=Access.HIDDEN))
            with pytest.raises(LabInvalid, match="there is no data set nowhere/1"):
                self.load("data-set:nowhere/1")
            with pytest.raises(LabInvalid, match="is hidden"):
                self.load("data-set:answers/1")
