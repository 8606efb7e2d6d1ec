"""An organisation signs up, proves its mail's domain, and an officer decides."""

import io
import re
import uuid

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.accounts import demo, events, operations, policies, queries
from app.accounts.models import CompanyContact, CompanyStep, Organisation, Person
from app.accounts.operations import OrganisationInvalid, StepNotPossible, TaxIdTaken
from app.accounts.operations.companies import is_web_address
from app.accounts.rules import (
    TRANSITIONS,
    MailProof,
    OrganisationKind,
    Role,
    Standing,
    Step,
    after,
    ascii_domain,
    is_free_mail,
    looks_like,
    slug_stem,
    steps_from,
)
from app.kernel import audit
from app.kernel import events as bus
from app.kernel.database import db
from app.kernel.errors import NotVisible

SAID = {
    "kind": "company",
    "chinese": "阿美麵店",
    "english": "Amei Noodles",
    "tax_id": "9991 0017",
    "county": "高雄市",
    "industry": "smart-business-services",
    "website": "www.amei.example",
    "email": "amei@amei.example",
}


def said(**changes):
    return SAID | changes


@pytest.fixture
def amei(make_person):
    return make_person("amei@gmail.com", name="Amei")


@pytest.fixture
def shop(as_person, people, amei):
    """What Amei's browser is, after she has applied."""
    browser = as_person(amei)
    browser.set_cookie("locale", "en")
    answer = browser.post("/companies/apply", data=SAID)
    assert answer.status_code == 302 and answer.location == "/company/amei-noodles"
    return browser


@pytest.fixture
def officer(as_person, people):
    browser = as_person(people["fang"])
    browser.set_cookie("locale", "en")
    return browser


def decide(officer, step, reason="", slug="amei-noodles"):
    return officer.post(
        f"/companies/approvals/{slug}", data={"step": step, "reason": reason}
    ).status_code


def found(slug="amei-noodles"):
    return db.session.scalar(
        select(Organisation)
        .where(Organisation.slug == slug)
        .execution_options(populate_existing=True)
    )


class TestTheRoad:
    def test_from_signing_up_to_a_public_page(self, app, shop, officer, client, link_in, people):
        assert client.get("/companies/amei-noodles").status_code == 404
        desk = shop.get("/company/amei-noodles").text
        assert "Waiting since" in desk and "has not been opened yet" in desk
        assert "amei.example" in officer.get("/companies/approvals").text
        assert shop.get(link_in("amei@amei.example")).location == "/company/amei-noodles"
        assert "domain is proven" in shop.get("/company/amei-noodles").text
        assert decide(officer, "approved") == 302
        page = client.get("/companies/amei-noodles", headers={"Accept-Language": "en"}).text
        assert "Amei Noodles" in page and "99910017" in page
        assert (
            "Amei Noodles"
            in client.get("/companies?q=amei", headers={"Accept-Language": "en"}).text
        )
        assert "Approved on" in shop.get("/company/amei-noodles").text
        with app.app_context():
            steps = [(s.step, s.by_id) for s in queries.steps_of(found())]
            assert [step for step, _by in steps] == [Step.APPROVED, Step.APPLIED]
            assert steps[0][1] == people["fang"]
            assert found().verified_at is not None

    def test_whoever_has_an_address_there_is_an_employee_afterwards(
        self, app, shop, officer, link_in, make_person
    ):
        shop.get(link_in("amei@amei.example"))
        before = make_person("early@amei.example")
        decide(officer, "approved")
        after_it = make_person("late@amei.example")
        with app.app_context():
            assert db.session.get_one(Person, before).live_memberships == []
            (membership,) = db.session.get_one(Person, after_it).live_memberships
            assert membership.role == Role.EMPLOYEE

    def test_what_is_missing_is_written_down_and_can_be_corrected(self, app, shop, officer):
        assert decide(officer, "returned", "The number belongs to another shop.") == 302
        desk = shop.get("/company/amei-noodles").text
        assert "The number belongs to another shop." in desk
        form = shop.get("/company/amei-noodles/application").text
        assert "99910017" in form and "阿美麵店" in form
        answer = shop.post("/company/amei-noodles/application", data=said(tax_id="99910023"))
        assert answer.status_code == 302
        with app.app_context():
            assert found().standing == Standing.WAITING and found().tax_id == "99910023"
            last = queries.steps_of(found())[0]
            assert last.step == Step.APPLIED and last.said["tax_id"] == "99910023"

    def test_refused_once_can_apply_again(self, shop, officer):
        decide(officer, "refused", "This is not a company.")
        assert "This is not a company." in shop.get("/company/amei-noodles").text
        assert shop.post("/company/amei-noodles/application", data=SAID).status_code == 302

    def test_waiting_or_approved_nothing_is_corrected_behind_the_officers_back(
        self, app, shop, officer
    ):
        for _turn in range(2):
            answer = shop.post("/company/amei-noodles/application", data=said(chinese="別家"))
            assert answer.location == "/company/amei-noodles"
            decide(officer, "approved", "Registration seen.")
        with app.app_context():
            assert found().name["zh-Hant-TW"] == "阿美麵店"

    def test_suspended_the_page_is_gone_and_reinstated_it_is_back(
        self, app, shop, officer, client, amei
    ):
        decide(officer, "approved", "Registration seen.")
        assert decide(officer, "suspended", "A student complained.") == 302
        assert client.get("/companies/amei-noodles").status_code == 404
        assert "Amei" not in client.get("/companies").text
        assert "A student complained." in shop.get("/company/amei-noodles").text
        with app.app_context():
            person = db.session.get_one(Person, amei)
            assert policies.acts_for(person, found())
            assert not policies.is_approved_company_person(person, found().id)
        assert decide(officer, "reinstated") == 302
        assert client.get("/companies/amei-noodles").status_code == 200

    def test_every_decision_is_in_the_audit_log(self, app, shop, officer, people):
        decide(officer, "approved", "Registration seen.")
        with app.app_context():
            entry = db.session.scalar(
                select(audit.AuditEntry).where(
                    audit.AuditEntry.verb == "company approved",
                    audit.AuditEntry.subject_id == str(found().id),
                )
            )
            assert entry.actor_id == people["fang"]
            assert entry.details["reason"] == "Registration seen."


class TestStates:
    @pytest.mark.parametrize("standing", list(Standing))
    @pytest.mark.parametrize("step", list(Step))
    def test_the_whole_table(self, app, people, standing, step):
        with app.app_context():
            company = found("jiayuan-fruit")
            company.standing = standing
            company.verified_at = company.created_at if standing == Standing.APPROVED else None
            db.session.flush()
            officer = db.session.get_one(Person, people["fang"])
            allowed = step is not Step.APPLIED and (standing, step) in TRANSITIONS
            if allowed:
                operations.decide(officer, company, step, "because")
                assert found("jiayuan-fruit").standing == after(standing, step)
            else:
                with pytest.raises(StepNotPossible):
                    operations.decide(officer, company, step, "because")

    @pytest.mark.parametrize("handle", [p.handle for p in demo.PEOPLE])
    @pytest.mark.parametrize("step", [step for step in Step if step is not Step.APPLIED])
    def test_officers_and_operators_take_them(self, app, people, handle, step):
        with app.app_context():
            person = db.session.get_one(Person, people[handle])
            before = {"approved": "waiting", "returned": "waiting", "refused": "waiting"}
            company = found("jiayuan-fruit")
            company.standing = Standing(
                before.get(step, "approved" if step == "suspended" else "suspended")
            )
            company.verified_at = company.created_at if step == "suspended" else None
            db.session.flush()
            if handle in ("fang", "ting"):
                operations.decide(person, company, step, "because")
            else:
                with pytest.raises(operations.NotYoursToDecide):
                    operations.decide(person, company, step, "because")

    @pytest.mark.parametrize(
        ("step", "proven", "refused"),
        [
            (Step.APPROVED, True, False),
            (Step.APPROVED, False, True),
            (Step.RETURNED, True, True),
            (Step.REFUSED, True, True),
        ],
    )
    def test_reasons_are_asked_for(self, app, people, step, proven, refused):
        with app.app_context():
            company = found("jiayuan-fruit")
            if not proven:
                for contact in db.session.scalars(select(CompanyContact)):
                    contact.proven_at = None
                db.session.flush()
            officer = db.session.get_one(Person, people["fang"])
            if refused:
                with pytest.raises(operations.ReasonMissing):
                    operations.decide(officer, company, step, "  ")
            else:
                operations.decide(officer, company, step, "")

    def test_nobody_decides_about_her_own(self, app, people, give_role):
        give_role(people["fang"], "jiayuan-fruit", Role.MENTOR)
        with app.app_context():
            officer = db.session.get_one(Person, people["fang"])
            with pytest.raises(operations.NotYoursToDecide):
                operations.decide(officer, found("jiayuan-fruit"), Step.APPROVED, "mine")

    def test_the_news_of_each_step(self, app, people, monkeypatch):
        heard = []
        for kind in (events.CompanyApproved, events.CompanySuspended, events.CompanyAnswered):
            monkeypatch.setitem(bus._subscribers, kind, [lambda e: heard.append(type(e))])
        with app.app_context():
            officer = db.session.get_one(Person, people["fang"])
            for step in (Step.RETURNED,):
                operations.decide(officer, found("jiayuan-fruit"), step, "why")
            for step in (Step.SUSPENDED, Step.REINSTATED):
                operations.decide(officer, found("rongwei-dining"), step, "why")
        assert heard == [events.CompanyAnswered, events.CompanySuspended, events.CompanyApproved]

    def test_history_is_never_changed(self, app, people):
        for sql in ("UPDATE company_steps SET reason = 'x'", "DELETE FROM company_steps"):
            with app.app_context():
                with pytest.raises(IntegrityError):
                    db.session.execute(text(sql))
                db.session.rollback()

    def test_verified_and_approved_never_disagree(self, app, people):
        with app.app_context():
            with pytest.raises(IntegrityError):
                db.session.execute(text("UPDATE organisations SET verified_at = NULL"))
            db.session.rollback()

    def test_organisations_of_operators_have_a_standing_without_steps(self, app, people):
        with app.app_context():
            standing = queries.company_standing(found("rongguang").id)
            assert standing.standing == Standing.APPROVED and standing.by is None
            with pytest.raises(NotVisible):
                queries.company_standing(uuid.uuid4())


class TestForms:
    @pytest.mark.parametrize(
        "changes",
        [
            {"tax_id": "99910018"},
            {"tax_id": ""},
            {"tax_id": "9991001"},
            {"chinese": " "},
            {"kind": "school"},
            {"county": "Atlantis"},
            {"industry": "piracy"},
            {"website": "javascript://x.tw/%0aalert(1)"},
            {"website": "https://user@evil.example"},
            {"website": "https://a b.example"},
            {"email": "nobody"},
            {"email": "a@-.example"},
        ],
    )
    def test_keep_what_was_typed_and_say_what_is_wrong(self, app, as_person, people, amei, changes):
        browser = as_person(amei)
        answer = browser.post("/companies/apply", data=said(**changes))
        assert answer.status_code == 422 and 'class="notice bad form-errors"' in answer.text
        assert "Amei Noodles" in answer.text
        with app.app_context():
            assert found() is None

    def test_numbers_are_read_as_people_write_them(self, app, as_person, people, amei):
        as_person(amei).post("/companies/apply", data=said(tax_id="９９９１－００１７"))
        with app.app_context():
            assert found().tax_id == "99910017"
            assert found().website == "https://www.amei.example"

    def test_associations_need_no_number(self, app, as_person, people, amei):
        data = said(kind="association", tax_id="", english="Noodle Association")
        assert as_person(amei).post("/companies/apply", data=data).status_code == 302
        with app.app_context():
            assert found("noodle-association").kind == OrganisationKind.ASSOCIATION

    def test_an_unproven_account_signs_nothing_up(self, app, as_person, people, make_person):
        browser = as_person(make_person("new@gmail.com", verified=False))
        browser.set_cookie("locale", "en")
        assert "Confirm your own mail address first" in browser.get("/companies/apply").text
        assert browser.post("/companies/apply", data=SAID).status_code == 422

    def test_strangers_are_sent_to_sign_in(self, client):
        assert client.get("/companies/apply").location.startswith("/sign-in")

    def test_a_chinese_name_alone_makes_an_address(self, app, as_person, people, amei):
        answer = as_person(amei).post("/companies/apply", data=said(english=""))
        assert answer.location == "/company/company-99910017"

    def test_reserved_and_taken_addresses_are_numbered(self, app, as_person, people, amei):
        answer = as_person(amei).post("/companies/apply", data=said(english="Approvals"))
        assert answer.location == "/company/approvals-2"


class TestNumbers:
    def test_an_approved_one_is_not_taken_twice(self, app, as_person, people, amei):
        browser = as_person(amei)
        browser.set_cookie("locale", "en")
        answer = browser.post("/companies/apply", data=said(tax_id="99910006"))
        assert answer.status_code == 422
        assert "/companies/rongwei-dining/join" in answer.text

    def test_applying_first_keeps_nobody_out(self, app, shop, officer, as_person, make_person):
        other = as_person(make_person("true@owner.example"))
        answer = other.post("/companies/apply", data=said(email="true@owner.example"))
        assert answer.location == "/company/amei-noodles-2"
        assert (
            "same unified business number"
            in officer.get("/companies/approvals/amei-noodles-2").text
        )
        assert decide(officer, "approved", slug="amei-noodles-2") == 302
        assert decide(officer, "approved", "me too") == 422
        with app.app_context():
            assert found().standing == Standing.WAITING
            assert found("amei-noodles-2").standing == Standing.APPROVED

    def test_twice_the_same_by_the_same_person_is_one(self, app, shop):
        assert shop.post("/companies/apply", data=SAID).location == "/company/amei-noodles"
        with app.app_context():
            assert found("amei-noodles-2") is None

    def test_a_suspended_one_still_holds_it(self, app, shop, officer, as_person, make_person):
        decide(officer, "approved", "seen")
        decide(officer, "suspended", "why")
        other = as_person(make_person("x@other.example"))
        assert other.post("/companies/apply", data=SAID).status_code == 422

    def test_an_old_application_waits_in_vain(self, app, shop, officer, people):
        decide(officer, "returned", "why")
        with app.app_context():
            operations.create_organisation(
                slug="true-amei",
                kind=OrganisationKind.COMPANY,
                name=found().name,
                tax_id="99910017",
            )
        assert shop.post("/company/amei-noodles/application", data=SAID).status_code == 422


class TestMail:
    def test_a_free_address_proves_nothing(self, app, as_person, people, amei, officer):
        as_person(amei).post("/companies/apply", data=said(email="amei@gmail.com"))
        with app.app_context():
            proof = queries.proof_of(found())
            assert proof.state == MailProof.FREE and not proof.is_proven
        assert decide(officer, "approved") == 422
        assert decide(officer, "approved", "Registration seen.") == 302
        with app.app_context():
            assert found().domains == []

    def test_her_own_proven_address_needs_no_second_mail(
        self, app, as_person, people, make_person, mails
    ):
        owner = make_person("amei@amei.example")
        before = len(mails())
        as_person(owner).post("/companies/apply", data=SAID)
        assert not [m for m in mails()[before:] if m["to"] == "amei@amei.example"]
        with app.app_context():
            assert queries.proof_of(found()).is_proven

    def test_the_link_is_worth_nothing_to_others(
        self, app, shop, link_in, as_person, people, client
    ):
        link = link_in("amei@amei.example")
        assert as_person(people["mei"]).get(link).status_code == 410
        assert client.get(link).status_code == 302  # to sign in
        assert shop.get(link[:-3] + "abc").status_code == 410
        with app.app_context():
            assert not queries.proof_of(found()).is_proven

    def test_nor_to_herself_after_she_left(self, app, shop, link_in, people, make_person, amei):
        other = make_person("second@x.example")
        with app.app_context():
            operations.add_membership(
                db.session.get_one(Person, other), found().id, Role.OWNER, "owner"
            )
        link = link_in("amei@amei.example")
        assert shop.post("/company/amei-noodles/leaving").status_code == 302
        assert shop.get(link).status_code == 410

    def test_a_schools_domain_is_not_captured(self, app, shop, officer, link_in, people):
        answer = shop.post("/company/amei-noodles/contact", data={"email": "x@rongnan.example"})
        assert answer.status_code == 302
        shop.get(link_in("x@rongnan.example"))
        with app.app_context():
            assert queries.proof_of(found()).state == MailProof.TAKEN
        assert decide(officer, "approved") == 422
        assert decide(officer, "approved", "anyway") == 302
        with app.app_context():
            assert found().domains == []

    def test_a_lookalike_is_pointed_out(self, app, shop, officer, link_in):
        shop.post("/company/amei-noodles/contact", data={"email": "x@rongvvei.example"})
        assert (
            "could be taken for rongwei.example"
            in officer.get("/companies/approvals/amei-noodles").text
        )
        shop.post("/company/amei-noodles/contact", data={"email": "x@rоngwei.example"})
        page = officer.get("/companies/approvals/amei-noodles").text
        assert "xn--" in page and "other letters than Latin ones" in page
        assert "could be taken for rongwei.example" in page

    def test_a_website_elsewhere_is_pointed_out(self, app, shop, officer):
        shop.post("/company/amei-noodles/contact", data={"email": "x@elsewhere.example"})
        page = officer.get("/companies/approvals/amei-noodles").text
        assert "Its website is at www.amei.example, its mail at elsewhere.example." in page

    def test_mails_are_limited(self, app, shop, mails):
        for _turn in range(8):
            shop.post("/company/amei-noodles/contact", data={"email": "victim@amei.example"})
        assert len([m for m in mails() if m["to"] == "victim@amei.example"]) == 5

    def test_the_history_keeps_no_address(self, app, shop, officer):
        decide(officer, "approved", "seen")
        with app.app_context():
            for step in db.session.scalars(select(CompanyStep)):
                assert "@" not in str(step.said)

    @pytest.mark.parametrize(
        ("domain", "free"),
        [("gmail.com", True), ("msa.hinet.net", True), ("x.gmail.com", True),
         ("notgmail.com", False), ("com", False), ("rongwei.example", False)],
    )  # fmt: skip
    def test_free_mail(self, domain, free):
        assert is_free_mail(domain) is free

    @pytest.mark.parametrize(
        ("one", "other", "alike"),
        [
            ("paypa1.example", "paypal.example", True),
            ("rnilk.example", "milk.example", True),
            ("xn--80ak6aa92e.com", "apple.com", True),
            ("apple.com", "apple.com", False),
            ("pear.example", "apple.example", False),
        ],
    )
    def test_lookalikes(self, one, other, alike):
        assert looks_like(one, other) is alike and looks_like(other, one) is alike

    @pytest.mark.parametrize(
        ("written", "kept"),
        [
            ("Amei.Example", "amei.example"),
            ("食品.台灣", "xn--u0xwn.xn--kpry57d"),
            ("ａmei.example", "amei.example"),
            ("amei", None),
            ("-a.example", None),
            ("a..example", None),
            ("a b.example", None),
            ("", None),
        ],
    )
    def test_domains_are_written_one_way(self, written, kept):
        if kept is not None and kept.startswith("xn--"):
            kept = written.encode("idna").decode()
        assert ascii_domain(written) == kept


class TestDoors:
    def test_a_guessed_desk_does_not_exist(self, as_person, people):
        for handle in ("mei", "lin", "yun", "asheng", "jun", "fang", "ting"):
            browser = as_person(people[handle])
            for page in ("", "/people", "/page", "/application"):
                assert browser.get(f"/company/rongwei-dining{page}").status_code == 404
        assert as_person(people["asheng"]).get("/company/no-such-one").status_code == 404

    def test_nobody_changes_another_company(self, app, as_person, people):
        browser = as_person(people["asheng"])
        for path, data in (
            ("page", {"about_en": "taken over"}),
            ("contact", {"email": "a@b.example"}),
            ("documents", {"file": (io.BytesIO(b"%PDF-1"), "a.pdf")}),
            ("leaving", {}),
            ("people", {"email": "a@b.example", "role": "owner"}),
        ):
            assert browser.post(f"/company/rongwei-dining/{path}", data=data).status_code == 404

    def test_officers_only_in_the_queue(self, as_person, people):
        for handle in ("mei", "lin", "xiuqin", "asheng", "jia-office"):
            browser = as_person(people[handle])
            for path in ("", "/jiayuan-fruit", ".csv"):
                assert browser.get(f"/companies/approvals{path}").status_code == 403
            assert browser.post("/companies/approvals/jiayuan-fruit").status_code == 403

    def test_schools_are_not_in_it(self, officer):
        assert officer.get("/companies/approvals/rongnan").status_code == 404
        assert "Rongnan University" not in officer.get("/companies/approvals").text
        assert officer.get("/companies/rongnan").status_code == 404

    def test_the_queue_is_a_constant_number_of_questions(self, app, officer, people, count_queries):
        def asked():
            with count_queries() as seen:
                assert officer.get("/companies/approvals").status_code == 200
            return len(seen)

        officer.get("/companies/approvals")
        few = asked()
        with app.app_context():
            for number in range(12):
                db.session.add(
                    Organisation(
                        kind="company", slug=f"many-{number}",
                        name={"en": f"Many {number}"}, standing=Standing.WAITING,
                    )
                )  # fmt: skip
            db.session.commit()
        assert asked() == few

    def test_the_directory_too(self, app, client, people, count_queries):
        def asked():
            with count_queries() as seen:
                assert client.get("/companies").status_code == 200
            return len(seen)

        client.get("/companies")
        few = asked()
        with app.app_context():
            for number in range(12):
                operations.create_organisation(
                    slug=f"many-{number}", kind=OrganisationKind.COMPANY,
                    name=found("rongwei-dining").name,
                )  # fmt: skip
        assert asked() == few

    def test_filters_of_the_directory(self, client, people):
        everything = client.get("/companies").text
        assert "rongwei-dining" in everything and "rongguang" in everything
        assert "jiayuan-fruit" not in everything
        only = client.get("/companies?industry=smart-business-services").text
        assert "/companies/rongwei-dining" in only and "/companies/rongguang" not in only
        assert "/companies/rongwei-dining" not in client.get("/companies?county=嘉義縣").text
        assert "99910006" in client.get("/companies.csv?kind=company&q=榕味").text
        assert client.get("/companies?q=99910006").text.count("/companies/rongwei-dining") == 1

    def test_who_waits_longest_is_on_top(self, app, officer, people):
        page = officer.get("/companies/approvals").text
        order = re.findall(r'/companies/approvals/([a-z-]+)"', page)
        assert order[0] == "jiayuan-fruit"
        listed = officer.get("/companies/approvals?standing=waiting&kind=company").text
        assert re.findall(r'/companies/approvals/([a-z-]+)"', listed) == ["jiayuan-fruit"]
        assert "jiayuan-fruit" not in officer.get("/companies/approvals?q=99910006").text


class TestWords:
    def test_slugs(self):
        assert slug_stem("Rongwei Dining Co., Ltd.", "1") == "rongwei-dining"
        assert slug_stem("榕味", "99910006") == "company-99910006"
        assert slug_stem("", None) == "company"
        assert slug_stem("Co., Ltd.", None) == "co"

    def test_web_addresses(self):
        assert is_web_address("https://榕味.tw/菜單?a=1#b")
        for bad in ("ftp://a.tw", "https://a", "https://u:p@a.tw", 'https://a.tw/"x'):
            assert not is_web_address(bad)

    def test_every_standing_but_refused_and_returned_leads_on(self):
        assert steps_from(Standing.WAITING) == [Step.APPROVED, Step.RETURNED, Step.REFUSED]
        assert steps_from(Standing.REFUSED) == []
        assert steps_from(Standing.APPROVED) == [Step.SUSPENDED]

    def test_bad_said_is_refused_below_the_form_too(self, app, amei):
        with app.app_context():
            person = db.session.get_one(Person, amei)
            bad = operations.Application(
                OrganisationKind.SCHOOL, "學校", "", None, None, None, None, "a@b.example"
            )
            with pytest.raises(OrganisationInvalid):
                operations.apply_for(app.extensions["config"], person, bad)

    def test_a_number_taken_meanwhile_is_refused_at_the_decision(self, app, people):
        with app.app_context():
            company = found("jiayuan-fruit")
            company.tax_id = "99910006"
            db.session.flush()
            with pytest.raises(TaxIdTaken):
                operations.decide(
                    db.session.get_one(Person, people["fang"]), company, Step.APPROVED, ""
                )
