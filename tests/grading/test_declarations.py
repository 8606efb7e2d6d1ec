"""What AI tools may do in a lab, and what students declare about them."""

import base64
import io

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.grading import operations, queries
from app.grading.operations import RuleSettings
from app.grading.rules import Via
from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.learning import queries as learning
from app.learning.operations.ai_use import BadAiRule, BadDeclaration, DeclarationMissing, NotAsked
from app.learning.rules.ai_use import AiRule, AiUse, Declared
from tests.cast import SOURCE, Cast
from tests.grading.helpers import hand_in
from tests.grading.test_teams import team

USED = Declared(True, "A chatbot", "To find a mistake")


def rule(cast: Cast, use: AiUse | None = AiUse.DECLARED, words: LocalizedText | None = None):
    """Within a context: what lin sets for the small lab."""
    return operations.set_hand_in_rule(
        cast.person("lin"), cast.section(), "squares", RuleSettings(ai=AiRule(use, words))
    )


def from_site(cast: Cast, handle: str = "mei", declared: Declared | None = None):
    person = cast.person(handle)
    view = learning.section_for(person, cast.section().code)
    return operations.submit(
        person,
        view.section,
        view.version.items[1],
        {"squares.ipynb": SOURCE},
        via=Via.SITE,
        declared=declared,
    )


def from_lab(cast: Cast, handle: str = "mei"):
    return cast.app.test_client().post(
        f"/api/exchange/v1/assignments/{cast.code}/squares/submissions",
        headers=cast.lab_token(handle),
        json={"files": [{"path": "squares.ipynb", "content": base64.b64encode(SOURCE).decode()}]},
    )


@pytest.fixture
def asking(enrolled: Cast) -> Cast:
    with enrolled.app.app_context():
        rule(enrolled)
    return enrolled


class TestTheRule:
    def test_is_kept_with_what_was_handed_in_under_it(self, enrolled):
        with enrolled.app.app_context():
            rule(enrolled, AiUse.FREE)
            first = hand_in(enrolled, "mei")
            rule(enrolled, AiUse.NONE)
            second = hand_in(enrolled, "mei")
            db.session.expire_all()
            assert (first.rule.ai_use, second.rule.ai_use) == (AiUse.FREE, AiUse.NONE)
            assert (first.rule.number, second.rule.number) == (1, 2)

    def test_in_own_words_needs_both_languages(self, enrolled):
        with enrolled.app.app_context():
            for words in (None, LocalizedText({"en": "Only to translate."})):
                with pytest.raises(BadAiRule):
                    rule(enrolled, AiUse.OWN, words)
            both = LocalizedText({"en": "Only to translate.", "zh-Hant-TW": "只能用來翻譯。"})
            assert rule(enrolled, AiUse.OWN, both).asks_declaration is False

    def test_is_read_before_the_work_begins(self, enrolled):
        path = f"/learn/{enrolled.code}/labs/squares"
        assert b"What holds for this lab" not in enrolled.browser("mei").get(path).data
        with enrolled.app.app_context():
            words = LocalizedText({"en": "Only to translate.", "zh-Hant-TW": "只能用來翻譯。"})
            rule(enrolled, AiUse.OWN, words)
        page = enrolled.browser("mei").get(path).data
        assert b"Only to translate." in page
        assert page.index(b"Only to translate.") < page.index(b"Open lab")


class TestDeclaring:
    def test_is_part_of_handing_in_on_the_site(self, asking):
        with asking.app.app_context():
            with pytest.raises(DeclarationMissing):
                from_site(asking)
            made = from_site(asking, declared=USED)
            assert (made.declaration.tools, made.lacks_declaration) == ("A chatbot", False)

    @pytest.mark.parametrize("said", [Declared(True), Declared(True, "x"), Declared(True, "", "y")])
    def test_who_used_some_says_which_and_for_what_or_nothing_is_kept(self, asking, said):
        with asking.app.app_context():
            with pytest.raises(BadDeclaration):
                from_site(asking, declared=said)
            assert queries.my_submissions(asking.person("mei"), asking.section()) == []

    def test_the_form_asks_and_shows_what_is_missing(self, asking):
        browser, path = asking.browser("mei"), f"/learn/{asking.code}/labs/squares"
        assert b"Did you use AI tools" in browser.get(path).data
        for said, status in (
            ({}, 422),
            ({"site-used": "yes"}, 422),
            ({"site-used": "no"}, 303),
        ):
            answer = browser.post(
                f"{path}/submissions",
                data={"files": (io.BytesIO(SOURCE), "squares.ipynb"), **said},
            )
            assert answer.status_code == status, said
        with asking.app.app_context():
            (made,) = queries.my_submissions(asking.person("mei"), asking.section())
            assert made.declaration.used is False

    def test_what_comes_from_a_lab_is_safe_and_is_declared_afterwards(self, asking):
        assert from_lab(asking).status_code == 201
        with asking.app.app_context():
            (made,) = queries.my_submissions(asking.person("mei"), asking.section())
            assert made.lacks_declaration
            path = f"/submissions/{made.id}"
        for handle in ("mei", "lin"):
            assert b"Declaration missing" in asking.browser(handle).get(path).data
        browser = asking.browser("mei")
        said = {"used": "yes", "tools": "A chatbot", "purpose": "Spelling"}
        assert browser.post(f"{path}/declaration", data={"used": "yes"}).status_code == 422
        assert browser.post(f"{path}/declaration", data=said).status_code == 303
        page = asking.browser("lin").get(path).data
        assert b"Declaration missing" not in page and b"Spelling" in page

    def test_only_they_whose_work_it_is_declare(self, asking):
        with asking.app.app_context():
            team(asking, "mei", "hao", ai=AiRule(AiUse.DECLARED))
        from_lab(asking, "mei")
        with asking.app.app_context():
            (made,) = queries.my_submissions(asking.person("mei"), asking.section())
            path = f"/submissions/{made.id}/declaration"
        for handle in ("lin", "wang"):
            assert asking.browser(handle).post(path, data={"used": "no"}).status_code == 404
        assert asking.browser("hao").post(path, data={"used": "no"}).status_code == 303

    def test_where_nothing_is_asked_nothing_is_taken(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            with pytest.raises(NotAsked):
                operations.declare(enrolled.person("mei"), made, USED)

    def test_the_newest_counts_and_none_is_changed(self, asking):
        with asking.app.app_context():
            made = from_site(asking, declared=Declared(False))
            operations.declare(asking.person("mei"), made, USED)
            assert [row.used for row in made.declarations] == [True, False]
            with pytest.raises(IntegrityError, match="never changed"):
                db.session.execute(text("UPDATE ai_declarations SET used = false"))


class TestTheList:
    def test_is_filtered_and_for_the_sections_staff_alone(self, asking):
        with asking.app.app_context():
            from_site(asking, "hao", USED)
        from_lab(asking, "mei")
        path = f"/teaching/{asking.code}/labs/squares/declarations"
        browser = asking.browser("ping")
        everything = browser.get(path).data
        assert b"A chatbot" in everything and b"Declaration missing" in everything
        missing = browser.get(f"{path}?state=missing").data
        assert b"Declaration missing" in missing and b"A chatbot" not in missing
        used = browser.get(f"{path}?state=used").data
        assert b"A chatbot" in used
        assert used.count(b"Declaration missing") == 1  # the way to those, and none of them
        for handle in ("wang", "mei"):
            assert asking.browser(handle).get(path).status_code in (403, 404)

    def test_takes_a_constant_number_of_statements(self, asking, count_queries):
        path, browser = f"/teaching/{asking.code}/labs/squares/declarations", asking.browser("lin")
        with asking.app.app_context():
            from_site(asking, "mei", USED)
        browser.get(path)
        with count_queries() as one:
            browser.get(path)
        with asking.app.app_context():
            from_site(asking, "hao", USED)
        with count_queries() as two:
            browser.get(path)
        assert len(one) == len(two)
