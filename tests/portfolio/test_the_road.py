"""A page from nothing to a stranger's screen and back."""

import re

import pytest

from app.portfolio import queries
from tests.answers import lasting


@pytest.fixture
def page(enrolled):
    """The address of a page that mei has made, with words and a course of hers."""
    mei = enrolled.browser("mei")
    made = mei.post("/me/portfolio", data={"title_en": "Applying to you", "title_zh": "應徵"})
    address = made.headers["Location"]
    mei.post(f"{address}/blocks", data={"kind": "text"})
    mei.post(f"{address}/blocks", data={"kind": "courses"})
    html = mei.get(address).text
    text, courses = re.findall(r'data-part="([0-9a-f-]+)"', html)
    ref = re.search(r'name="chosen" value="([^"]+)"', html)[1]
    words = {"body_en": "I look at **machines**.", "body_zh": "我看機器。", "seen_by": "everybody"}
    assert mei.post(f"{address}/blocks/{text}", data=words).status_code == 303
    sent = {"chosen": ref, "heading_en": "What I took", "seen_by": "everybody"}
    assert mei.post(f"{address}/blocks/{courses}", data=sent).status_code == 303
    return address


def link_in(html: str) -> str:
    return re.search(r"(/p/[\w-]+)", html)[1]


class TestTheRoad:
    def test_nobody_else_sees_a_page_before_it_is_shown(self, enrolled, page):
        for who in ("hao", "lin", "fang", "yun"):
            for way in ("", "/preview", "/shares"):
                assert enrolled.browser(who).get(f"{page}{way}").status_code == 404
        stranger = enrolled.app.test_client()
        assert stranger.get("/portfolio/mei/applying-to-you").status_code == 404
        assert stranger.get("/portfolio/mei").status_code == 404

    def test_a_stranger_opens_the_link_until_it_is_taken_back(self, enrolled, page):
        mei, stranger = enrolled.browser("mei"), enrolled.app.test_client()
        mei.post(f"{page}/shares", data={"audience": "link", "label": "Ms Chen"})
        shares = mei.get(f"{page}/shares").text
        link = link_in(shares)
        answer = stranger.get(link, headers={"Accept-Language": "en"})
        assert answer.status_code == 200
        assert "I look at <strong>machines</strong>." in answer.text
        assert "Areas and squares" in answer.text and "What I took" in answer.text
        assert "Ms Chen" not in answer.text
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "我看機器。" in stranger.get(link, headers={"Accept-Language": "zh-TW"}).text
        end = re.search(r'action="([^"]+/end)"', shares)[1]
        assert mei.post(end).status_code == 303
        gone, never = stranger.get(link), stranger.get("/p/" + "x" * 32)
        assert gone.status_code == never.status_code == 404
        assert lasting(gone).replace(link, "") == lasting(never).replace("/p/" + "x" * 32, "")

    def test_everybody_sees_what_is_public(self, enrolled, page, in_app):
        mei, stranger = enrolled.browser("mei"), enrolled.app.test_client()
        mei.post(f"{page}/shares", data={"audience": "public"})
        answer = stranger.get("/portfolio/mei/applying-to-you")
        assert answer.status_code == 200 and 'content="noindex' in answer.text
        assert stranger.get("/portfolio/mei").status_code == 200
        mei.post(f"{page}/shares", data={"audience": "public", "is_indexed": "y"})
        answer = stranger.get("/portfolio/mei/applying-to-you")
        assert "X-Robots-Tag" not in answer.headers and "noindex" not in answer.text
        with in_app():
            (mine,) = queries.my_pages(enrolled.person("mei"))
            assert len(mine.live_shares) == 1
