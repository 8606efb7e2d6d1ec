"""Messages to many: seen before they are sent, sent once, told to each in her language."""

import re
import uuid

import pytest
from sqlalchemy.exc import IntegrityError

from app.kernel import audit
from app.kernel.database import db
from app.notifications.models import Notification
from app.steering import operations, queries
from app.steering.models import BulkMessage, BulkRecipient
from app.steering.operations import messages
from app.steering.queries import AUDIENCES
from app.steering.rules import Words

WORDS = {
    "subject_zh": "請補件", "body_zh": "請上傳文件。", "subject_en": "Papers", "body_en": "Please.",
}  # fmt: skip


def hidden(page: str) -> dict[str, str]:
    form = page[page.rindex("<form") :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def audience(desk) -> str:
    with desk.in_app():
        from app.accounts.queries import organisation_by_slug

        return f"students/{organisation_by_slug('rongnan').id}"


def test_a_message_is_seen_with_its_people_before_it_is_sent(desk):
    browser = desk.cast.browser("fang")
    key = re.search(r'name="key"[^>]*value="([^"]+)"', browser.get("/steering/messages/new").text)
    data = WORDS | {"audience": audience(desk), "key": key[1]}
    preview = browser.post("/steering/messages/new", data=data)
    assert preview.status_code == 200 and "Send to 2 people" in preview.text
    assert "林小梅" in preview.text and "請補件" in preview.text and "Papers" in preview.text
    with desk.in_app():
        assert db.session.query(BulkMessage).count() == 0
    again = browser.post("/steering/messages/new", data=hidden(preview.text) | {"again": "1"})
    assert 'value="請補件"' in again.text
    for _twice in range(2):
        sent = browser.post("/steering/messages/new", data=hidden(preview.text) | {"send": "1"})
        assert sent.status_code == 303
    with desk.in_app():
        (made,) = db.session.query(BulkMessage)
        assert operations.tell_some(made.id) == 2 and operations.tell_some(made.id) == 0
        mei = desk.person("mei")
        (note,) = db.session.query(Notification).filter_by(
            person_id=mei.id, kind="steering.message"
        )
        assert note.subject["zh-Hant-TW"] == "請補件" and note.subject["en"] == "Papers"
        (line,) = db.session.query(audit.AuditEntry).filter_by(verb="steering.message")
        assert line.details["people"] == 2
    page = browser.get(sent.headers["Location"]).text
    assert "林小梅" in page and "on its way" not in page
    assert "請補件" in browser.get("/steering/messages?q=請補件").text


def test_a_set_that_has_changed_since_the_preview_is_looked_at_again(desk):
    browser = desk.cast.browser("fang")
    preview = browser.post("/steering/messages/new", data=WORDS | {"audience": audience(desk)})
    fields = hidden(preview.text)
    answer = browser.post("/steering/messages/new", data=fields | {"send": "1", "expected": "7"})
    assert answer.status_code == 422 and "Meanwhile other people" in answer.text
    assert hidden(answer.text)["expected"] == "2"


@pytest.mark.parametrize("missing", ["subject_en", "body_zh"])
def test_a_language_is_never_half(desk, missing):
    data = WORDS | {"audience": audience(desk), missing: ""}
    answer = desk.cast.browser("fang").post("/steering/messages/new", data=data)
    assert answer.status_code == 422 and "never half" in answer.text


def test_nobody_gets_nothing(desk):
    data = WORDS | {"audience": "associations"}
    answer = desk.cast.browser("fang").post("/steering/messages/new", data=data)
    assert answer.status_code == 422 and "Nobody is in this set now." in answer.text


def test_what_was_sent_is_never_changed(desk):
    with desk.in_app():
        chosen = AUDIENCES["students"]
        about = audience(desk).partition("/")[2]
        made = operations.send(
            desk.person("fang"), chosen, about, Words("a", "", "b", ""), key=uuid.uuid4(),
            expected=2,
        )  # fmt: skip
        made.subject_zh = "other"
        with pytest.raises(IntegrityError, match="never changed"):
            db.session.flush()


def test_many_are_told_some_at_a_time(desk, monkeypatch):
    monkeypatch.setattr(messages, "CHUNK", 1)
    with desk.in_app():
        about = audience(desk).partition("/")[2]
        made = operations.send(
            desk.person("fang"), AUDIENCES["students"], about, Words("a", "", "b", ""),
            key=uuid.uuid4(), expected=2,
        )  # fmt: skip
        assert [operations.tell_some(made.id) for _each in range(3)] == [1, 1, 0]
        assert queries.told_count(made) == 2
        assert db.session.query(BulkRecipient).count() == 2


class TestTheLog:
    def test_is_found_by_who_what_which_and_when(self, desk):
        from app.kernel.transaction import operation

        @operation
        def write():
            fang = desk.person("fang")
            audit.record(fang.id, "tests.one", "thing", "A", to=str(desk.person("mei").id))
            audit.record(fang.id, "tests.two", "thing", "B", text="=1+1")
            audit.record(None, "tests.one", "other", "A")

        with desk.in_app():
            write()
        browser = desk.cast.browser("fang")

        def found(query: str) -> list[str]:
            return re.findall(
                r"<code>(tests\.\w+)</code>", browser.get(f"/steering/log?{query}").text
            )

        assert sorted(found("verb=tests")) == ["tests.one", "tests.one", "tests.two"]
        assert found("verb=tests.two") == found("kind=thing&subject=B") == ["tests.two"]
        assert found("actor=fang&subject=A") == ["tests.one"]
        assert found("actor=@fang&verb=tests.two") == found("actor=方思齊&verb=tests.two")
        assert found("actor=program&verb=tests") == ["tests.one"]
        assert found("verb=tests&since=2999-01-01") == found("verb=tests&until=2001-01-01") == []
        assert found("verb=test") == [] and len(found("verb=tests&since=nonsense")) == 3
        assert "林小梅" in browser.get("/steering/log?subject=A&kind=thing").text
        text = browser.get("/steering/log.csv?verb=tests").data.decode("utf-8-sig")
        assert text.count("tests.") == 3 and "方思齊" in text

    def test_costs_the_same_however_long_it_is(self, desk, count_queries):
        from app.kernel.transaction import operation

        @operation
        def write(count: int):
            for at in range(count):
                audit.record(None, "tests.many", "thing", f"{at}")

        browser = desk.cast.browser("fang")

        def cost() -> int:
            browser.get("/steering/log?verb=tests")
            with count_queries() as seen:
                browser.get("/steering/log?verb=tests")
            return len(seen)

        with desk.in_app():
            write(2)
        before = cost()
        with desk.in_app():
            write(70)
        assert cost() == before
