"""From a brief to a place: what each side sees and does on the way, over HTTP."""

from datetime import timedelta

import pytest

from app.applications import operations, queries
from app.applications.models import Application, ApplicationStep
from app.applications.operations import Words
from app.applications.rules import Move, State
from app.briefs.events import BriefChanged, BriefClosed
from app.kernel import clock
from app.kernel.database import db
from app.kernel.events import publish as publish_event
from app.privacy.queries import lookings_at
from tests.applications.conftest import prepare, publish, show


def post(client, address, **fields):
    return client.post(address, data=fields)


def test_a_student_applies_is_offered_a_place_and_accepts(field, in_app):
    mei, yun = field.cast.browser("mei"), field.cast.browser("yun")
    page = mei.get(f"/briefs/{field.brief_id}/application").text
    assert "Everything that is required is shown." in page
    sent = post(
        mei,
        f"/briefs/{field.brief_id}/application",
        act="apply",
        statement="I listen to machines.",
        links="https://example.com/mei My code",
        consents="y",
    )
    assert sent.status_code == 303
    address = sent.headers["Location"]
    assert "Application sent" in mei.get(address).text
    board = yun.get(field.address())
    assert "林小梅" in board.text
    with in_app():
        (made,) = field.board().rows
        desk = f"/company/applications/{made.id}"
    assert "I listen to machines." in yun.get(desk).text
    assert post(yun, f"{desk}/moves", move="invite", seen="applied").status_code == 303
    until = (clock.now() + timedelta(days=3)).astimezone(clock.TAIPEI).strftime("%Y-%m-%dT%H:%M")
    assert post(yun, f"{desk}/offer", until=until, seen="interview").status_code == 303
    assert "Accept the offer" in mei.get(address).text
    assert post(mei, f"{address}/acceptance").status_code == 303
    assert "The place is yours." in mei.get(address).text
    assert "1 of 2 places are taken." in yun.get(field.address()).text
    with in_app():
        steps = [row.move for row in db.session.query(ApplicationStep).order_by(ApplicationStep.at)]
        assert steps == [Move.APPLY, Move.INVITE, Move.OFFER, Move.ACCEPT]


def test_who_lacks_a_skill_is_told_which_and_cannot_apply(field, in_app):
    with in_app():
        show(field.cast, "yian", level=1)
    yian = field.cast.browser("yian")
    page = yian.get(f"/briefs/{field.brief_id}/application").text
    assert "One required skill is missing." in page
    answer = post(
        yian, f"/briefs/{field.brief_id}/application", act="apply", statement="Me!", consents="y"
    )
    assert answer.status_code == 422
    assert "Something that is required is missing." in answer.text
    assert "Me!" in answer.text
    with in_app():
        assert field.board().rows == ()
        hers = queries.my_applications(field.cast.person("yian")).rows
        assert [row.state for row in hers] == [State.SAVED]
        assert hers[0].statement == "Me!"


def test_without_consent_nothing_is_sent(field, in_app):
    mei = field.cast.browser("mei")
    answer = post(mei, f"/briefs/{field.brief_id}/application", act="apply", statement="Me!")
    assert answer.status_code == 422
    assert "Without your consent the company sees nothing of you" in answer.text
    with in_app():
        assert field.board().rows == ()


def test_applying_twice_is_once(field, in_app):
    with in_app():
        field.apply("mei")
        with pytest.raises(operations.AlreadyApplied):
            field.apply("mei")
    with in_app():
        assert len(field.board().rows) == 1


def test_after_withdrawing_one_may_apply_again_and_after_a_refusal_not(field, in_app):
    with in_app():
        mei, yun = field.cast.person("mei"), field.cast.person("yun")
        operations.withdraw(mei, field.apply("mei"))
        again = field.apply("mei")
        operations.move(yun, again, Move.REFUSE, seen=State.APPLIED, reason="Another field")
        with pytest.raises(operations.NotAgain):
            field.apply("mei")


def test_a_refusal_says_why_and_can_be_thought_over(field, in_app):
    with in_app():
        made_id = field.apply("mei").id
    yun = field.cast.browser("yun")
    desk = f"/company/applications/{made_id}"
    silent = post(yun, f"{desk}/moves", move="refuse", seen="applied", reason="  ")
    assert silent.status_code == 422
    assert "Please give a reason." in silent.text
    post(yun, f"{desk}/moves", move="refuse", seen="applied", reason="We look for a second year.")
    page = field.cast.browser("mei").get(f"/me/applications/{made_id}").text
    assert "We look for a second year." in page
    post(yun, f"{desk}/moves", move="reconsider", seen="refused")
    with in_app():
        assert field.seen(made_id).state is State.APPLIED
        assert queries.live_application(field.cast.person("mei").id, field.brief_id) == made_id


def test_several_are_refused_at_once_and_each_reads_why(field, in_app):
    with in_app():
        sent = [field.apply("mei"), field.apply("hao")]
        ids, numbers = [row.id for row in sent], [row.number for row in sent]
    yun = field.cast.browser("yun")
    page = field.address("/refusal")
    assert "Do not choose 2 applicants" in yun.get(page, query_string={"number": numbers}).text
    with in_app():
        looks = lookings_at(field.cast.person("hao")).rows
        assert [row.what for row in looks] == ["applicants"]
    asked = {"number": numbers, **{f"seen-{number}": "applied" for number in numbers}}
    without = yun.post(page, data=asked)
    assert without.status_code == 422
    assert "Please give a reason." in without.text
    post(yun, f"/company/applications/{ids[0]}/moves", move="shortlist", seen="applied")
    asked["reason"] = "All places are taken."
    done = yun.post(page, data=asked, follow_redirects=True).text
    assert "1 applicant was told." in done
    assert "1 was moved by somebody meanwhile and stayed." in done
    with in_app():
        assert [field.seen(one).state for one in ids] == [State.SHORTLISTED, State.REFUSED]
    hers = field.cast.browser("hao").get(f"/me/applications/{ids[1]}").text
    assert "All places are taken." in hers
    other = field.cast.browser("ping").get(page, query_string={"number": numbers})
    assert other.status_code == 404


def test_who_moves_what_was_moved_meanwhile_is_told(field, in_app):
    with in_app():
        made_id = field.apply("mei").id
    yun = field.cast.browser("yun")
    desk = f"/company/applications/{made_id}/moves"
    script = {"X-Requested-With": "applications"}
    first = yun.post(desk, data={"to": "shortlisted", "seen": "applied"}, headers=script)
    assert first.json["state"] == "shortlisted"
    second = yun.post(desk, data={"to": "interview", "seen": "applied"}, headers=script)
    assert second.status_code == 409
    assert second.json["state"] == "shortlisted"


def test_an_offer_ends_by_itself_and_both_sides_hear_of_it(field, in_app, frozen):
    with in_app():
        made = field.offered("mei")
        later = made.offer_until
        with frozen(later - timedelta(seconds=1)):
            assert operations.expire_offers() == 0
        with frozen(later):
            assert operations.expire_offers() == 1
            assert operations.expire_offers() == 0
            with pytest.raises(operations.OfferOver):
                operations.accept(field.cast.person("mei"), made)
    assert "The offer has ended" in field.cast.browser("mei").get("/notifications").text
    assert "The offer has ended" in field.cast.browser("yun").get("/notifications").text


def test_when_the_last_place_is_taken_other_offers_of_it_end(enrolled, in_app):
    with in_app():
        field = prepare(enrolled, quota=1)
        mine, hers = field.offered("mei"), field.offered("hao")
        operations.accept(field.cast.person("mei"), mine)
        db.session.refresh(hers)
        assert hers.state is State.EXPIRED
        with pytest.raises(operations.OfferOver):
            operations.accept(field.cast.person("hao"), hers)
        operations.withdraw(field.cast.person("mei"), mine, "Another place")
        assert field.board().seats_taken == 0
    assert (
        "The last place was taken."
        in enrolled.browser("hao").get(f"/me/applications/{hers.id}").text
    )


def test_the_board_asks_as_much_for_many_as_for_one(field, in_app, count_queries):
    with in_app():
        field.apply("mei")
    yun = field.cast.browser("yun")
    yun.get(field.address())
    with count_queries() as one:
        yun.get(field.address())
    with in_app():
        show(field.cast, "yian")
        field.apply("hao")
        made = field.apply("yian")
        for tag in ("first", "second"):
            operations.tag(field.cast.person("yun"), made, tag)
    with count_queries() as many:
        assert yun.get(field.address()).text.count('class="board-card"') == 3
    assert len(many) == len(one)


def test_the_list_of_hers_asks_as_much_for_many_as_for_one(field, in_app, count_queries):
    mei = field.cast.browser("mei")
    with in_app():
        operations.save(field.cast.person("mei"), field.brief)
    mei.get("/me/applications")
    with count_queries() as one:
        mei.get("/me/applications")
    with in_app():
        for _n in range(4):
            operations.save(field.cast.person("mei"), publish(field.cast))
    with count_queries() as many:
        assert mei.get("/me/applications").text.count("Sounds of presses") >= 5
    assert len(many) == len(one)


def test_saving_is_hers_alone_and_can_be_taken_back(field, in_app):
    mei = field.cast.browser("mei")
    post(mei, f"/briefs/{field.brief_id}/saved")
    assert "Sounds of presses" in mei.get("/me/applications?show=saved").text
    with in_app():
        made = queries.application_of(field.cast.person("mei"), field.brief)
        assert made is not None
        assert field.board().rows == ()
    assert field.cast.browser("yun").get(f"/company/applications/{made.id}").status_code == 404
    post(mei, f"/me/applications/{made.id}/deletion")
    with in_app():
        assert db.session.query(Application).count() == 0


def test_briefs_are_compared_and_found(field, in_app):
    with in_app():
        other_id = publish(field.cast, quota=7).id
    mei = field.cast.browser("mei")
    page = mei.get(f"/me/applications/comparison?brief={field.brief_id}&brief={other_id}")
    assert page.text.count("Sounds of presses") == 2
    assert ">7<" in page.text
    post(mei, f"/briefs/{other_id}/saved")
    assert "Sounds of presses" in mei.get("/me/applications?q=presses").text
    assert "Nothing matches" in mei.get("/me/applications?q=rivers").text


def test_each_look_is_noted_and_she_can_read_it(field, in_app):
    with in_app():
        made_id = field.apply("mei").id
    yun = field.cast.browser("yun")
    yun.get(field.address())
    yun.get(f"/company/applications/{made_id}")
    with in_app():
        kinds = {row.what for row in lookings_at(field.cast.person("mei")).rows}
    assert kinds == {"applicants", "application"}
    assert "Your application" in field.cast.browser("mei").get("/me/data/looks").text


def test_only_words_are_sent_by_somebody_who_studies(field, in_app):
    with in_app(), pytest.raises(operations.StudentsApply):
        operations.apply(field.cast.person("lin"), field.brief, Words("Me too"), consents_now=True)


def test_whoever_applied_hears_that_the_brief_changed_or_closed(field, in_app):
    with in_app():
        field.apply("mei")
        publish_event(BriefChanged(field.brief_id, 2))
        publish_event(BriefClosed(field.brief_id, ""))
        publish_event(BriefClosed(field.brief_id, ""))
    news = field.cast.browser("mei").get("/notifications").text
    assert "What you applied for has changed: Sounds of presses" in news
    assert news.count("Closed for further applications, yours stays: Sounds of presses") == 1
    assert "has changed" not in field.cast.browser("hao").get("/notifications").text
