"""The staff hides, locks and settles reports; hostile posts do nothing."""

import uuid

import pytest

from app.conversations import operations
from app.conversations.models import PostReport
from app.kernel.database import db
from app.learning import operations as learning
from app.notifications.models import Notification
from tests.conversations.conftest import LESSON

HOSTILE = [
    ("<script>alert(1)</script>", "<script>alert"),
    ("[x](javascript:alert(1))", 'href="javascript:'),
    ("[x](JaVaScRiPt:alert(1))", 'JaVaScRiPt:alert(1)"'),
    ("<img src=x onerror=alert(1)>", "<img src=x"),
    ("![x](data:text/html;base64,PHNjcmlwdD4=)", 'src="data:'),
    ("![spy](https://spy.example/pixel.png)", "<img"),
    ("[x](data:text/html,<script>1</script>)", 'href="data:'),
    ('<a href="https://x" onclick="x()">x</a>', '<a href="https://x" onclick'),
    ("<iframe src=//evil.example></iframe>", "<iframe"),
    ("<style>body{display:none}</style>", "<style>body"),
    ("$\\href{javascript:alert(1)}{x}$", 'href="javascript:'),
    ("```html\n</code></pre><script>alert(1)</script>\n```", "<script>alert"),
]


class TestHostilePosts:
    @pytest.mark.parametrize(("text", "never"), HOSTILE)
    def test_do_nothing(self, talk, text, never):
        thread = talk.asks("mei", title=text[:180], text=text)
        talk.replies("hao", thread, text)
        page = talk.cast.browser("lin").get(f"/discussions/{thread}")
        posts = page.text.partition('<ol class="posts">')[2].partition("</ol>\n\n<form")[0]
        assert page.status_code == 200 and posts
        assert never not in posts
        assert "<script>" not in page.text.partition("</head>")[2]

    def test_stay_within_bounds(self, talk):
        mei = talk.cast.browser("mei")
        huge = {"title": "x", "body": "a" * 3_000_000, "kind": "question", "subject": LESSON}
        answer = mei.post(f"/discussions/in/{talk.place}/new", data=huge)
        assert answer.status_code in (413, 422)

    def test_that_nest_deeply_are_shown_all_the_same(self, talk):
        thread = talk.asks("mei", text=">" * 5000 + " x\n\n" + "- " * 3000 + "\n" + "[" * 5000)
        assert talk.cast.browser("lin").get(f"/discussions/{thread}").status_code == 200

    def test_with_null_characters_are_cleaned(self, talk):
        mei = talk.cast.browser("mei")
        form = {"title": "a\0b", "body": "c\0d", "kind": "question", "subject": LESSON}
        made = mei.post(f"/discussions/in/{talk.place}/new", data=form)
        assert made.status_code == 302
        assert "cd" in mei.get(made.location).text

    def test_cannot_be_sent_from_elsewhere(self, talk, site):
        thread = talk.asks()
        site.config["WTF_CSRF_ENABLED"] = True
        try:
            answer = talk.cast.browser("mei").post(f"/discussions/{thread}", data={"body": "x"})
            followed = talk.cast.browser("mei").post(f"/discussions/{thread}/following")
        finally:
            site.config["WTF_CSRF_ENABLED"] = False
        assert (answer.status_code, followed.status_code) == (400, 400)

    def test_lead_nowhere_else_by_next(self, talk):
        thread = talk.asks()
        answer = talk.cast.browser("mei").post(
            f"/discussions/{thread}/following?next=https://evil.example", data={"wanted": "1"}
        )
        assert answer.location == f"/discussions/{thread}"


class TestLocking:
    def test_is_for_the_staff_and_stops_everybody_else(self, talk):
        thread = talk.asks("mei")
        mei, lin = talk.cast.browser("mei"), talk.cast.browser("lin")
        assert mei.post(f"/discussions/{thread}/lock", data={"wanted": "1"}).status_code == 404
        lin.post(f"/discussions/{thread}/lock", data={"wanted": "1"})
        answer = mei.post(f"/discussions/{thread}", data={"body": "but"})
        assert answer.status_code == 422 and "locked" in answer.text
        post = talk.opening(thread)
        edited = mei.post(f"/discussions/posts/{post}/edit", data={"title": "x", "body": "changed"})
        assert edited.status_code == 422
        assert lin.post(f"/discussions/{thread}", data={"body": "last word"}).status_code == 302
        lin.post(f"/discussions/{thread}/lock", data={"wanted": "0"})
        assert mei.post(f"/discussions/{thread}", data={"body": "thanks"}).status_code == 302


class TestHiding:
    def test_a_reply_shows_it_to_the_staff_and_its_author_only(self, talk):
        thread = talk.asks("mei")
        reply = talk.replies("hao", thread, "Rude words")
        lin = talk.cast.browser("lin")
        path = f"/discussions/posts/{reply}/hiding"
        assert talk.cast.browser("mei").get(path).status_code == 404
        assert talk.cast.browser("mei").post(path, data={"reason": "x"}).status_code == 404
        assert lin.post(path, data={"reason": ""}).status_code == 422
        assert lin.post(path, data={"reason": "Not kind"}).status_code == 302
        seen = {
            h: talk.cast.browser(h).get(f"/discussions/{thread}").text
            for h in ("mei", "hao", "lin", "ping")
        }
        assert "Rude words" not in seen["mei"] and "The staff hid this post" in seen["mei"]
        for handle in ("hao", "lin", "ping"):
            assert "Rude words" in seen[handle] and "Not kind" in seen[handle]
        found = talk.cast.browser("mei").get(f"/discussions/in/{talk.place}?q=Rude").text
        assert "No thread is like that" in found
        assert talk.cast.browser("mei").get(f"/discussions/posts/{reply}/report").status_code == 404
        lin.post(path, data={"wanted": "0"})
        assert "Rude words" in talk.cast.browser("mei").get(f"/discussions/{thread}").text

    def test_what_a_thread_began_with_hides_the_thread(self, talk):
        thread = talk.asks("hao", title="Rude title")
        lin = talk.cast.browser("lin")
        lin.post(f"/discussions/posts/{talk.opening(thread)}/hiding", data={"reason": "Not kind"})
        mei = talk.cast.browser("mei")
        assert mei.get(f"/discussions/{thread}").status_code == 404
        assert "Rude title" not in mei.get(f"/discussions/in/{talk.place}").text
        assert "new)" not in mei.get(f"/learn/{talk.cast.code}").text
        for handle in ("hao", "lin"):
            assert talk.cast.browser(handle).get(f"/discussions/{thread}").status_code == 200


class TestReports:
    def test_go_to_the_staff_once(self, talk, in_app):
        thread = talk.asks("hao", text="Buy now")
        post = talk.opening(thread)
        mei = talk.cast.browser("mei")
        for _time in range(2):
            assert (
                mei.post(f"/discussions/posts/{post}/report", data={"reason": "Spam"}).status_code
                == 302
            )
        with in_app():
            (report,) = db.session.scalars(db.select(PostReport))
            for _time in range(2):
                operations.tell_of_report(report.id)
            told = db.session.scalars(
                db.select(Notification).where(Notification.kind == "conversations.report")
            ).all()
            assert {one.person.handle for one in told} == {"lin", "ping"} and len(told) == 2
            report_id = report.id
        lin = talk.cast.browser("lin")
        assert "1 report" in lin.get(f"/discussions/in/{talk.place}").text
        page = lin.get("/discussions/reports").text
        assert "Buy now" in page and "Spam" in page
        assert "1 reported posts" in lin.get("/").text
        lin.post(f"/discussions/reports/{report_id}/settlement")
        assert "Buy now" not in lin.get("/discussions/reports").text

    def test_are_settled_by_hiding(self, talk, in_app):
        post = talk.opening(talk.asks("hao"))
        talk.cast.browser("mei").post(f"/discussions/posts/{post}/report", data={"reason": "x"})
        talk.cast.browser("ping").post(f"/discussions/posts/{post}/hiding", data={"reason": "x"})
        with in_app():
            assert db.session.scalars(db.select(PostReport)).one().settled_at is not None

    def test_of_other_sections_are_not_there(self, talk, in_app):
        post = talk.opening(talk.asks("hao"))
        talk.cast.browser("mei").post(f"/discussions/posts/{post}/report", data={"reason": "x"})
        with in_app():
            report_id = db.session.scalars(db.select(PostReport)).one().id
        wang = talk.cast.browser("wang")  # teaches elsewhere
        assert wang.get("/discussions/reports").status_code == 200
        assert "hao" not in wang.get("/discussions/reports").text.partition("<main")[2]
        assert wang.post(f"/discussions/reports/{report_id}/settlement").status_code == 404
        for handle in ("mei", "fang"):
            assert talk.cast.browser(handle).get("/discussions/reports").status_code == 404

    def test_of_ones_own_posts_are_refused(self, talk):
        post = talk.opening(talk.asks("mei"))
        path = f"/discussions/posts/{post}/report"
        assert talk.cast.browser("mei").post(path, data={"reason": "x"}).status_code == 404


class TestLockedItems:
    def test_cannot_be_talked_about_until_they_open(self, talk, in_app):
        thread = talk.asks("lin", "About the lab", subject="lab:squares")
        with in_app():
            view = _view(talk)
            learning.set_condition(
                talk.cast.person("lin"),
                view.offering,
                view.version,
                "lab:squares",
                {"completed": "lesson:areas"},
            )
        mei = talk.cast.browser("mei")
        assert mei.get(f"/discussions/{thread}").status_code == 404
        assert "About the lab" not in mei.get(f"/discussions/in/{talk.place}").text
        assert "new)" not in mei.get(f"/learn/{talk.cast.code}").text
        assert talk.cast.browser("ping").get(f"/discussions/{thread}").status_code == 200
        mei.post(f"/learn/{talk.cast.code}/lessons/areas/completion")
        assert mei.get(f"/discussions/{thread}").status_code == 200


def _view(talk):
    from app.learning import queries

    return queries.offering_for(talk.cast.person("lin"), talk.cast.section().offering_id)


def test_names_that_lead_nowhere_are_not_found(talk):
    browser = talk.cast.browser("mei")
    for key in (
        "section:",
        "section:nothing",
        "other:thing",
        "section",
        "%00",
        "section:%F0%9F%98%80",
    ):
        assert browser.get(f"/discussions/in/{key}").status_code == 404
    assert browser.get(f"/discussions/{uuid.uuid4()}").status_code == 404
    assert browser.get(f"/discussions/in/{talk.place}?about=lesson:no").status_code == 404
