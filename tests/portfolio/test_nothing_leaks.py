"""What is hidden from somebody is nowhere in what she gets; missing and hidden look the same."""

import re
from datetime import timedelta

import pytest

from app.accounts import operations as accounts
from app.accounts.rules import Step
from app.kernel import clock
from app.kernel.database import db
from app.portfolio import queries
from app.portfolio.rules import Audience
from app.privacy import operations as privacy
from app.privacy import queries as looks
from app.privacy.rules import PORTFOLIO_TO_COMPANY
from tests.portfolio.conftest import company

SEEN = {
    Audience.LINK: {"MARK-everybody"},
    Audience.PUBLIC: {"MARK-everybody"},
    Audience.COMPANY: {"MARK-everybody", "MARK-companies", "MARK-mail", "MARK-place"},
}
ALL = {"MARK-everybody", "MARK-companies", "MARK-nobody", "MARK-mail", "MARK-place"}


def marks(text: str) -> set[str]:
    return set(re.findall(r"MARK-(?:everybody|companies|nobody|mail|place)", text))


def reader_of(portfolio, audience):
    if audience is Audience.COMPANY:
        return portfolio.cast.browser("yun")
    return portfolio.cast.app.test_client()


def bare(text: str, address: str) -> str:
    """A page without what differs from one request to the next."""
    return re.sub(r'value="[\w.-]{60,}"', "", text.replace(address, ""))


class TestAudiences:
    @pytest.mark.parametrize("audience", list(Audience))
    def test_see_their_parts_and_no_others(self, portfolio, audience):
        address = portfolio.share(audience)
        reader = reader_of(portfolio, audience)
        for language in ("en", "zh-TW"):
            reader.delete_cookie("locale")
            answer = reader.get(address, headers={"Accept-Language": language})
            assert answer.status_code == 200
            assert marks(answer.text) == SEEN[audience]
            assert portfolio.files["unused"] not in answer.text

    @pytest.mark.parametrize("audience", list(Audience))
    def test_get_files_of_their_parts_and_no_others(self, portfolio, audience):
        address = portfolio.share(audience)
        reader = reader_of(portfolio, audience)
        for who, file_id in portfolio.files.items():
            answer = reader.get(f"{address}/files/{file_id}")
            seen = who == "face" or f"MARK-{who}" in SEEN[audience]
            assert answer.status_code == (200 if seen else 404), who
            assert (f"FILE-{who}".encode() in answer.data) is (seen and who != "face")

    @pytest.mark.parametrize("audience", list(Audience))
    def test_preview_is_what_they_see(self, portfolio, audience):
        mei = portfolio.cast.browser("mei")
        stem = f"/me/portfolio/{portfolio.page_id}"
        shown = mei.get(f"{stem}/preview?to={audience.value}").text
        assert marks(shown) == SEEN[audience]
        resume = mei.get(f"{stem}/resume.json?to={audience.value}").text
        assert marks(resume) <= SEEN[audience] and "MARK-everybody" in resume
        assert marks(mei.get(stem).text) >= {"MARK-everybody", "MARK-companies", "MARK-nobody"}

    def test_a_link_shows_a_company_no_more_than_anybody(self, portfolio):
        portfolio.share(Audience.COMPANY)
        link = portfolio.share(Audience.LINK)
        assert marks(portfolio.cast.browser("yun").get(link).text) == SEEN[Audience.LINK]

    def test_the_list_of_a_person_names_public_pages_only(self, portfolio):
        stranger = portfolio.cast.app.test_client()
        portfolio.share(Audience.LINK)
        portfolio.share(Audience.COMPANY)
        assert stranger.get("/portfolio/mei").status_code == 404
        portfolio.share(Audience.PUBLIC)
        answer = stranger.get("/portfolio/mei")
        assert answer.status_code == 200 and "Hello there" in answer.text
        assert marks(answer.text) == set()


class TestNobodyElse:
    def test_a_page_for_a_company_is_not_there_for_others(self, portfolio):
        address = portfolio.share(Audience.COMPANY)
        for who in ("hao", "lin", "wang", "ping", "jia-office", "fang", "ting", "mei"):
            assert portfolio.cast.browser(who).get(address).status_code == 404, who
        assert portfolio.cast.app.test_client().get(address).status_code == 404

    @pytest.mark.parametrize("audience", list(Audience))
    def test_what_was_taken_back_is_gone_at_the_next_request(self, portfolio, audience):
        address = portfolio.share(audience)
        reader = reader_of(portfolio, audience)
        file = f"{address}/files/{portfolio.files['everybody']}"
        assert reader.get(address).status_code == reader.get(file).status_code == 200
        portfolio.take_back()
        assert reader.get(address).status_code == reader.get(file).status_code == 404

    def test_missing_and_hidden_look_the_same(self, portfolio):
        address = portfolio.share(Audience.COMPANY)
        stranger = portfolio.cast.app.test_client()
        stranger.set_cookie("locale", "en")
        stranger.get("/")  # from here on she has a session
        hidden, missing = stranger.get(address), stranger.get("/portfolio/mei/no-such-page")
        nobody = stranger.get("/portfolio/no-such-person/hello-there")
        assert hidden.status_code == missing.status_code == nobody.status_code == 404
        page = bare(hidden.text, "hello-there")
        assert page == bare(missing.text, "no-such-page")
        assert page == bare(nobody.text.replace("no-such-person", "mei"), "hello-there")
        assert {k for k, _ in hidden.headers} == {k for k, _ in missing.headers}

    def test_after_the_last_day_it_is_over(self, portfolio, frozen):
        today = clock.now().astimezone(clock.TAIPEI).date()
        address = portfolio.share(Audience.LINK, until=today + timedelta(days=1))
        stranger = portfolio.cast.app.test_client()
        assert stranger.get(address).status_code == 200
        with frozen(clock.now() + timedelta(days=2)):
            assert stranger.get(address).status_code == 404

    def test_a_suspended_person_shows_nothing(self, portfolio, in_app):
        address = portfolio.share(Audience.PUBLIC)
        with in_app():
            portfolio.cast.person("mei").suspended_at = clock.now()
            db.session.flush()
            db.session.commit()
        assert portfolio.cast.app.test_client().get(address).status_code == 404


class TestConsent:
    def test_a_company_sees_nothing_without_it(self, portfolio):
        mei = portfolio.cast.browser("mei")
        shares = f"/me/portfolio/{portfolio.page_id}/shares"
        sent = {"audience": "company", "organisation": "rongguang"}
        refused = mei.post(shares, data=sent)
        assert refused.status_code == 422 and "without your consent" in refused.text
        assert "Who collects your data" in refused.text
        yun = portfolio.cast.browser("yun")
        assert yun.get("/portfolio/mei/hello-there").status_code == 404
        assert mei.post(shares, data={**sent, "consent": "y"}).status_code == 303
        assert yun.get("/portfolio/mei/hello-there").status_code == 200
        assert "Hello there" in yun.get("/portfolios").text

    def test_withdrawn_it_ends_at_the_next_request_and_does_not_come_back(self, portfolio, in_app):
        address = portfolio.share(Audience.COMPANY)
        yun = portfolio.cast.browser("yun")
        assert yun.get(address).status_code == 200
        mei = portfolio.cast.browser("mei")
        with in_app():
            organisation = str(company("rongguang").id)
        mei.post(
            f"/me/data/consents/{PORTFOLIO_TO_COMPANY.name}/withdrawal",
            data={"organisation": organisation},
        )
        assert yun.get(address).status_code == 404
        assert "Hello there" not in yun.get("/portfolios").text
        with in_app():
            privacy.consent(
                portfolio.cast.person("mei"), PORTFOLIO_TO_COMPANY.name, company("rongguang").id
            )
        assert yun.get(address).status_code == 404

    def test_a_company_that_is_not_verified_any_more_sees_nothing(self, portfolio, in_app):
        address = portfolio.share(Audience.COMPANY)
        with in_app():
            accounts.decide(None, company("rongguang"), Step.SUSPENDED, "because")
        yun = portfolio.cast.browser("yun")
        assert yun.get(address).status_code == 404
        assert "Hello there" not in yun.get("/portfolios").text

    def test_every_look_by_somebody_else_is_written_down(self, portfolio, in_app):
        address = portfolio.share(Audience.COMPANY)
        link = portfolio.share(Audience.LINK)
        portfolio.cast.browser("yun").get(address)
        portfolio.cast.app.test_client().get(link)
        portfolio.cast.app.test_client().get(f"{link}/files/{portfolio.files['everybody']}")
        portfolio.cast.browser("mei").get(link)
        with in_app():
            rows = looks.lookings_at(portfolio.cast.person("mei")).rows
            seen = {
                (row.viewer.handle if row.viewer else None, row.subject, bool(row.organisation_id))
                for row in rows
            }
        assert seen == {
            ("yun", "Hello there（中）", True),
            (None, "Hello there（中）", False),
            (None, "Hello there（中） · MARK-everybody.txt", False),
        }


class TestCosts:
    def test_statements_do_not_grow_with_what_a_page_shows(self, portfolio, count_queries, in_app):
        from app.portfolio import operations
        from app.portfolio.operations import BlockWords
        from app.portfolio.rules import BlockKind, Chosen, Content
        from tests.portfolio.conftest import both

        def add(times: int) -> None:
            with in_app():
                page = portfolio.page()
                section = str(portfolio.cast.section().id)
                for _ in range(times):
                    for kind in BlockKind:
                        operations.add_block(
                            page,
                            kind,
                            BlockWords(both("More"), both("Words"), Content((Chosen(section),))),
                        )

        link = portfolio.share(Audience.LINK)
        stranger = portfolio.cast.app.test_client()
        add(1)
        counts = []
        for times in (0, 2):
            add(times)
            stranger.get(link)
            with count_queries() as seen:
                stranger.get(link)
            counts.append(len(seen))
        assert counts[0] == counts[1] <= 22

    def test_lists_of_pages_take_a_few_statements(self, portfolio, count_queries, in_app):
        portfolio.share(Audience.COMPANY)
        mei, yun = portfolio.cast.browser("mei"), portfolio.cast.browser("yun")
        for browser, path in ((mei, "/me/portfolio"), (yun, "/portfolios")):
            browser.get(path)
            with count_queries() as seen:
                assert browser.get(path).status_code == 200
            assert len(seen) <= 9, path
        with in_app():
            assert len(queries.my_pages(portfolio.cast.person("mei"))) == 1
