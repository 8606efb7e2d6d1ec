"""Looking after people: the list, suspending, restoring, and the doors of the whole room."""

import re
import uuid

import pytest

from app.accounts import events, policies
from app.accounts.models import Person
from app.accounts.rules import Role, is_tax_id, network_of, normalise_name
from app.kernel import events as bus
from app.kernel.database import db
from app.web.doors import door_of

ROLES = (
    *("mei", "lin", "wang", "ping", "jia-office", "yun", "guo", "fang", "ting"),
    *("xiuqin", "huimin", "zhihao", "jun", "asheng"),
)
PAGES = {
    # path: who may see it
    "/people": {"fang", "ting"},
    "/people.csv": {"fang", "ting"},
    "/people/{mei}": {"fang", "ting"},
    "/organisations": {"lin", "wang", "jia-office", "ting"},
    "/organisations/rongnan": {"lin", "jia-office", "ting"},
    "/organisations/rongnan/people.csv": {"jia-office", "ting"},
    "/organisations/rongnan/invitations": {"lin", "jia-office", "ting"},
    "/organisations/rongnan/roster": {"jia-office", "ting"},
    "/organisations/rongnan/roster.csv": {"jia-office", "ting"},
    "/organisations/rongguang": {"ting"},
    "/organisations/rongguang/roster": set(),
    "/companies/approvals": {"fang", "ting"},
    "/companies/approvals.csv": {"fang", "ting"},
    "/companies/approvals/jiayuan-fruit": {"fang", "ting"},
    "/company/rongguang": set(),
    "/company/rongwei-dining": {"xiuqin", "huimin", "zhihao"},
    "/company/rongwei-dining/people": {"xiuqin", "huimin", "zhihao"},
    "/company/rongwei-dining/page": {"xiuqin", "huimin", "zhihao"},
    "/company/jiayuan-fruit": {"asheng"},
    "/account": set(ROLES),
    "/account/browsers": set(ROLES),
    "/account/password": set(ROLES),
    "/account/student-number": set(ROLES),
}


class TestDoors:
    def test_stand_before_every_route_of_the_room(self, site):
        ours = [
            rule.endpoint
            for rule in site.url_map.iter_rules()
            if rule.endpoint.startswith(("accounts.", "accounts_api."))
        ]
        assert len(ours) > 30
        assert [name for name in ours if door_of(site, name) is None] == []

    @pytest.mark.parametrize("who", ROLES)
    def test_open_for_those_whose_work_it_is(self, people, as_person, who):
        browser = as_person(people[who])
        opened = set()
        for path in PAGES:
            answer = browser.get(path.format(**people))
            assert answer.status_code in (200, 302, 403, 404), path
            if answer.status_code in (200, 302):
                opened.add(path)
        assert opened == {path for path, allowed in PAGES.items() if who in allowed}

    def test_send_strangers_to_sign_in(self, client, people):
        for path in PAGES:
            answer = client.get(path.format(**people))
            assert answer.status_code == 302 and answer.location.startswith("/sign-in?next="), path

    def test_change_nothing_for_strangers(self, app, client, people):
        paths = [
            rule.rule
            for rule in app.url_map.iter_rules()
            if rule.endpoint.startswith("accounts.")
            and "POST" in rule.methods
            and door_of(app, rule.endpoint).kind not in ("public", "machine")
        ]
        assert len(paths) > 12
        for path in paths:
            path = path.replace("<slug>", "rongnan").replace("<student_number>", "C1")
            path = re.sub("<uuid:[a-z_]+>", str(uuid.uuid4()), path)
            answer = client.post(path.replace("<token>", "x"))
            assert answer.status_code == 302 and answer.location == "/sign-in", path


class TestSuspending:
    def suspend(self, browser, person_id, reason="because"):
        return browser.post(f"/people/{person_id}/suspension", data={"reason": reason})

    def test_shuts_somebody_out_and_can_be_undone(self, people, as_person, monkeypatch):
        heard = []
        for kind in (events.PersonSuspended, events.PersonRestored, events.SignedOut):
            monkeypatch.setitem(bus._subscribers, kind, [heard.append])
        mei = as_person(people["mei"])
        officer = as_person(people["fang"])
        assert self.suspend(officer, people["mei"]).status_code == 302
        assert mei.get("/account").status_code == 302
        assert [type(event).__name__ for event in heard] == ["SignedOut", "PersonSuspended"]
        assert "because" in officer.get(f"/people/{people['mei']}").text
        officer.post(f"/people/{people['mei']}/restoration")
        assert isinstance(heard[-1], events.PersonRestored)
        assert as_person(people["mei"]).get("/account").status_code == 200
        assert mei.get("/account").status_code == 302

    def test_needs_a_reason(self, people, as_person):
        officer = as_person(people["fang"])
        assert self.suspend(officer, people["mei"], "  ").status_code == 422

    @pytest.mark.parametrize(
        ("who", "whom", "may"),
        [
            ("fang", "mei", True),
            ("fang", "fang", False),
            ("fang", "ting", False),
            ("ting", "fang", True),
            ("ting", "ting", False),
        ],
    )
    def test_respects_rank(self, app, people, as_person, who, whom, may):
        self.suspend(as_person(people[who]), people[whom])
        with app.app_context():
            person = db.session.get(Person, people[whom])
            assert (person.suspended_at is not None) is may

    def test_is_not_for_others(self, app, people, as_person):
        for who in ("mei", "lin", "jia-office", "yun"):
            assert self.suspend(as_person(people[who]), people["hao"]).status_code == 403


class TestTheList:
    def test_takes_a_constant_number_of_queries(
        self, people, as_person, make_person, count_queries
    ):
        officer = as_person(people["fang"])
        with count_queries() as few:
            officer.get("/people")
        for number in range(30):
            make_person(f"s{number}@rongnan.example")
        with count_queries() as many:
            officer.get("/people")
        assert len(few) == len(many) <= 10

    def test_finds_people_by_part_of_name_or_address(self, people, as_person):
        officer = as_person(people["fang"])
        page = officer.get("/people?q=雅文").text
        assert "lin@rongnan.example" in page and "mei@rongnan.example" not in page

    def test_exports_harmless_cells(self, people, as_person, make_person):
        make_person("eve@a.example", name="=1+1")
        assert "'=1+1" in as_person(people["fang"]).get("/people.csv?q=eve").text


class TestProfile:
    def test_keeps_name_and_language(self, people, as_person, app):
        browser = as_person(people["mei"])
        answer = browser.post("/account", data={"name": "Lin Mei", "locale": "en"})
        assert answer.location == "/account"
        page = browser.get("/account").text
        assert "Your profile is saved." in page and 'lang="en"' in page
        with app.app_context():
            assert db.session.get(Person, people["mei"]).name == "Lin Mei"

    def test_refuses_an_unknown_language_and_a_missing_name(self, people, as_person):
        browser = as_person(people["mei"])
        for data in ({"name": "Mei", "locale": "xx"}, {"name": "", "locale": "en"}):
            assert browser.post("/account", data=data).status_code == 422


class TestPolicies:
    def test_labs_are_for_verified_members_of_schools(self, app, people, give_role):
        def allowed(handle: str) -> bool:
            with app.app_context():
                return policies.may_use_labs(db.session.get(Person, people[handle]))

        assert [name for name in people if allowed(name)] == [
            "mei",
            "hao",
            "lin",
            "wang",
            "ping",
            "jia-office",
        ]
        give_role(people["guo"], "jiayang", Role.INSTRUCTOR)
        assert allowed("guo")


class TestWords:
    @pytest.mark.parametrize(
        ("number", "valid"),
        [("04595257", True), ("12345675", True), ("12345678", False), ("1234567", False)],
    )
    def test_business_numbers_have_a_checksum(self, number, valid):
        assert is_tax_id(number) is valid

    def test_names_lose_what_cannot_be_seen(self):
        assert normalise_name(" 林\u202e\u200b  小\n梅\x00 ") == "林 小 梅"

    def test_places_are_addresses_or_networks(self):
        assert network_of("192.0.2.7") == "192.0.2.7"
        assert network_of("::ffff:192.0.2.7") == "192.0.2.7"
        assert network_of("2001:db8:1:2:3::4") == "2001:db8:1:2::/64"
        assert network_of("'; DROP") == "unknown"
