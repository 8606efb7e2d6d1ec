"""What a server is started for: a lab, its source, what is kept of it, a submission again."""

import pytest

from app.catalog import operations as catalog
from app.catalog import queries as courses


@pytest.fixture
def written(enrolled):
    with enrolled.app.app_context():
        course = courses.course("areas-and-squares")
        catalog.add_editor(course, enrolled.person("lin"), by=None)
    return enrolled


def opened(cast, handle, **fields):
    """Where the road ends that begins with a button of the lab's page."""
    client = cast.browser(handle)
    path = f"/learn/{cast.code}/labs/squares/workspace"
    answer = client.post(path, data=fields)
    assert answer.status_code == 303
    assert f"/user/{handle}/banyan/" in answer.location
    address, asked_in = answer.location.split("/banyan/")[1].rsplit("&locale=", 1)
    assert asked_in == "en"
    return address


class TestARoad:
    def test_leads_to_the_lab_and_says_which_version_is_taught(self, written):
        assert opened(written, "mei") == (
            f"open?course_id={written.code}&assignment_id=squares&version=1"
        )

    def test_leads_an_author_to_the_source_by_its_course(self, written):
        address = opened(written, "lin", purpose="author")
        assert address == "author/open?course=areas-and-squares&lab=squares"

    def test_leads_to_what_is_kept(self, written):
        address = opened(written, "mei", purpose="kept")
        assert address == f"work?course_id={written.code}&assignment_id=squares"

    def test_leads_to_a_submission_by_its_number(self, written):
        address = opened(written, "mei", purpose="submission", number="2")
        assert address.endswith("&assignment_id=squares&submission=2")

    @pytest.mark.parametrize(
        "fields", [{"purpose": "submission", "number": "1;x"}, {"purpose": "root"}]
    )
    def test_leads_nowhere_else(self, written, fields):
        assert opened(written, "mei", **fields).startswith("open?")

    def test_shows_how_a_slow_server_comes_up_and_ends_at_the_same_place(self, written):
        client, code = written.browser("mei"), written.code
        written.hub.slow.add("mei")
        answer = client.post(
            f"/learn/{code}/labs/squares/workspace", data={"purpose": "submission", "number": "2"}
        )
        assert answer.status_code == 303 and answer.location.startswith(f"/learn/{code}/labs/")
        assert "data-live-go" not in client.get(answer.location).text
        written.hub.servers["mei"] = "ready"
        page = client.get(answer.location).text
        address = page.split('data-live-go="')[1].split('"')[0].replace("&amp;", "&")
        assert address.endswith("&assignment_id=squares&submission=2&locale=en")


class TestTheLabsPage:
    def test_offers_the_source_to_those_who_write_the_course(self, written):
        path = f"/learn/{written.code}/labs/squares"
        assert "Edit in JupyterLab" in written.browser("lin").get(path).text
        assert "Edit in JupyterLab" not in written.browser("mei").get(path).text

    def test_and_not_to_those_who_only_teach_it(self, written):
        path = f"/learn/{written.other_code}/labs/squares"
        page = written.browser("wang").get(path).text
        assert "Test as a student" in page and "Edit in JupyterLab" not in page
