"""What a company sees of people: nothing without approval and consent, no names where it promised
to read without, and never a word of it in news or mails."""

import io
from datetime import timedelta

import pytest

from app.accounts.models import Organisation
from app.accounts.rules import Standing
from app.applications import operations, queries
from app.applications.operations import Words
from app.applications.rules import TO_COMPANY, Move, State
from app.bookings import operations as bookings
from app.bookings.queries import live_booking_of
from app.bookings.rules import Span
from app.conversations import operations as conversations
from app.conversations.models import Post
from app.kernel import clock
from app.kernel.database import db
from app.notifications.models import Notification
from app.privacy import operations as privacy
from tests.applications.conftest import COMPANY

MARKS = (
    "林小梅",
    "mei@",
    "@mei",
    "榮南",
    "榕南科技大學",
    "Rongnan",
    "C11401001",
    "工業工程",
    "github",
)
WORDS = "I am 林小梅 (mei@rongnan.example) of 榕南科技大學, C11401001; see https://github.com/mei."


@pytest.fixture
def blind(field, in_app):
    """mei has applied while the company reads without names, with every kind of giveaway."""
    with in_app():
        yun, mei = field.cast.person("yun"), field.cast.person("mei")
        operations.read_blind(yun, field.brief, wanted=True)
        draft = operations.save(mei, field.brief)
        for name, nameless in (("林小梅 CV.pdf", False), ("mei plan.pdf", True)):
            operations.add_file(mei, draft, name, b"%PDF-1.4 plan", is_nameless=nameless)
        made = operations.apply(
            mei,
            field.brief,
            Words(WORDS, [{"url": "https://github.com/mei", "title": "林小梅"}]),
            consents_now=True,
        )
        field.application_id = made.id
        field.file_ids = {row.name: row.id for row in made.files}
    return field


def pages(field):
    desk = f"/company/applications/{field.application_id}"
    return (
        field.address(),
        field.address("?q=plan"),
        field.address(".csv"),
        field.address("/comparison?number=1"),
        desk,
        f"/discussions/in/application:{field.application_id}",
        f"/company/{COMPANY}",
        "/",
        "/notifications",
    )


def test_no_page_file_address_or_news_tells_who_she_is(blind, in_app):
    yun = blind.cast.browser("yun")
    for address in pages(blind):
        page = yun.get(address)
        assert page.status_code == 200, address
        assert not [mark for mark in MARKS if mark in page.text], address
        assert not [mark for mark in MARKS if mark in page.headers.get("Content-Disposition", "")]
    assert "Applicant 1" in yun.get(blind.address()).text
    desk = f"/company/applications/{blind.application_id}"
    assert "applicant-1-file-2.pdf" in yun.get(desk).text
    shown = yun.get(f"{desk}/files/{blind.file_ids['mei plan.pdf']}")
    assert "applicant-1-file-2.pdf" in shown.headers["Content-Disposition"]
    assert yun.get(f"{desk}/files/{blind.file_ids['林小梅 CV.pdf']}").status_code == 404
    # A search for a hidden name finds nobody.
    assert 'class="board-card"' not in yun.get(blind.address("?q=林小梅")).text


def test_messages_of_hers_have_no_name_and_the_mail_has_no_words(blind, in_app):
    mei, yun = blind.cast.browser("mei"), blind.cast.browser("yun")
    place = f"/discussions/in/application:{blind.application_id}"
    written = mei.post(
        f"{place}/new",
        data={
            "title": "A question of 林小梅",
            "body": "When do I begin? 林小梅",
            "subject": "messages",
            "kind": "question",
            "key": "00000000-0000-4000-8000-000000000001",
        },
    )
    assert written.status_code == 302
    with in_app():
        post_id = db.session.query(Post).one().id
    with in_app():
        conversations.tell_of_thread(db.session.get_one(Post, post_id).thread_id)
    for address in (place, written.location, "/notifications"):
        page = yun.get(address).text
        assert not [mark for mark in MARKS if mark in page], address
    assert "When do I begin?" in yun.get(written.location).text
    assert "Applicant 1" in yun.get(written.location).text
    with in_app():
        told = [str(n.subject) + str(n.body) for n in db.session.query(Notification)
                if n.kind == "conversations.message"]  # fmt: skip
        assert told
        assert all("begin" not in text and "林小梅" not in text for text in told)
    for stranger in ("hao", "lin", "fang", "guo"):
        assert blind.cast.browser(stranger).get(place).status_code == 404
        assert blind.cast.browser(stranger).get(written.location).status_code == 404
    reported = yun.post(f"/discussions/posts/{post_id}/report", data={"reason": "Not nice"})
    assert reported.status_code == 302
    officer = blind.cast.browser("fang")
    assert "When do I begin?" in officer.get("/discussions/reports").text
    assert officer.get(written.location).status_code == 200


def test_an_invitation_tells_the_name_and_turning_it_off_does_not(blind, in_app):
    yun = blind.cast.browser("yun")
    yun.post(blind.address("/reading"), data={"wanted": "0"})
    desk = f"/company/applications/{blind.application_id}"
    assert "林小梅" not in yun.get(desk).text
    yun.post(f"{desk}/moves", data={"move": "invite", "seen": "applied"})
    page = yun.get(desk).text
    assert "林小梅" in page
    assert "https://github.com/mei" in page
    yun.post(f"{desk}/moves", data={"move": "reset", "seen": "interview"})
    assert "林小梅" in yun.get(desk).text


def test_when_she_withdraws_her_consent_the_company_sees_nothing_at_the_next_request(field, in_app):
    with in_app():
        made_id = field.apply("mei").id
        operations.note(field.cast.person("yun"), field.seen(made_id).application, "Good words")
    field.application_id = made_id
    yun = field.cast.browser("yun")
    assert "林小梅" in yun.get(field.address()).text
    with in_app():
        privacy.withdraw(field.cast.person("mei"), TO_COMPANY.name, field.organisation_id)
    for address in pages(field):
        page = yun.get(address)
        assert "林小梅" not in page.text, address
        if str(made_id) in address:
            assert page.status_code == 404
    assert "Nobody has applied yet" in yun.get(field.address()).text
    with in_app():
        hers = queries.my_application(field.cast.person("mei"), made_id)
        assert hers.state is State.WITHDRAWN
    assert (
        "The consent to this company was withdrawn."
        in field.cast.browser("mei").get(f"/me/applications/{made_id}").text
    )


def test_a_company_that_is_suspended_sees_nothing_at_the_next_request(field, in_app):
    with in_app():
        field.application_id = field.apply("mei").id
    yun = field.cast.browser("yun")
    assert "林小梅" in yun.get(field.address()).text
    with in_app():
        company = db.session.get_one(Organisation, field.organisation_id)
        company.standing, company.verified_at = Standing.SUSPENDED, None
        db.session.commit()
    for address in pages(field):
        page = yun.get(address)
        assert "林小梅" not in page.text, address
        if "applica" in address:
            assert page.status_code == 404, address


def test_nobody_else_reads_or_moves_an_application(field, in_app):
    with in_app():
        made_id = field.apply("mei").id
    for handle in ("hao", "lin", "guo", "fang", "ting", "jia-office"):
        browser = field.cast.browser(handle)
        for address in (
            field.address(),
            field.address(".csv"),
            f"/company/applications/{made_id}",
            f"/me/applications/{made_id}",
        ):
            assert browser.get(address).status_code == 404, (handle, address)
        assert browser.post(f"/me/applications/{made_id}/withdrawal").status_code == 404
        assert browser.post(f"/company/applications/{made_id}/moves").status_code == 404
        assert browser.post(f"/company/applications/{made_id}/notes").status_code == 404
    with in_app():
        assert field.seen(made_id).state is State.APPLIED


def test_interviews_are_booked_by_who_is_invited_and_fall_away_with_the_application(field, in_app):
    address = f"/bookings/for/interview/brief:{field.brief_id}"
    with in_app():
        made = field.apply("mei")
        made_id = made.id
    mei, yun = field.cast.browser("mei"), field.cast.browser("yun")
    assert mei.get(address).status_code == 404
    yun.post(f"/company/applications/{made_id}/moves", data={"move": "invite", "seen": "applied"})
    begin = clock.now() + timedelta(days=2)
    with in_app():
        (slot,) = bookings.offer_slots(
            field.cast.person("yun"), [Span(begin, begin + timedelta(minutes=30))],
            purpose="interview", subject_key=f"brief:{field.brief_id}",
            organisation_id=field.organisation_id, place="Factory gate",
        )  # fmt: skip
        slot_id = slot.id
    assert mei.get(address).status_code == 200
    assert mei.post(f"/bookings/slots/{slot_id}/booking").status_code == 303
    key = ("interview", f"brief:{field.brief_id}", f"application:{made_id}")
    with in_app():
        booking = live_booking_of(*key)
        assert booking is not None
        booking_id = booking.id
    assert "林小梅" in yun.get(f"/bookings/{booking_id}").text
    with in_app():
        privacy.withdraw(field.cast.person("mei"), TO_COMPANY.name, field.organisation_id)
    assert "林小梅" not in yun.get(f"/bookings/{booking_id}").text
    with in_app():
        assert live_booking_of(*key) is None


def test_a_message_of_the_company_is_an_answer(field, in_app):
    with in_app():
        made_id = field.apply("mei").id
    place = f"/discussions/in/application:{made_id}/new"
    form = {"title": "Hello", "body": "Thank you", "subject": "messages", "kind": "discussion"}
    field.cast.browser("mei").post(
        place, data={**form, "key": "00000000-0000-4000-8000-000000000002"}
    )
    with in_app():
        assert field.seen(made_id).application.answered_at is None
    field.cast.browser("yun").post(
        place, data={**form, "key": "00000000-0000-4000-8000-000000000003"}
    )
    with in_app():
        assert field.seen(made_id).application.answered_at is not None


def test_long_silence_is_shown_to_both_sides_and_to_the_office(field, in_app, frozen):
    with in_app():
        field.apply("mei")
    # A session lives on: the browsers are opened in the days to come.
    with frozen(clock.now() + timedelta(days=10, minutes=1)):
        hers = field.cast.browser("hao").get(f"/briefs/{field.brief_id}/application").text
        theirs = field.cast.browser("yun").get(field.address()).text
        assert "1 waits longer than ten days" in hers
        assert "1 waits longer than ten days" in theirs
        assert "waits for 10 days" in theirs
        with in_app():
            (silence,) = queries.silences()
            assert (silence.brief.id, silence.count) == (field.brief_id, 1)


def test_files_are_kept_while_it_is_a_draft_and_stay_once_it_is_sent(field, in_app):
    mei = field.cast.browser("mei")
    address = f"/briefs/{field.brief_id}/application"
    kept = mei.post(
        address,
        data={"act": "keep", "statement": "So far", "files": (io.BytesIO(b"a plan"), "plan.txt")},
    )
    assert kept.status_code == 303
    page = mei.get(address).text
    assert "So far" in page
    assert "plan.txt" in page
    with in_app():
        made = queries.application_of(field.cast.person("mei"), field.brief)
        made = queries.my_application(field.cast.person("mei"), made.id)
        file_id, made_id = made.files[0].id, made.id
    mei.post(address, data={"act": "apply", "statement": "Now", "consents": "y"})
    removal = f"/me/applications/{made_id}/files/{file_id}/deletion"
    assert mei.post(removal).status_code == 404
    assert mei.get(f"/me/applications/{made_id}/files/{file_id}").data == b"a plan"
    yun = field.cast.browser("yun")
    assert yun.get(f"/company/applications/{made_id}/files/{file_id}").data == b"a plan"
    with in_app():
        assert Move.APPLY in [s.move for s in field.seen(made_id).application.steps]
