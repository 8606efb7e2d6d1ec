"""Which link of the menu says that the reader is there."""

import re

import pytest


def current(page: str) -> list[str]:
    """The links of the header that are marked as the current page."""
    header = page.split("</header>")[0]
    return re.findall(r'<a href="([^"]*)" aria-current="page">', header)


class TestTheMenu:
    @pytest.mark.parametrize(
        ("path", "marked"),
        [
            ("/clusters", "/clusters"),
            ("/clusters/geometry", "/clusters"),
            ("/courses/areas-and-squares", "/clusters"),
            ("/teach/courses", "/teach/courses"),
            ("/teach/courses/areas-and-squares/edit", "/teach/courses"),
            ("/offerings", "/offerings"),
        ],
    )
    def test_marks_the_one_link_that_the_page_is_below(self, cast, path, marked):
        page = cast.browser("lin").get(path)
        assert page.status_code == 200 and current(page.text) == [marked]

    def test_marks_a_section_for_its_students_and_its_teachers(self, enrolled):
        page = enrolled.browser("mei").get(f"/learn/{enrolled.code}").text
        assert current(page) == ["/learn"]
        desk = enrolled.browser("lin").get(f"/teaching/{enrolled.code}/students").text
        assert current(desk) == ["/teaching"]

    def test_marks_nothing_on_pages_that_no_link_leads_to(self, cast):
        assert current(cast.browser("lin").get("/notifications/settings").text) == []
