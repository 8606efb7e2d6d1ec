"""People ask, reply, edit, delete, mark answers and follow, each within what is hers."""

import uuid

import pytest

from app.accounts.models import Person
from app.conversations import operations, places, queries
from app.conversations.models import Post, Thread, ThreadReader
from app.conversations.rules import MOST_LETTERS, PAGE, Show
from app.kernel import clock
from app.kernel.database import db
from app.learning import operations as learning
from app.notifications.models import Notification
from tests.conversations.conftest import LESSON, words

SITE = "http://banyan.test"


def form(text="I wonder.", **more):
    return {"title": "Why?", "body": text, "kind": "question", "subject": LESSON} | more


class TestAsking:
    def test_on_a_lesson_leads_to_a_thread_that_others_find(self, talk):
        mei, hao = talk.cast.browser("mei"), talk.cast.browser("hao")
        page = mei.get(f"/learn/{talk.cast.code}/lessons/areas").text
        assert f"/discussions/in/{talk.place}?about=lesson:areas" in page
        made = mei.post(f"/discussions/in/{talk.place}/new", data=form("**Why** squares?"))
        assert made.status_code == 302
        thread = hao.get(made.location).text
        assert "<strong>Why</strong> squares?" in thread and "Why?" in thread
        listed = hao.get(f"/discussions/in/{talk.place}?about={LESSON}").text
        assert "Why?" in listed

    def test_needs_words_and_says_so_keeping_what_was_typed(self, talk):
        mei = talk.cast.browser("mei")
        answer = mei.post(f"/discussions/in/{talk.place}/new", data=form("", title="Kept"))
        assert answer.status_code == 422 and 'value="Kept"' in answer.text
        long = mei.post(f"/discussions/in/{talk.place}/new", data=form("x" * (MOST_LETTERS + 1)))
        assert long.status_code == 422 and "20,000" in long.text

    @pytest.mark.parametrize("subject", ["lesson:nothing", "lab:other", ""])
    def test_is_about_something_that_is_there(self, talk, subject):
        answer = talk.cast.browser("mei").post(
            f"/discussions/in/{talk.place}/new", data=form(subject=subject)
        )
        assert answer.status_code == 422

    def test_is_for_who_takes_or_teaches_the_section(self, talk):
        thread = talk.asks()
        paths = [
            f"/discussions/in/{talk.place}",
            f"/discussions/in/{talk.place}/new",
            f"/discussions/{thread}",
            f"/discussions/{thread}/following",
            f"/discussions/posts/{talk.opening(thread)}/report",
        ]
        for handle in ("wang", "yun", "jia-office", "fang"):
            browser = talk.cast.browser(handle)
            assert [browser.get(path).status_code for path in paths] == [404] * len(paths)
            assert browser.post(f"/discussions/{thread}", data={"body": "x"}).status_code == 404
        for handle in ("hao", "lin", "ping"):
            assert talk.cast.browser(handle).get(paths[2]).status_code == 200

    def test_ends_with_the_enrolment(self, talk, in_app):
        thread = talk.asks("hao")
        with in_app():
            section = talk.cast.section()
            learning.withdraw(talk.cast.person("hao"), section, reason="moved", by=None)
        assert talk.cast.browser("hao").get(f"/discussions/{thread}").status_code == 404

    def test_stops_when_the_section_is_closed_and_stays_readable(self, talk, in_app):
        thread = talk.asks()
        with in_app():
            learning.close_section(talk.cast.person("lin"), talk.cast.section())
        mei = talk.cast.browser("mei")
        assert "stays readable" in mei.get(f"/discussions/{thread}").text
        assert mei.post(f"/discussions/{thread}", data={"body": "more"}).status_code == 422
        answer = mei.post(f"/discussions/in/{talk.place}/new", data=form())
        assert answer.status_code == 422


class TestTheSameTwice:
    def test_one_form_sent_twice_writes_once(self, talk):
        mei, key = talk.cast.browser("mei"), str(uuid.uuid4())
        address = f"/discussions/in/{talk.place}/new"
        first, second = (mei.post(address, data=form(key=key)) for _time in range(2))
        assert first.location == second.location
        replies = [mei.post(first.location, data={"body": "r", "key": key[:-1] + c}) for c in "00"]
        assert replies[0].location == replies[1].location

    def test_two_tabs_with_the_same_words_write_once(self, talk, in_app):
        first, second = (talk.asks() for _time in range(2))
        assert first == second
        assert talk.replies("hao", first) == talk.replies("hao", first)
        assert talk.replies("hao", first, "More.") != talk.replies("hao", first)
        with in_app():
            assert db.session.get_one(Thread, first).post_count == 3

    def test_a_flood_is_stopped(self, talk):
        mei, thread = talk.cast.browser("mei"), talk.asks()
        codes = [
            mei.post(f"/discussions/{thread}", data={"body": f"number {n}"}).status_code
            for n in range(12)
        ]
        assert codes == [302] * 10 + [422] * 2


class TestChanging:
    def test_keeps_what_stood_there_for_the_author_and_the_staff(self, talk):
        thread = talk.asks(text="First words")
        post = talk.opening(thread)
        mei = talk.cast.browser("mei")
        assert "First words" in mei.get(f"/discussions/posts/{post}/edit").text
        mei.post(f"/discussions/posts/{post}/edit", data={"title": "Better", "body": "New words"})
        page = talk.cast.browser("hao").get(f"/discussions/{thread}").text
        assert "New words" in page and "edited" in page and "First words" not in page
        history = f"/discussions/posts/{post}/history"
        assert "First words" in talk.cast.browser("lin").get(history).text
        assert "First words" in mei.get(history).text
        assert talk.cast.browser("hao").get(history).status_code == 404

    def test_is_for_the_author_alone(self, talk):
        post = talk.opening(talk.asks())
        for handle in ("hao", "lin"):
            browser = talk.cast.browser(handle)
            for act in ("edit", "deletion"):
                path = f"/discussions/posts/{post}/{act}"
                assert browser.get(path).status_code == 404
                assert browser.post(path, data={"body": "x", "title": "x"}).status_code == 404

    def test_deleting_leaves_a_tombstone_where_others_replied(self, talk):
        thread = talk.asks(title="Secret title", text="Secret words")
        talk.replies("hao", thread, "A reply")
        mei, post = talk.cast.browser("mei"), talk.opening(thread)
        assert "Secret words" in mei.get(f"/discussions/posts/{post}/deletion").text
        assert mei.post(f"/discussions/posts/{post}/deletion").status_code == 302
        for handle in ("mei", "lin"):
            browser = talk.cast.browser(handle)
            page = browser.get(f"/discussions/{thread}").text
            assert "Secret words" not in page and "A reply" in page
            assert "Its author deleted this post" in page
            assert "Secret title" not in browser.get(f"/discussions/in/{talk.place}").text

    def test_deleting_what_nobody_replied_to_removes_the_thread(self, talk):
        thread = talk.asks()
        mei = talk.cast.browser("mei")
        mei.post(f"/discussions/posts/{talk.opening(thread)}/deletion")
        assert mei.get(f"/discussions/{thread}").status_code == 404
        assert talk.cast.browser("lin").get(f"/discussions/{thread}").status_code == 404


class TestAnswers:
    def test_are_marked_by_who_asked_or_the_staff(self, talk):
        thread = talk.asks("mei")
        first, second = talk.replies("lin", thread, "One"), talk.replies("ping", thread, "Two")
        path = f"/discussions/posts/{first}/answer"
        hao = talk.cast.browser("hao")
        assert hao.post(path, data={"wanted": "1"}).status_code == 404
        assert "Mark as the answer" not in hao.get(f"/discussions/{thread}").text
        talk.cast.browser("mei").post(path, data={"wanted": "1"})
        assert "post-answer" in hao.get(f"/discussions/{thread}").text
        lin = talk.cast.browser("lin")
        lin.post(f"/discussions/posts/{second}/answer", data={"wanted": "1"})
        page = lin.get(f"/discussions/{thread}").text
        assert page.count("post-answer") == 1
        lin.post(f"/discussions/posts/{second}/answer", data={"wanted": "0"})
        assert "post-answer" not in lin.get(f"/discussions/{thread}").text

    def test_are_replies_to_questions(self, talk):
        thread = talk.asks("mei")
        path = f"/discussions/posts/{talk.opening(thread)}/answer"
        assert talk.cast.browser("mei").post(path, data={"wanted": "1"}).status_code == 404

    def test_fall_away_with_a_deleted_post(self, talk, in_app):
        thread = talk.asks("mei")
        reply = talk.replies("hao", thread)
        talk.cast.browser("mei").post(f"/discussions/posts/{reply}/answer", data={"wanted": "1"})
        talk.cast.browser("hao").post(f"/discussions/posts/{reply}/deletion")
        with in_app():
            assert db.session.get_one(Thread, thread).answered_at is None


class TestNewness:
    def counts(self, talk, handle):
        with talk.cast.app.app_context():
            found = queries.counts_in(talk.cast.person(handle), talk.place)
            return {key: (row.threads, row.unread) for key, row in found.items()}

    def test_counts_what_others_wrote_and_she_has_not_seen(self, talk):
        thread = talk.asks("mei")
        for n in range(3):
            talk.replies("lin", thread, f"Reply {n}")
        assert self.counts(talk, "mei") == {LESSON: (1, 3)}
        assert self.counts(talk, "hao") == {LESSON: (1, 4)}
        hao = talk.cast.browser("hao")
        assert "Discussion (4 new)" in hao.get(f"/learn/{talk.cast.code}/lessons/areas").text
        assert "Discussions (4 new)" in hao.get(f"/learn/{talk.cast.code}").text
        hao.get(f"/discussions/{thread}")
        assert self.counts(talk, "hao") == {LESSON: (1, 0)}
        assert "new)" not in hao.get(f"/learn/{talk.cast.code}/lessons/areas").text

    def test_ends_for_a_whole_place_at_once(self, talk):
        talk.asks("mei", "One")
        talk.asks("mei", "Two", subject="course")
        hao = talk.cast.browser("hao")
        hao.post(f"/discussions/in/{talk.place}/read")
        assert {unread for _threads, unread in self.counts(talk, "hao").values()} == {0}
        assert {unread for _threads, unread in self.counts(talk, "ping").values()} == {1}

    def test_only_the_pages_that_were_opened_count_as_read(self, talk, in_app):
        thread = talk.asks("mei")
        with in_app():
            person, found = talk.cast.person("lin"), db.session.get_one(Thread, thread)
            place = places.place_for(person, talk.place)
            for n in range(PAGE + 5):
                operations.reply(person, found, place, words(f"Reply {n}"))
        hao = talk.cast.browser("hao")
        hao.get(f"/discussions/{thread}")
        assert self.counts(talk, "hao") == {LESSON: (1, 6)}
        hao.get(f"/discussions/{thread}?page=2")
        hao.get(f"/discussions/{thread}")
        assert self.counts(talk, "hao") == {LESSON: (1, 0)}


class TestLists:
    def listed(self, talk, handle="hao", **asked):
        with talk.cast.app.app_context():
            person = talk.cast.person(handle)
            place = places.place_for(person, talk.place)
            return [row.thread.title for row in queries.threads_in(person, place, **asked).rows]

    def test_find_words_in_titles_and_posts_in_both_languages(self, talk):
        thread = talk.asks("mei", "面積怎麼算", "請問**平方公尺**是什麼？")
        talk.asks("mei", "Other", "100% sure_thing")
        talk.replies("lin", thread, "Multiply the sides.")
        for search in ("面積", "平方公尺", "multiply"):
            assert self.listed(talk, search=search) == ["面積怎麼算"]
        assert self.listed(talk, search="%") == ["Other"]
        assert self.listed(talk, search="e_t") == ["Other"]
        assert self.listed(talk, search="nowhere") == []

    def test_narrow_down(self, talk):
        mine, other = talk.asks("hao", "Mine"), talk.asks("mei", "Other")
        reply = talk.replies("lin", mine)
        talk.cast.browser("hao").post(f"/discussions/posts/{reply}/answer", data={"wanted": "1"})
        assert self.listed(talk, show=Show.MINE) == ["Mine"]
        assert self.listed(talk, show=Show.FOLLOWED) == ["Mine"]
        assert self.listed(talk, show=Show.OPEN) == ["Other"]
        assert self.listed(talk, subject="course") == []
        talk.cast.browser("hao").get(f"/discussions/{other}")
        assert self.listed(talk, show=Show.UNREAD) == ["Mine"]

    def test_keep_pinned_threads_at_the_top(self, talk):
        first = talk.asks("mei", "First")
        talk.asks("mei", "Second")
        assert (
            talk.cast.browser("hao")
            .post(f"/discussions/{first}/pin", data={"wanted": "1"})
            .status_code
            == 404
        )
        talk.cast.browser("lin").post(f"/discussions/{first}/pin", data={"wanted": "1"})
        assert self.listed(talk) == ["First", "Second"]

    @pytest.mark.parametrize(
        "asked", ["page=0", "page=-4", "page=x", "show=x", "q=%00", "page=" + "9" * 40]
    )
    def test_survive_strange_addresses(self, talk, asked):
        talk.asks()
        page = talk.cast.browser("hao").get(f"/discussions/in/{talk.place}?{asked}")
        assert page.status_code == 200

    def test_ask_the_database_as_often_for_many_as_for_few(self, talk, in_app, count_queries):
        thread = talk.asks("mei", "Number 0")
        talk.replies("hao", thread)
        browser = talk.cast.browser("lin")
        paths = [
            f"/discussions/in/{talk.place}",
            f"/discussions/{thread}",
            f"/learn/{talk.cast.code}",
            f"/learn/{talk.cast.code}/lessons/areas",
        ]
        seen = {}
        for path in paths:
            browser.get(path)  # whatever happens only the first time
            with count_queries() as few:
                browser.get(path)
            seen[path] = len(few)
        for n in range(1, 12):
            more = talk.asks("mei", f"Number {n}")
            talk.replies(("hao", "lin", "ping")[n % 3], more)
            talk.replies(("hao", "lin", "ping")[n % 3], thread, f"Reply {n}")
        browser.get(paths[1])
        for path in paths:
            with count_queries() as many:
                browser.get(path)
            assert len(many) == seen[path], path


class TestTelling:
    def told(self, talk, handle):
        with talk.cast.app.app_context():
            person = talk.cast.person(handle)
            return db.session.scalars(
                db.select(Notification)
                .where(Notification.person_id == person.id)
                .order_by(Notification.created_at)
            ).all()

    def test_reaches_the_staff_of_a_new_thread_and_nobody_else(self, talk, in_app):
        thread = talk.asks("mei", "Why?")
        for _time in range(2):
            with in_app():
                operations.tell_of_thread(thread)
        assert [n.kind for n in self.told(talk, "lin")] == ["conversations.thread"]
        assert len(self.told(talk, "ping")) == 1
        assert self.told(talk, "hao") == self.told(talk, "mei") == self.told(talk, "wang") == []

    def test_reaches_who_follows_but_not_who_wrote(self, talk, in_app):
        thread = talk.asks("mei")
        reply = talk.replies("hao", thread)
        for _time in range(2):
            with in_app():
                operations.tell_of_post(SITE, reply)
        (news,) = self.told(talk, "mei")
        assert news.path == f"/discussions/{thread}?at=1#p1"
        assert f"{SITE}/discussions/{thread}/following" in news.body["en"]
        assert self.told(talk, "hao") == []

    def test_ends_for_who_stopped_following_even_when_she_writes_again(self, talk, in_app):
        thread = talk.asks("mei")
        mei = talk.cast.browser("mei")
        asked = mei.get(f"/discussions/{thread}/following")
        assert asked.status_code == 200 and "Stop following" in asked.text
        mei.post(f"/discussions/{thread}/following", data={"wanted": "0"})
        mei.post(f"/discussions/{thread}", data={"body": "by the way"})
        with in_app():
            operations.tell_of_post(SITE, talk.replies("hao", thread))
        assert self.told(talk, "mei") == []
        mei.post(f"/discussions/{thread}/following", data={"wanted": "1"})
        with in_app():
            operations.tell_of_post(SITE, talk.replies("hao", thread, "again"))
        assert len(self.told(talk, "mei")) == 1

    def test_never_reaches_who_lost_access(self, talk, in_app):
        thread = talk.asks("mei")
        reply = talk.replies("lin", thread)
        with in_app():
            learning.withdraw(talk.cast.person("mei"), talk.cast.section(), reason="x", by=None)
            operations.tell_of_post(SITE, reply)
            operations.mark_answer(
                talk.cast.person("lin"),
                db.session.get_one(Post, reply),
                places.place_for(talk.cast.person("lin"), talk.place),
            )
            operations.tell_of_answer(reply)
        assert self.told(talk, "mei") == []

    def test_goes_on_in_chunks_and_tells_everybody_once(self, talk, in_app, monkeypatch):
        monkeypatch.setattr("app.conversations.operations.news.CHUNK", 1)
        deferred = []
        thread = talk.asks("mei")
        reply = talk.replies("lin", thread)
        with in_app():
            operations.follow(talk.cast.person("hao"), db.session.get_one(Thread, thread))
            operations.follow(talk.cast.person("ping"), db.session.get_one(Thread, thread))
        monkeypatch.setattr(
            "app.conversations.operations.news.defer", lambda _name, **given: deferred.append(given)
        )
        after, rounds = None, 0
        while True:
            with in_app():
                operations.tell_of_post(SITE, reply, after)
                operations.tell_of_post(SITE, reply, after)  # a worker died: the job runs again
            rounds += 1
            if not deferred:
                break
            after = uuid.UUID(deferred[-1]["after"])
            deferred.clear()
        assert rounds == 5  # mei, hao, ping, lin herself, and the end
        assert [len(self.told(talk, who)) for who in ("mei", "hao", "ping", "lin")] == [1, 1, 1, 0]

    def test_of_an_answer_reaches_who_asked_and_who_answered(self, talk, in_app):
        thread = talk.asks("mei")
        reply = talk.replies("hao", thread)
        talk.cast.browser("lin").post(f"/discussions/posts/{reply}/answer", data={"wanted": "1"})
        with in_app():
            operations.tell_of_answer(reply)
        assert [n.kind for n in self.told(talk, "mei")] == ["conversations.answer"]
        assert [n.kind for n in self.told(talk, "hao")] == ["conversations.answer"]
        assert self.told(talk, "lin") == []

    def test_is_silent_about_what_was_taken_back_meanwhile(self, talk, in_app):
        thread = talk.asks("mei")
        reply = talk.replies("hao", thread)
        talk.cast.browser("hao").post(f"/discussions/posts/{reply}/deletion")
        with in_app():
            operations.tell_of_post(SITE, reply)
        assert self.told(talk, "mei") == []

    def test_following_is_one_row_for_each(self, talk, in_app):
        thread = talk.asks("mei")
        talk.replies("mei", thread, "one")
        talk.replies("mei", thread, "two")
        with in_app():
            rows = db.session.scalars(db.select(ThreadReader)).all()
            people = {db.session.get_one(Person, row.person_id).handle for row in rows}
            assert (len(rows), people) == (1, {"mei"})
            assert rows[0].followed_at <= clock.now()
