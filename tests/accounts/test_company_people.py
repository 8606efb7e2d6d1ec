"""Who acts for an organisation: asking, inviting, appointing, leaving; its page and its papers."""

import io

import pytest
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.accounts import cli, operations, policies, queries
from app.accounts.models import JoinRequest, Membership, Organisation, Person
from app.accounts.personal import _why_not
from app.accounts.rules import ACTING_ROLES, GRANTABLE_BY, ROLES_OF, OrganisationKind, Proof, Role
from app.kernel import i18n
from app.kernel.database import db
from app.notifications.models import Notification

SLUG = "rongwei-dining"


@pytest.fixture
def browser(as_person, people):
    def enter(handle):
        made = as_person(people[handle])
        made.set_cookie("locale", "en")
        return made

    return enter


def company(slug=SLUG):
    return db.session.scalar(select(Organisation).where(Organisation.slug == slug))


def membership(people, handle, role, slug=SLUG):
    return db.session.scalar(
        select(Membership).where(
            Membership.person_id == people[handle],
            Membership.role == role,
            Membership.organisation_id == company(slug).id,
            Membership.ended_at.is_(None),
        )
    )


def roles(app, people, handle, slug=SLUG):
    with app.app_context():
        person = db.session.get_one(Person, people[handle])
        return person.roles_in(company(slug).id)


def told(app, people, handle):
    with app.app_context():
        return [
            n.subject["en"]
            for n in db.session.scalars(
                select(Notification).where(Notification.person_id == people[handle])
            )
        ]


class TestPolicies:
    @pytest.mark.parametrize(
        ("handle", "acts", "belongs"),
        [
            ("xiuqin", True, True),
            ("huimin", True, True),
            ("zhihao", True, True),
            ("jun", False, True),
            ("mei", False, False),
            ("asheng", False, False),
            ("fang", False, False),
            ("ting", False, False),
        ],
    )
    def test_who_acts_and_who_belongs(self, app, people, handle, acts, belongs):
        with app.app_context():
            person, found = db.session.get_one(Person, people[handle]), company()
            assert policies.acts_for(person, found) is acts
            assert policies.belongs_to(person, found) is belongs
            assert policies.is_approved_company_person(person, found.id) is acts

    def test_waiting_nobody_of_it_sees_data(self, app, people):
        with app.app_context():
            person, found = db.session.get_one(Person, people["asheng"]), company("jiayuan-fruit")
            assert policies.acts_for(person, found)
            assert not policies.is_approved_company_person(person, found.id)
            assert list(queries.companies_of(person)) == [found]

    def test_an_agency_that_signs_up_makes_no_officers(self):
        for role in ACTING_ROLES:
            given = GRANTABLE_BY.get(role, frozenset())
            assert not given & {Role.OFFICER, Role.OPERATOR, Role.INSTRUCTOR, Role.STUDENT}

    def test_acting_roles_exist_where_organisations_sign_up(self):
        for kind in OrganisationKind:
            has = set(ACTING_ROLES) <= ROLES_OF[kind]
            assert has is (kind is not OrganisationKind.SCHOOL)

    def test_who_left_acts_no_more(self, app, people, browser):
        zhihao = browser("zhihao")
        assert zhihao.get(f"/company/{SLUG}").status_code == 200
        browser("xiuqin").post(
            f"/company/{SLUG}/people/{self._id(app, people)}/end", follow_redirects=True
        )
        assert zhihao.get(f"/company/{SLUG}").status_code == 404

    def _id(self, app, people):
        with app.app_context():
            return membership(people, "zhihao", Role.REPRESENTATIVE).id


class TestJoining:
    def ask(self, browser, handle="hao", role="representative", slug=SLUG):
        return browser(handle).post(
            f"/companies/{slug}/join", data={"role": role, "words": "I work there."}
        )

    def request(self, app):
        with app.app_context():
            return db.session.scalars(select(JoinRequest)).one().id

    def test_an_owner_lets_in(self, app, people, browser):
        assert self.ask(browser).status_code == 302
        assert "I work there." in browser("xiuqin").get(f"/company/{SLUG}").text
        assert "1 person asks to join" in browser("xiuqin").get("/").text
        assert any("asks to join" in line for line in told(app, people, "xiuqin"))
        path = f"/company/{SLUG}/requests/{self.request(app)}/answer"
        assert browser("xiuqin").post(path, data={"answer": "yes"}).status_code == 302
        assert Role.REPRESENTATIVE in roles(app, people, "hao")
        assert "You now belong to Rongwei Dining Co., Ltd.." in told(app, people, "hao")

    def test_or_not(self, app, people, browser):
        self.ask(browser)
        path = f"/company/{SLUG}/requests/{self.request(app)}/answer"
        browser("xiuqin").post(path, data={"answer": "no"})
        assert roles(app, people, "hao") == set()
        assert any("did not let you in" in line for line in told(app, people, "hao"))
        # Once answered it stays answered.
        page = browser("xiuqin").post(path, data={"answer": "yes"}, follow_redirects=True)
        assert "answered or taken back" in page.text and roles(app, people, "hao") == set()

    @pytest.mark.parametrize("handle", ["huimin", "zhihao"])
    def test_only_owners_answer(self, app, people, browser, handle):
        self.ask(browser)
        path = f"/company/{SLUG}/requests/{self.request(app)}/answer"
        assert browser(handle).post(path, data={"answer": "yes"}).status_code == 404
        assert "I work there." not in browser(handle).get(f"/company/{SLUG}/people").text
        assert roles(app, people, "hao") == set()

    def test_another_companys_owner_does_not_answer_here(self, app, people, browser):
        self.ask(browser)
        path = f"/company/jiayuan-fruit/requests/{self.request(app)}/answer"
        assert browser("asheng").post(path, data={"answer": "yes"}).status_code == 404

    def test_asking_twice_is_one_request(self, app, browser):
        self.ask(browser)
        assert self.ask(browser, role="owner").status_code == 422
        self.request(app)

    def test_it_can_be_taken_back(self, app, browser):
        self.ask(browser)
        hao = browser("hao")
        assert "Take back my request" in hao.get(f"/companies/{SLUG}").text
        assert hao.post(f"/companies/{SLUG}/join/withdrawal").status_code == 302
        assert hao.post(f"/companies/{SLUG}/join/withdrawal").status_code == 404
        with app.app_context():
            assert db.session.scalars(select(JoinRequest)).all() == []

    @pytest.mark.parametrize("role", ["officer", "operator", "student", "instructor", "nonsense"])
    def test_only_as_what_a_company_has(self, app, people, browser, role):
        assert self.ask(browser, role=role).status_code == 422
        assert roles(app, people, "hao") == set()

    def test_one_that_waits_cannot_be_joined(self, browser):
        assert self.ask(browser, slug="jiayuan-fruit").status_code == 404
        assert self.ask(browser, slug="rongnan").status_code == 404


class TestRoles:
    def change(self, app, people, browser, who, whose, role, has):
        with app.app_context():
            found = membership(people, whose, has).id
        return browser(who).post(f"/company/{SLUG}/people/{found}/role", data={"role": role})

    def test_owners_appoint(self, app, people, browser):
        answer = self.change(app, people, browser, "xiuqin", "zhihao", "owner", Role.REPRESENTATIVE)
        assert answer.status_code == 302 and roles(app, people, "zhihao") == {Role.OWNER}

    @pytest.mark.parametrize(("who", "role"), [("huimin", "owner"), ("zhihao", "owner")])
    def test_others_do_not(self, app, people, browser, who, role):
        answer = self.change(app, people, browser, who, "zhihao", role, Role.REPRESENTATIVE)
        assert answer.status_code == 404 and roles(app, people, "zhihao") == {Role.REPRESENTATIVE}

    def test_human_resources_make_nobody_less(self, app, people, browser):
        page = self.change(app, people, browser, "huimin", "xiuqin", "employee", Role.OWNER)
        assert page.status_code == 302 and roles(app, people, "xiuqin") == {Role.OWNER}

    @pytest.mark.parametrize("role", ["officer", "operator", "student"])
    def test_nobody_gives_what_a_company_does_not_have(self, app, people, browser, role):
        answer = self.change(app, people, browser, "xiuqin", "zhihao", role, Role.REPRESENTATIVE)
        assert answer.status_code == 404

    def test_an_owner_invites_an_owner_and_human_resources_only_mentors(self, app, people, browser):
        data = {"email": "new@rongwei.example", "role": "owner"}
        assert browser("xiuqin").post(f"/company/{SLUG}/people", data=data).status_code == 302
        assert browser("huimin").post(f"/company/{SLUG}/people", data=data).status_code == 422
        data["role"] = "mentor"
        assert browser("huimin").post(f"/company/{SLUG}/people", data=data).status_code == 302
        assert browser("zhihao").post(f"/company/{SLUG}/people", data=data).status_code == 422

    def test_an_invitation_is_accepted_by_its_letter(self, app, people, browser, link_in):
        data = {"email": "hao@rongnan.example", "role": "hr"}
        browser("xiuqin").post(f"/company/{SLUG}/people", data=data)
        letter = link_in("hao@rongnan.example")
        browser("hao").post(f"{letter}/acceptance")
        assert roles(app, people, "hao") == {Role.HR}


class TestOwners:
    def test_the_last_one_does_not_leave(self, app, people, browser):
        page = browser("xiuqin").post(f"/company/{SLUG}/leaving", follow_redirects=True)
        assert "An organisation keeps an owner" in page.text
        assert roles(app, people, "xiuqin") == {Role.OWNER}

    def test_nor_makes_herself_less(self, app, people, browser):
        with app.app_context():
            found = membership(people, "xiuqin", Role.OWNER).id
        page = browser("xiuqin").post(
            f"/company/{SLUG}/people/{found}/role", data={"role": "hr"}, follow_redirects=True
        )
        assert "An organisation keeps an owner" in page.text
        assert roles(app, people, "xiuqin") == {Role.OWNER}

    def test_with_another_she_may(self, app, people, browser, give_role):
        give_role(people["huimin"], SLUG, Role.OWNER)
        assert browser("xiuqin").post(f"/company/{SLUG}/leaving").status_code == 302
        assert roles(app, people, "xiuqin") == set()

    def test_one_who_is_shut_out_does_not_count(self, app, people, browser, give_role):
        give_role(people["huimin"], SLUG, Role.OWNER)
        with app.app_context():
            operations.suspend_person(None, db.session.get_one(Person, people["huimin"]), "because")
        browser("xiuqin").post(f"/company/{SLUG}/leaving")
        assert roles(app, people, "xiuqin") == {Role.OWNER}

    def test_operators_do_not_take_her_away_either(self, app, people, browser):
        with app.app_context():
            found = membership(people, "xiuqin", Role.OWNER).id
        page = browser("ting").post(
            f"/organisations/{SLUG}/memberships/{found}/end", follow_redirects=True
        )
        assert "An organisation keeps an owner" in page.text

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE memberships SET ended_at = now() WHERE role = 'owner'",
            "UPDATE memberships SET role = 'hr' WHERE role = 'owner'",
            "DELETE FROM memberships WHERE role = 'owner'",
        ],
    )
    def test_the_database_refuses_it_as_well(self, app, people, sql):
        with app.app_context():
            with pytest.raises(IntegrityError, match="keeps an owner"):
                db.session.execute(text(sql))
                db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            db.session.rollback()

    def test_nor_is_the_only_one_erased(self, app, people, give_role):
        with app.app_context():
            assert "Rongwei Dining" in str(self.said(people["xiuqin"]))
            assert self.said(people["huimin"]) is None
        give_role(people["huimin"], SLUG, Role.OWNER)
        with app.app_context():
            assert self.said(people["xiuqin"]) is None

    def said(self, person_id):
        with i18n.speaking("en"):
            return _why_not(person_id)


class TestPageAndPapers:
    def picture(self, size=(900, 300), kind="PNG"):
        out = io.BytesIO()
        Image.new("RGB", size, "green").save(out, kind)
        return out.getvalue()

    def page(self, browser, **changes):
        data = {
            "english": "Rongwei", "about_zh": "我們煮飯。", "about_en": "We cook.",
            "website": "rongwei.example", "county": "高雄市",
            "industry": "smart-business-services",
        } | changes  # fmt: skip
        return browser("zhihao").post(f"/company/{SLUG}/page", data=data)

    def test_what_is_written_is_shown(self, browser, client):
        assert self.page(browser, about_en="We <b>cook</b>.").status_code == 302
        page = client.get(f"/companies/{SLUG}", headers={"Accept-Language": "en"}).text
        assert "We &lt;b&gt;cook&lt;/b&gt;." in page and "https://rongwei.example" in page

    def test_a_logo_is_drawn_anew(self, app, browser, client):
        assert client.get(f"/companies/{SLUG}/logo").status_code == 404
        self.page(browser, logo=(io.BytesIO(self.picture()), "logo.png"))
        answer = client.get(f"/companies/{SLUG}/logo")
        assert answer.mimetype == "image/png"
        with Image.open(io.BytesIO(answer.data)) as drawn:
            assert drawn.size == (512, 171)
        self.page(browser, no_logo="y")
        assert client.get(f"/companies/{SLUG}/logo").status_code == 404

    @pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"GIF89a", b"\x89PNG\r\n"])
    def test_what_is_no_picture_is_refused(self, browser, content):
        answer = self.page(browser, logo=(io.BytesIO(content), "logo.png"))
        assert answer.status_code == 422 and "This is not a picture" in answer.text

    def test_what_was_checked_stays(self, app, browser):
        self.page(browser, chinese="別家", tax_id="99910023")
        with app.app_context():
            assert company().name["zh-Hant-TW"] == "榕味餐飲股份有限公司"
            assert company().tax_id == "99910006"

    @pytest.mark.parametrize(
        "changes", [{"website": "javascript:alert(1)"}, {"county": "X"}, {"english": "a" * 121}]
    )
    def test_nonsense_is_refused(self, browser, changes):
        assert self.page(browser, **changes).status_code == 422

    def add(self, browser, content=b"%PDF-1.7 x", name="../../reg.pdf"):
        return browser("asheng").post(
            "/company/jiayuan-fruit/documents",
            data={"file": (io.BytesIO(content), name)},
            follow_redirects=True,
        )

    def test_papers_are_for_the_officer_and_its_people(self, app, people, browser):
        assert "reg.pdf" in self.add(browser).text
        with app.app_context():
            (paper,) = queries.documents_of(company("jiayuan-fruit"))
            path = f"/company/jiayuan-fruit/documents/{paper.id}"
            elsewhere = f"/company/{SLUG}/documents/{paper.id}"
        answer = browser("fang").get(path)
        assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
        assert "reg.pdf" in answer.headers["Content-Disposition"]
        for handle in ("xiuqin", "mei", "lin", "jia-office"):
            assert browser(handle).get(path).status_code == 404
        assert browser("xiuqin").get(elsewhere).status_code == 404
        assert browser("asheng").post(f"{path}/removal").status_code == 302
        assert browser("fang").get(path).status_code == 404

    @pytest.mark.parametrize("content", [b"<html>", b"MZ", b"", b"PK\x03\x04"])
    def test_only_what_can_be_read(self, app, browser, content):
        self.add(browser, content)
        with app.app_context():
            assert queries.documents_of(company("jiayuan-fruit")) == []

    def test_at_most_ten(self, app, browser):
        for number in range(12):
            self.add(browser, b"%%PDF-%d" % number)
        with app.app_context():
            assert len(queries.documents_of(company("jiayuan-fruit"))) == 10


class TestHome:
    def test_each_sees_what_waits(self, browser):
        assert "Jiayuan Fruit" in browser("asheng").get("/").text
        assert "Waiting for approval" in browser("asheng").get("/").text
        assert "People, projects and your public page" in browser("xiuqin").get("/").text
        for handle in ("mei", "lin", "fang"):
            assert "Your organisation" not in browser(handle).get("/").text

    def test_returned_it_says_so(self, app, people, browser):
        with app.app_context():
            operations.decide(None, company("jiayuan-fruit"), "returned", "Which field?")
        assert "Something is missing in the application" in browser("asheng").get("/").text
        assert any("Returned" in line for line in told(app, people, "asheng"))

    def test_one_company_one_step(self, browser, give_role, people):
        assert browser("xiuqin").get("/company").location == f"/company/{SLUG}"
        assert "You act for no organisation yet" in browser("mei").get("/company").text
        give_role(people["xiuqin"], "rongguang", Role.HR)
        page = browser("xiuqin").get("/company").text
        assert "Rongguang" in page and "Rongwei" in page

    def test_officers_hear_of_who_applied(self, app, people):
        assert "Waits for approval: Jiayuan Fruit" in told(app, people, "fang")
        assert "Waits for approval: Jiayuan Fruit" not in told(app, people, "lin")


class TestCommand:
    def run(self, app, *words):
        return app.test_cli_runner().invoke(cli.companies, words)

    def test_lists_shows_and_decides(self, app, people):
        with app.app_context():
            assert "jiayuan.example*" in self.run(app, "list", "--standing", "waiting").output
            shown = self.run(app, "show", "jiayuan-fruit").output
            assert "asheng@jiayuan.example" in shown and "applied" in shown
            assert self.run(app, "decide", "jiayuan-fruit", "suspended").exit_code == 1
            refused = self.run(app, "decide", "jiayuan-fruit", "returned")
            assert "Give a reason" in refused.output
            done = self.run(app, "decide", "jiayuan-fruit", "approved")
            assert done.output == "jiayuan-fruit is approved.\n"
            assert "command line" in self.run(app, "show", "jiayuan-fruit").output

    def test_gives_an_organisation_an_owner(self, app, people):
        with app.app_context():
            done = self.run(app, "appoint", "rongguang", "yun@rongguang.example")
            assert done.output == "yun@rongguang.example is now: owner of rongguang.\n"
            assert policies.is_owner_of(
                db.session.get_one(Person, people["yun"]), company("rongguang")
            )
            assert self.run(app, "appoint", "rongnan", "yun@rongguang.example").exit_code == 1

    def test_an_appointment_says_who_made_it(self, app, people):
        with app.app_context():
            ting = db.session.get_one(Person, people["ting"])
            yun = db.session.get_one(Person, people["yun"])
            made = operations.appoint_from_outside(ting, company("rongguang"), yun, Role.HR)
            assert made.proven_by == Proof.OPERATOR
            with pytest.raises(operations.RoleNotYours):
                operations.appoint_from_outside(yun, company("rongguang"), yun, Role.OWNER)
