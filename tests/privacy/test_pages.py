"""The pages of people's own data and of the office."""

import pytest

from app.privacy import queries
from app.privacy.models import DataRequest


@pytest.fixture
def mei(cast):
    return cast.browser("mei")


def asked(in_app, cast, kind):
    with in_app():
        return next(r.id for r in queries.requests_of(cast.person("mei")) if r.kind.value == kind)


class TestMyData:
    def test_says_what_is_kept_and_opens_it(self, mei):
        page = mei.get("/me/data").text
        assert "Where you belong, and your student number" in page
        rows = mei.get("/me/data/rows/people").text
        assert "mei@rongnan.example" in rows and "password" not in rows.lower()

    def test_shows_nothing_of_others(self, mei):
        assert mei.get("/me/data/rows/organisations").status_code == 404
        assert mei.get("/me/data/rows/saved_comments").status_code == 404
        assert mei.get("/me/data/rows/nothing").status_code == 404

    def test_is_asked_in_a_constant_number_of_statements(self, mei, enrolled, count_queries):
        mei.get("/me/data")
        with count_queries() as seen:
            mei.get("/me/data")
        assert len(seen) <= 8

    def test_makes_a_file_that_only_she_fetches(self, mei, cast, in_app):
        from app.privacy import operations

        assert mei.post("/me/data/export").status_code == 302
        request_id = asked(in_app, cast, "export")
        assert mei.get(f"/me/data/export/{request_id}").status_code == 404
        with in_app():
            operations.make_export(request_id)
        fetched = mei.get(f"/me/data/export/{request_id}")
        assert fetched.data[:2] == b"PK" and fetched.headers["Cache-Control"] == "no-store"
        fetched.close()
        assert cast.browser("hao").get(f"/me/data/export/{request_id}").status_code == 404

    def test_erases_nobody_without_handle_and_password(self, mei, in_app, cast):
        wrong = mei.post("/me/data/erasing", data={"handle": "hao", "password": "banyan-demo"})
        assert wrong.status_code == 422 and "This is not your handle." in wrong.text
        wrong = mei.post("/me/data/erasing", data={"handle": "mei", "password": "guess"})
        assert wrong.status_code == 422
        with in_app():
            assert queries.requests_of(cast.person("mei")) == []

    def test_tells_where_the_receipt_will_be_and_takes_it_back(self, mei, in_app, cast):
        page = mei.post("/me/data/erasing", data={"handle": "mei", "password": "banyan-demo"})
        link = page.text.split('href="')[1:]
        link = next(part.split('"')[0] for part in link if "/privacy/receipts/" in part)
        path = "/privacy/receipts/" + link.rsplit("/", 1)[1]
        assert cast.app.test_client().get(path).status_code == 200
        assert cast.app.test_client().get(path + "x").status_code == 404
        request_id = asked(in_app, cast, "erase")
        assert (
            cast.browser("hao").post(f"/me/data/requests/{request_id}/cancellation").status_code
            == 404
        )
        mei.post(f"/me/data/requests/{request_id}/cancellation")
        with in_app():
            assert not queries.requests_of(cast.person("mei"))[0].is_open


class TestTheOffice:
    def test_answers_what_was_asked_in_words_and_is_seen_looking(self, mei, cast, in_app):
        mei.post("/me/data/requests", data={"kind": "correct", "words": "My name is wrong."})
        request_id = asked(in_app, cast, "correct")
        fang = cast.browser("fang")
        assert "My name is wrong." in fang.get(f"/privacy/requests/{request_id}").text
        assert "Requests about data" in fang.get("/").text
        assert "Something is to be corrected" in fang.get("/privacy/requests").text
        assert fang.get("/privacy/requests.csv").status_code == 200
        fang.post(f"/privacy/requests/{request_id}/answer", data={"words": "It is right now."})
        assert "It is right now." in mei.get("/me/data").text
        assert "Your request about your data" in mei.get("/me/data/looks").text

    def test_is_seen_opening_an_account(self, mei, cast, in_app):
        with in_app():
            number = cast.person("mei").id
        cast.browser("fang").get(f"/people/{number}")
        assert "Your account, roles and memberships" in mei.get("/me/data/looks").text

    def test_is_not_open_to_students_and_teachers(self, mei, cast):
        assert mei.get("/privacy/requests").status_code == 403
        assert cast.browser("lin").get("/privacy/requests").status_code == 403

    def test_does_not_take_back_what_she_asked_herself(self, mei, cast, in_app):
        mei.post("/me/data/erasing", data={"handle": "mei", "password": "banyan-demo"})
        request_id = asked(in_app, cast, "erase")
        assert cast.browser("fang").post(f"/privacy/requests/{request_id}/stop").status_code == 404

    def test_writes_a_request_down(self, cast, in_app):
        fang = cast.browser("fang")
        assert fang.get("/privacy/requests/new").status_code == 200
        made = fang.post(
            "/privacy/requests/new",
            data={"email": "nobody@else.example", "kind": "erase", "words": ""},
        )
        assert made.status_code == 302
        assert fang.get(made.location).status_code == 200
        with in_app():
            from app.kernel.database import db

            assert db.session.query(DataRequest).one().contact == "nobody@else.example"
