"""Consent is a ledger: per purpose and company, by versions, and withdrawn at once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.accounts.queries import person_by_email
from app.kernel import clock
from app.kernel.database import db
from app.kernel.events import _subscribers
from app.learning import operations as learning
from app.privacy import operations, queries, rules
from app.privacy.events import ConsentWithdrawn
from app.privacy.models import ConsentEntry
from app.privacy.rules import ACCOUNT, NOTICE_ITEMS, PORTFOLIO_TO_COMPANY

SHOWING = PORTFOLIO_TO_COMPANY.name


@pytest.fixture
def mei(in_app, cast):
    with in_app():
        yield cast.person("mei")


@pytest.fixture
def companies(mei):
    from app.accounts.models import Organisation
    from app.accounts.rules import OrganisationKind

    made = [
        Organisation(kind=OrganisationKind.COMPANY, slug=slug, name={"en": slug})
        for slug in ("one-company", "another-company")
    ]
    db.session.add_all(made)
    db.session.flush()
    return [company.id for company in made]


class TestConsent:
    def test_is_not_there_before_she_gives_it(self, mei, companies):
        assert not queries.has_consented(mei.id, SHOWING, companies[0])

    def test_is_for_one_company_alone(self, mei, companies):
        operations.consent(mei, SHOWING, companies[0])
        assert queries.has_consented(mei.id, SHOWING, companies[0])
        assert not queries.has_consented(mei.id, SHOWING, companies[1])
        assert queries.consented_people(SHOWING, companies[0]) == {mei.id}
        assert queries.consented_people(SHOWING, companies[1]) == set()

    def test_ends_with_the_withdrawal_and_can_be_given_again(self, mei, companies):
        operations.consent(mei, SHOWING, companies[0])
        operations.withdraw(mei, SHOWING, companies[0])
        assert not queries.has_consented(mei.id, SHOWING, companies[0])
        operations.consent(mei, SHOWING, companies[0])
        assert queries.has_consented(mei.id, SHOWING, companies[0])
        acts = [entry.act.value for entry in queries.ledger_of(mei) if entry.purpose == SHOWING]
        assert acts == ["consented", "withdrew", "consented"]

    def test_is_written_once_when_given_twice(self, mei, companies):
        assert operations.consent(mei, SHOWING, companies[0]) is not None
        assert operations.consent(mei, SHOWING, companies[0]) is None

    def test_needs_the_company_that_it_is_for(self, mei):
        with pytest.raises(ValueError, match="one organisation"):
            operations.consent(mei, SHOWING)

    def test_is_nothing_for_what_rests_on_law(self, mei):
        with pytest.raises(operations.NotByConsent):
            operations.withdraw(mei, ACCOUNT.name)

    def test_keeps_the_words_that_were_shown(self, mei, companies):
        entry = operations.consent(mei, SHOWING, companies[0])
        shown = queries.notice_version(SHOWING, entry.notice_version)
        assert entry.notice_digest == shown.digest

    def test_lapses_with_a_notice_that_asks_anew(self, mei, companies, monkeypatch):
        operations.consent(mei, SHOWING, companies[0])
        monkeypatch.setattr("app.privacy.queries.consents.holds_since", lambda name: 2)
        assert not queries.has_consented(mei.id, SHOWING, companies[0])

    def test_lines_are_never_changed(self, mei, companies):
        operations.consent(mei, SHOWING, companies[0])
        with pytest.raises(IntegrityError, match="never changed"):
            db.session.execute(update(ConsentEntry).values(notice_version=7))


class TestNotices:
    @pytest.mark.parametrize("name", sorted(rules.PURPOSES))
    def test_have_all_six_items_in_both_languages(self, name):
        for notice in rules.notices(name):
            assert list(notice.items) == list(NOTICE_ITEMS)
            assert all(set(text) == {"zh-Hant-TW", "en"} for text in notice.items.values())

    def test_are_shown_where_people_sign_up(self, app):
        page = app.test_client().get("/register").get_data(as_text=True)
        assert "/privacy/notices/account" in page

    def test_that_were_shown_are_kept_with_whom(self, app, in_app):
        app.test_client().post(
            "/register",
            data={"name": "Ada", "email": "ada@new.example", "password": "a long pass phrase"},
        )
        with in_app():
            ada = person_by_email("ada@new.example")
            (line,) = queries.ledger_of(ada)
        assert (line.purpose, line.act.value) == ("account", "informed")

    def test_are_kept_for_each_school_whose_section_she_joins(self, in_app, cast):
        with in_app():
            mei = cast.person("mei")
            learning.ask_for_place(mei, cast.section())
            (line,) = queries.ledger_of(mei)
            assert (line.purpose, line.organisation.slug) == ("enrolment", "rongnan")


class TestLooking:
    def test_is_shown_to_the_person_with_who_and_when(self, mei, cast, companies):
        viewer = cast.person("fang")
        operations.looked(mei.id, viewer, "portfolio", subject="About me")
        row = queries.lookings_at(mei).rows[0]
        assert (row.viewer.id, row.what, row.subject, row.count) == (
            viewer.id,
            "portfolio",
            "About me",
            1,
        )

    def test_again_within_the_hour_counts_on(self, mei, cast):
        start = clock.now().replace(minute=5)
        for minutes in (0, 20, 70):
            with clock.frozen_at(start + timedelta(minutes=minutes)):
                operations.looked(mei.id, None, "portfolio")
        assert [row.count for row in queries.lookings_at(mei).rows] == [1, 2]

    def test_at_oneself_is_nothing(self, mei):
        operations.looked(mei.id, mei, "portfolio")
        assert queries.lookings_at(mei).total == 0

    def test_needs_words_for_the_person(self, mei):
        with pytest.raises(ValueError, match="no registered look"):
            operations.looked(mei.id, None, "peeping")


class TestThePages:
    def test_show_looks_and_take_a_consent_back(self, app, in_app, cast, companies):
        with in_app():
            mei = cast.person("mei")
            operations.looked(mei.id, cast.person("fang"), "portfolio")
            operations.consent(mei, SHOWING, companies[0])
        browser = cast.browser("mei")
        assert "Your portfolio" in browser.get("/me/data/looks").get_data(as_text=True)
        assert "Your portfolio" in browser.get("/me/data/looks.csv").get_data(as_text=True)
        assert "one-company" in browser.get("/me/data/consents").get_data(as_text=True)
        gone = browser.post(
            f"/me/data/consents/{SHOWING}/withdrawal", data={"organisation": str(companies[0])}
        )
        assert gone.status_code == 302
        with in_app():
            assert not queries.has_consented(cast.person("mei").id, SHOWING, companies[0])

    def test_have_constant_statements(self, app, in_app, cast, companies, count_queries):
        browser = cast.browser("mei")
        counts = []
        for _round in range(2):
            with in_app():
                mei = cast.person("mei")
                for company in companies:
                    operations.consent(mei, SHOWING, company)
                    operations.withdraw(mei, SHOWING, company)
                    operations.looked(
                        mei.id, cast.person("fang"), "portfolio", subject=str(company)
                    )
            browser.get("/me/data/consents")
            with count_queries() as seen:
                browser.get("/me/data/consents")
                browser.get("/me/data/looks")
            counts.append(len(seen))
        assert counts[0] == counts[1]

    def test_of_notices_need_no_account(self, app):
        client = app.test_client()
        assert client.get("/privacy/notices/account").status_code == 200
        assert client.get("/privacy/notices/account?version=9").status_code == 404
        assert client.get("/privacy/notices/nothing").status_code == 404


class TestTheLongest:
    """A consent ends by itself after the years that its notice says."""

    AFTER = timedelta(days=5 * 366)

    def test_is_not_asked_for_after_its_last_instant(self, mei, companies):
        entry = operations.consent(mei, SHOWING, companies[0])
        ends = rules.ends_at(SHOWING, entry.notice_version, entry.at)
        assert ends.astimezone(clock.TAIPEI).year == entry.at.astimezone(clock.TAIPEI).year + 5
        with clock.frozen_at(ends - timedelta(seconds=1)):
            assert queries.has_consented(mei.id, SHOWING, companies[0])
        with clock.frozen_at(ends):
            assert not queries.has_consented(mei.id, SHOWING, companies[0])
            assert queries.consented_people(SHOWING, companies[0]) == set()
            (row,) = [row for row in queries.standing_of(mei) if row.purpose.by_consent]
            assert not row.is_consented and row.ends_at is None

    def test_is_written_down_and_told_once(self, mei, companies, config, monkeypatch):
        sent, heard = [], []
        monkeypatch.setattr("app.kernel.mail.send", lambda **mail: sent.append(mail))
        monkeypatch.setitem(_subscribers, ConsentWithdrawn, [heard.append])
        operations.consent(mei, SHOWING, companies[0])
        with clock.frozen_at(clock.now() + timedelta(days=300)):
            operations.consent(mei, SHOWING, companies[1])
        assert operations.end_consents(config) == 0
        with clock.frozen_at(clock.now() + self.AFTER):
            assert operations.end_consents(config) == 1
            assert operations.end_consents(config) == 0
            assert queries.has_consented(mei.id, SHOWING, companies[1])
        assert [entry.act for entry in queries.ledger_of(mei)][:1] == [rules.Act.ENDED]
        assert [event.organisation_id for event in heard] == [companies[0]]
        (mail,) = sent
        assert mail["to"] == mei.email and "one-company" in mail["subject"]

    def test_is_counted_anew_when_she_agrees_anew(self, mei, companies, config):
        operations.consent(mei, SHOWING, companies[0])
        with clock.frozen_at(clock.now() + self.AFTER):
            operations.consent(mei, SHOWING, companies[0])
            assert operations.end_consents(config) == 0
            assert queries.has_consented(mei.id, SHOWING, companies[0])

    def test_of_a_leap_day_is_the_day_before(self):
        given = datetime(2028, 2, 29, 3, tzinfo=UTC)
        assert rules.ends_at(SHOWING, 1, given).astimezone(clock.TAIPEI).day == 28

    def test_stands_in_the_notice_and_on_her_page(self, cast, in_app, companies):
        with in_app():
            operations.consent(cast.person("mei"), SHOWING, companies[0])
        browser = cast.browser("mei")
        assert "at the longest until" in browser.get("/me/data/consents").text
        assert "lasts for 5 years" in browser.get(f"/privacy/notices/{SHOWING}").text
        assert "lasts for" not in browser.get("/privacy/notices/account").text
