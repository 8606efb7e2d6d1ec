"""Others' drafts, companies that are not approved, words before the promise, what never changes."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.accounts.operations.approvals import decide
from app.accounts.rules import Step
from app.briefs import operations, policies, queries
from app.briefs.models import Brief, BriefVersion
from app.briefs.rules import Side, State
from app.kernel.database import db
from app.kernel.errors import NotVisible
from tests.briefs.conftest import COMPANY, SECRET, both, whole

OUTSIDERS = ("mei", "wang", "ting", "guo", "lin", "fang", "jia-office")
"""A student, an instructor elsewhere, the owner of another company, the company's own mentor …"""


def pages_of(app, brief, company=COMPANY):
    """Every GET route of the room that names a brief, and those that list or find them."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or not rule.endpoint.startswith("briefs."):
            continue
        if rule.endpoint == "briefs.static":
            continue
        values = {
            "slug": company, "brief_id": brief, "step": "terms", "number": 1,
            "change_id": brief,
        }  # fmt: skip
        address = rule.rule.replace("<uuid:", "<").replace("<int:", "<")
        for name, value in values.items():
            address = address.replace(f"<{name}>", str(value))
        found.append(address)
    assert len(found) > 12
    return [
        *found,
        f"/company/{company}/briefs/{brief}/edit/check",
        "/search?q=sauce",
        "/search?q=Scratches",
        f"/companies/{company}",
        "/",
    ]


def test_a_draft_is_its_companys_own(house, in_app, other_company):
    with in_app():
        brief = house.draft().id
    company_pages = [p for p in pages_of(house.cast.app, brief) if p.startswith("/company/")]
    for handle in OUTSIDERS:
        browser = house.cast.browser(handle)
        for address in company_pages:
            assert browser.get(address).status_code == 404, (handle, address)
        for address in (f"/briefs/{brief}", f"/briefs/{brief}/changes/new"):
            assert browser.get(address).status_code == 404, (handle, address)
        answer = browser.get(f"/briefs/reviews/{brief}")
        assert answer.status_code in (403, 404), handle
        for address, data in (
            (f"/company/{COMPANY}/briefs/{brief}/edit/need", {"revision": "2", "title_en": "X"}),
            (f"/company/{COMPANY}/briefs/{brief}/submission", {"revision": "2"}),
            (f"/company/{COMPANY}/briefs/{brief}/archiving", {}),
            (f"/company/{COMPANY}/briefs/{brief}/copies", {}),
            (f"/company/{COMPANY}/briefs/new", {"kind": "project"}),
            (f"/briefs/{brief}/promise", {"agreed": "y", "name": "林小梅", "digest": "0" * 64}),
        ):
            assert browser.post(address, data=data).status_code == 404, (handle, address)
        assert "Scratches" not in browser.get("/briefs").text
        assert str(brief) not in browser.get("/search?q=Scratches").text
    # Under another company's address it is not there either, not even for its owner.
    ting = house.cast.browser("ting")
    assert ting.get(f"/company/{other_company}/briefs/{brief}").status_code == 404
    assert house.cast.browser("yun").get(f"/company/{other_company}/briefs").status_code == 404
    with in_app():
        assert db.session.get(Brief, brief).draft == whole()


def test_what_is_confidential_opens_to_nobody_before_her_promise(house, in_app, other_company):
    with in_app():
        brief = house.published().id
        digest = house.digest(queries.brief_for(None, brief))
    pages = pages_of(house.cast.app, brief)
    browsers = {handle: house.cast.browser(handle) for handle in OUTSIDERS}
    browsers["nobody"] = house.cast.app.test_client()
    for handle, browser in browsers.items():
        for address in pages:
            answer = browser.get(address)
            assert SECRET not in answer.text, (handle, address)
            assert answer.status_code < 500, (handle, address)
    address = f"/briefs/{brief}/promise"
    mei = browsers["mei"]
    signed = {"agreed": "y", "name": "林小梅", "digest": digest}
    for wrong in (
        {**signed, "name": "林大梅"}, {**signed, "digest": "0" * 64}, {**signed, "agreed": ""},
    ):  # fmt: skip
        mei.post(address, data=wrong)
        assert SECRET not in mei.get(f"/briefs/{brief}").text
    for handle in ("ting", "guo"):  # people of companies are not even asked
        assert browsers[handle].post(address, data=signed).status_code == 404
    mei.post(address, data=signed)
    mei.post(address, data=signed)  # twice is once
    page = mei.get(f"/briefs/{brief}")
    assert SECRET in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    for handle in ("nobody", "wang", "ting", "guo", "fang"):
        assert SECRET not in browsers[handle].get(f"/briefs/{brief}").text
    for other in ("/briefs", "/briefs.csv", "/search?q=sauce"):
        assert SECRET not in mei.get(other).text
    with in_app():
        assert queries.promise_count(brief) == 1
        mei_row, yun = house.person("mei"), house.person("yun")
        found = queries.brief_for(None, brief)
        # Other words of the promise close it again, for everybody.
        change = operations.propose(
            yun, found, whole(nda="own", nda_words=both("Say nothing at all.")), "Stricter", base=1
        )
        operations.answer(house.person("lin"), change, accept=True)
        db.session.expire_all()
        found = queries.brief_for(None, brief)
        assert queries.confidential_for(mei_row, found) is None
        operations.accept_promise(mei_row, found, digest=house.digest(found), name="林小梅")
        assert dict(queries.confidential_for(mei_row, found)) == both(SECRET)
        # Who leaves school has no way in any more, whatever she promised.
        for row in mei_row.memberships:
            row.ended_at = row.started_at
        assert queries.confidential_for(mei_row, found) is None


def test_a_company_that_is_not_approved_shows_and_publishes_nothing(house, in_app):
    with in_app():
        shown, waiting = house.published().id, house.submitted(whole(title=both("Waits"))).id
        draft = house.draft(whole(title=both("Only a draft"))).id
        found = db.session.get(Brief, waiting)
        operations.approve(house.person("lin"), found, Side.INSTRUCTOR, submission=1)
        digest = house.digest(queries.brief_for(None, shown))
        operations.accept_promise(
            house.person("mei"), queries.brief_for(None, shown), digest=digest, name="林小梅"
        )
    mei, fang = house.cast.browser("mei"), house.cast.browser("fang")
    assert f"/briefs/{shown}" in mei.get("/search?q=Scratches").text
    assert SECRET in mei.get(f"/briefs/{shown}").text
    with in_app():
        decide(house.person("fang"), house.company, Step.SUSPENDED, reason="Papers are false.")
    assert mei.get(f"/briefs/{shown}").status_code == 404
    assert mei.post(f"/briefs/{shown}/promise", data={"digest": digest}).status_code == 404
    for address in ("/briefs", "/briefs.csv", "/search?q=Scratches", f"/briefs?company={COMPANY}"):
        assert str(shown) not in mei.get(address).text, address
    answer = fang.post(
        f"/briefs/reviews/{waiting}/approvals", data={"submission": "1", "side": "officer"}
    )
    assert answer.status_code == 422 and "not approved" in answer.text
    with in_app():
        assert db.session.get(Brief, waiting).state is State.SUBMITTED
        yun, one = house.person("yun"), db.session.get(Brief, draft)
        with pytest.raises(operations.CompanyNotApproved):
            operations.submit(yun, one, revision=one.draft_revision)
        with pytest.raises(NotVisible):
            queries.brief_for(yun, shown)
        assert queries.open_briefs() == []
        decide(house.person("fang"), house.company, Step.REINSTATED, reason="Papers are right.")
    assert SECRET in mei.get(f"/briefs/{shown}").text
    assert f"/briefs/{shown}" in mei.get("/search?q=Scratches").text


def test_what_is_published_never_changes(house, in_app):
    with in_app():
        brief = house.published()
        before = queries.document_of(brief.terms)
        digest = brief.terms.digest
        operations.accept_promise(
            house.person("mei"), brief, digest=house.digest(brief), name="林小梅"
        )
        brief_id = brief.id
    yun = house.cast.browser("yun")
    for step in ("need", "work", "people", "terms"):
        answer = yun.post(
            f"/company/{COMPANY}/briefs/{brief_id}/edit/{step}",
            data={"revision": "2", "title_en": "Another title", "quota": "99"},
            headers={"Accept": "application/json"},
        )
        assert answer.status_code in (409, 422), step
    with in_app():
        brief = queries.brief_for(None, brief_id)
        with pytest.raises(operations.NotNow):
            operations.save_draft(
                house.person("yun"), brief, whole(), revision=brief.draft_revision
            )
        for statement in (
            "UPDATE brief_versions SET quota = 99",
            "DELETE FROM brief_versions",
            "UPDATE required_skills SET level = 1",
            "DELETE FROM required_skills",
            "UPDATE brief_steps SET reason = 'x'",
            "DELETE FROM brief_steps",
            "UPDATE nda_acceptances SET signed_name = 'x'",
            "DELETE FROM nda_acceptances",
        ):
            with pytest.raises(DBAPIError), db.session.begin_nested():
                db.session.execute(text(statement))
        db.session.expire_all()
        brief = queries.brief_for(None, brief_id)
        assert queries.document_of(brief.terms) == before
        assert brief.terms.digest == digest


class TestReviews:
    def test_need_two_people_fresh_eyes_and_nobody_of_the_company(self, house, in_app):
        with in_app():
            brief = house.submitted()
            lin, fang, yun = (house.person(handle) for handle in ("lin", "fang", "yun"))
            wang, guo, mei = (house.person(handle) for handle in ("wang", "guo", "mei"))
            for person, side in (
                (mei, Side.INSTRUCTOR), (guo, Side.INSTRUCTOR), (yun, Side.OFFICER),
                (yun, Side.COMPANY), (lin, Side.OFFICER), (fang, Side.INSTRUCTOR),
            ):  # fmt: skip
                with pytest.raises(NotVisible):
                    operations.approve(person, brief, side, submission=1)
            with pytest.raises(operations.ReadAgain):
                operations.approve(lin, brief, Side.INSTRUCTOR, submission=0)
            with pytest.raises(operations.ReasonNeeded):
                operations.return_(fang, brief, Side.OFFICER, submission=1, reason="  ")
            assert not operations.approve(lin, brief, Side.INSTRUCTOR, submission=1)
            with pytest.raises(operations.AlreadyReviewed):
                operations.approve(wang, brief, Side.INSTRUCTOR, submission=1)
            # The officer sends it back: what was approved does not count for the next time.
            operations.return_(fang, brief, Side.OFFICER, submission=1, reason="Say who pays.")
            assert brief.state is State.RETURNED
            operations.submit(yun, brief, revision=brief.draft_revision)
            assert not operations.approve(fang, brief, Side.OFFICER, submission=2)
            assert brief.state is State.SUBMITTED
            assert operations.approve(wang, brief, Side.INSTRUCTOR, submission=2)
            assert queries.brief_for(None, brief.id).state is State.PUBLISHED

    def test_by_one_person_with_both_offices_count_once(self, house, in_app):
        from app.accounts import queries as accounts
        from app.accounts.operations.memberships import add_membership
        from app.accounts.rules import Proof, Role

        with in_app():
            brief, lin = house.submitted(), house.person("lin")
            office = accounts.organisation_by_slug("programme-office")
            add_membership(lin, office.id, Role.OFFICER, Proof.OPERATOR)
            db.session.expire_all()
            lin = house.person("lin")
            assert policies.sides_of(lin, brief) == {Side.INSTRUCTOR, Side.OFFICER}
            operations.approve(lin, brief, Side.INSTRUCTOR, submission=1)
            with pytest.raises(operations.AlreadyReviewed):
                operations.approve(lin, brief, Side.OFFICER, submission=1)
            add_membership(lin, house.company.id, Role.EMPLOYEE, Proof.OPERATOR)
            db.session.expire_all()
            assert policies.sides_of(house.person("lin"), brief) == frozenset()
            assert queries.reviews_waiting(house.person("lin")).total == 0


def test_a_change_needs_the_other_side_and_tells_it_nothing_confidential(house, in_app):
    with in_app():
        brief_id = house.published().id
        yun, fang = house.person("yun"), house.person("fang")
        brief = queries.brief_for(None, brief_id)
        with pytest.raises(operations.NothingChanges):
            operations.propose(yun, brief, whole(), "No reason", base=1)
        with pytest.raises(operations.ReadAgain):
            operations.propose(yun, brief, whole(quota=3), "More", base=0)
        other = whole(quota=3, confidential=both("a new secret"))
        change = operations.propose(yun, brief, other, "One more team", base=1)
        change_id = change.id
        with pytest.raises(operations.ChangeWaits):
            operations.propose(fang, brief, whole(quota=4), "Four", base=1)
        for handle in ("yun", "wang", "mei", "guo"):  # not the other side, not the supervisor
            with pytest.raises(NotVisible):
                operations.answer(house.person(handle), change, accept=True)
        assert queries.brief_for(None, brief_id).terms.quota == 2
    address = f"/briefs/{brief_id}/changes/{change_id}"
    for handle in ("mei", "guo", "ting"):
        assert house.cast.browser(handle).get(address).status_code == 404
    page = house.cast.browser("fang").get(address)
    assert "a new secret" not in page.text and SECRET not in page.text
    assert "changes; it is confidential" in page.text and "One more team" in page.text
    assert "a new secret" in house.cast.browser("yun").get(address).text
    answer = house.cast.browser("lin").post(f"{address}/answer", data={"do": "accept"})
    assert answer.status_code == 302
    with in_app():
        brief = queries.brief_for(None, brief_id)
        assert (brief.version_number, brief.terms.quota) == (2, 3)
        assert [row.number for row in queries.versions_of(brief)] == [2, 1]
        first = queries.version_of(brief, 1)
        assert first.quota == 2 and dict(first.confidential) == both(SECRET)
        # The programme's side proposes: what it may not read stays as it is.
        raw = queries.public_document(brief.terms) | {"hours_per_week": 6}
        change = operations.propose(house.person("lin"), brief, raw, "Exams", base=2)
        with pytest.raises(NotVisible):
            operations.answer(house.person("fang"), change, accept=True)
        operations.answer(house.person("yun"), change, accept=True)
        found = db.session.query(BriefVersion).filter_by(brief_id=brief_id, number=3).one()
        assert found.hours_per_week == 6
        assert dict(found.confidential) == both("a new secret")


def test_closing_ends_proposals_and_says_why(house, in_app):
    with in_app():
        brief = house.published()
        yun, fang = house.person("yun"), house.person("fang")
        change = operations.propose(yun, brief, whole(quota=3), "More", base=1)
        with pytest.raises(operations.ReasonNeeded):
            operations.close(yun, brief, " ")
        with pytest.raises(NotVisible):
            operations.close(house.person("lin"), brief, "I say so")
        operations.close(fang, brief, "The company moved.")
        assert change.is_accepted is False
        with pytest.raises(operations.NotNow):
            operations.answer(fang, change, accept=True)
        assert queries.open_briefs() == []
        assert queries.brief_for(None, brief.id).state is State.CLOSED
        operations.reopen(yun, brief)
        assert [row.id for row in queries.open_briefs()] == [brief.id]
        operations.close(yun, brief, "Enough teams.")
        operations.archive(yun, brief)
        with pytest.raises(NotVisible):
            queries.brief_for(yun, brief.id)
        assert [step.act.value for step in queries.steps_of(brief)][:4] == [
            "archived", "closed", "reopened", "closed",
        ]  # fmt: skip
