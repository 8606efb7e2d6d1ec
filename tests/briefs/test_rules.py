"""States, pay, supply, shapes, templates: no database."""

import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.briefs import rules
from app.briefs.rules import Act, Kind, LegalClass, Pay, PayFault, Side, State, Wanted
from app.kernel.industries import INDUSTRIES
from app.kernel.localized import LocalizedText
from app.skills.rules import building
from tests.briefs.conftest import both, whole

TODAY = date(2026, 11, 23)
C, I, O = Side.COMPANY, Side.INSTRUCTOR, Side.OFFICER  # noqa: E741
ALLOWED = {
    (State.DRAFT, Act.SUBMITTED): {C},
    (State.DRAFT, Act.ARCHIVED): {C},
    (State.RETURNED, Act.SUBMITTED): {C},
    (State.RETURNED, Act.ARCHIVED): {C},
    (State.SUBMITTED, Act.TAKEN_BACK): {C},
    (State.SUBMITTED, Act.APPROVED): {I, O},
    (State.SUBMITTED, Act.RETURNED): {I, O},
    (State.SUBMITTED, Act.PUBLISHED): {I, O},
    (State.PUBLISHED, Act.CHANGED): {C, I, O},
    (State.PUBLISHED, Act.CLOSED): {C, O},
    (State.CLOSED, Act.REOPENED): {C},
    (State.CLOSED, Act.ARCHIVED): {C},
}
"""Written out a second time, by hand."""


class TestTheWayOfABrief:
    @pytest.mark.parametrize("state", State)
    @pytest.mark.parametrize("act", Act)
    @pytest.mark.parametrize("side", Side)
    def test_is_what_the_table_says_for_every_state_act_and_side(self, state, act, side):
        assert rules.may(side, state, act) is (side in ALLOWED.get((state, act), set()))

    def test_never_leads_back_to_a_draft_once_it_is_published(self):
        seen, waiting = set(), {State.PUBLISHED}
        while waiting:
            state = waiting.pop()
            seen.add(state)
            after = {to for (at, _act), (_sides, to) in rules.TRANSITIONS.items() if at is state}
            waiting |= after - seen
        assert seen == {State.PUBLISHED, State.CLOSED, State.ARCHIVED}

    def test_lets_nobody_write_in_review_or_after(self):
        assert {State.DRAFT, State.RETURNED} == rules.EDITABLE


class TestPay:
    def fault(self, kind=Kind.INTERNSHIP, legal=LegalClass.WORK, pay=Pay.HOURLY, amount=196,
              hours=20, day=date(2026, 12, 1)):  # fmt: skip
        return rules.pay_fault(kind, legal, pay, amount, hours, day)

    def test_is_fine_at_the_minimum_itself_and_too_little_one_dollar_below(self):
        assert self.fault(amount=196) is None
        assert self.fault(amount=195) is PayFault.BELOW_MINIMUM

    def test_is_measured_by_the_wage_of_the_day_on_which_the_work_starts(self):
        assert self.fault(amount=190, day=date(2025, 12, 31)) is None
        assert self.fault(amount=190, day=date(2026, 1, 1)) is PayFault.BELOW_MINIMUM

    def test_of_a_month_is_worth_its_share_of_forty_hours_rounded_up(self):
        assert rules.least_pay(Pay.MONTHLY, 40, TODAY) == 29500
        assert rules.least_pay(Pay.MONTHLY, 20, TODAY) == 14750
        assert rules.least_pay(Pay.MONTHLY, 7, TODAY) == 5163  # 5162.5
        assert self.fault(pay=Pay.MONTHLY, amount=14749) is PayFault.BELOW_MINIMUM

    def test_as_a_wage_belongs_to_the_work_type_alone(self):
        assert self.fault(legal=LegalClass.GENERAL) is PayFault.WAGE_OUTSIDE_WORK
        assert self.fault(kind=Kind.PROJECT, legal=None) is PayFault.WAGE_OUTSIDE_WORK
        assert self.fault(pay=Pay.ALLOWANCE) is PayFault.WORK_WITHOUT_WAGE
        assert self.fault(pay=Pay.NONE, amount=None) is PayFault.WORK_WITHOUT_WAGE
        assert self.fault(legal=None) is PayFault.CLASS_MISSING

    def test_needs_an_amount_unless_there_is_none(self):
        assert self.fault(amount=None) is PayFault.AMOUNT_MISSING
        assert self.fault(Kind.PROJECT, None, Pay.ALLOWANCE, 0) is PayFault.AMOUNT_MISSING
        assert self.fault(Kind.PROJECT, None, Pay.NONE, None) is None

    def test_has_a_source_and_a_day_for_every_minimum_and_says_when_a_year_is_not_known(self):
        wages = rules.minimum_wages()
        assert [wage.since for wage in wages] == sorted({wage.since for wage in wages})
        assert all(w.source.startswith("https://") and w.announced < w.since for w in wages)
        assert rules.is_sure_of(date(2026, 12, 31))
        assert not rules.is_sure_of(date(2027, 1, 1))


class TestSupply:
    @given(st.integers(0, 10_000))
    def test_is_told_in_fives_never_too_many_and_nothing_under_five(self, count):
        told = rules.told(count)
        assert told % 5 == 0
        assert 0 <= count - told < 5
        assert (told == 0) is (count < 5)

    @given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(1, 3)), max_size=30))
    def test_counts_who_has_every_required_skill_at_its_level(self, people):
        wanted = [Wanted("a", 2), Wanted("b", 1), Wanted("c", 3, is_required=False)]
        found = rules.supply(people, wanted)
        whole_set = [p for p in people if p.get("a", 0) >= 2 and p.get("b", 0) >= 1]
        assert found.together == len(whole_set) // 5 * 5
        assert found.each["c"] == len([p for p in people if p.get("c", 0) >= 3]) // 5 * 5
        assert found.together <= min(found.each["a"], found.each["b"])


def fields_at_fault(raw, kind=Kind.PROJECT, today=TODAY):
    known = {row["key"] for row in raw["skills"]} - {"gone"}
    return [problem.field for problem in rules.check(raw, kind, today, known)]


class TestWhatIsMissing:
    def test_is_nothing_in_a_whole_brief_of_each_kind(self):
        for kind in Kind:
            assert fields_at_fault(whole(kind), kind) == []

    def test_is_found_at_its_field_and_in_the_order_of_the_form(self):
        blank = rules.blank(Kind.PROJECT)
        found = rules.check(blank, Kind.PROJECT, TODAY, set())
        steps = [list(rules.Step).index(problem.step) for problem in found]
        assert steps == sorted(steps)
        assert {"title", "outcome", "industry", "deliverables", "skills", "apply_on"} <= {
            problem.field for problem in found
        }

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"county": ""}, "county"),
            ({"data_rights": {}}, "data_rights"),
            ({"personal_data": True, "data_rights": {}}, "data_rights"),
            ({"personal_data": True, "data_class": "none"}, "personal_data"),
            ({"milestones": [{"week": 99, "words": both("Late")}]}, "milestones"),
            ({"milestones": [{"week": 1, "words": {}}]}, "milestones"),
            ({"quota": 0}, "quota"),
            ({"quota": 2, "minimum": 3}, "minimum"),
            ({"team_min": 5, "team_max": 3}, "team_min"),
            ({"team_min": 1}, "team_min"),
            ({"audience": "course", "course": ""}, "course"),
            ({"hours_per_week": 41}, "hours_per_week"),
            ({"apply_on": "2026-11-22"}, "apply_on"),
            ({"starts_on": "2026-11-24", "apply_on": "2026-11-24"}, "starts_on"),
            ({"ends_on": "2030-01-01"}, "ends_on"),
            ({"skills": []}, "skills"),
            ({"skills": [{"key": "gone", "level": 1, "required": True}]}, "skills"),
            ({"pay": "hourly", "pay_amount": 500}, "pay"),
            ({"nda": "none"}, "nda"),
            ({"nda": "own"}, "nda_words"),
            ({"title": both("x" * 121)}, "title"),
            ({"context": both("We lose ＿＿ kg.")}, "context"),
            ({"context": both("We lose ____ kg.")}, "context"),
        ],
    )
    def test_names_the_field(self, changes, field):
        assert field in fields_at_fault(whole(**changes))

    def test_interns_come_one_by_one(self):
        raw = whole(Kind.INTERNSHIP, takes="teams", team_min=2, team_max=3)
        assert "takes" in fields_at_fault(raw, Kind.INTERNSHIP)

    def test_the_last_day_may_be_today(self):
        raw = whole(apply_on=TODAY.isoformat(), starts_on="2026-11-24", ends_on="2027-01-31")
        assert fields_at_fault(raw) == []


class TestShapes:
    def test_a_line_is_a_deliverable_in_both_languages(self):
        lines = rules.lines_of(LocalizedText({"en": "- One\n\n* Two", "zh-Hant-TW": "一"}))
        assert lines == [
            LocalizedText({"en": "One", "zh-Hant-TW": "一"}),
            LocalizedText({"en": "Two"}),
        ]

    def test_a_begun_week_counts(self):
        assert rules.weeks_of({"starts_on": "2026-03-02", "ends_on": "2026-03-08"}) == 1
        assert rules.weeks_of({"starts_on": "2026-03-02", "ends_on": "2026-03-09"}) == 2
        assert rules.weeks_of({"starts_on": "", "ends_on": "2026-03-09"}) == 0

    def test_changes_are_named_and_nothing_is_no_change(self):
        before = whole()
        assert rules.changed_fields(before, dict(before)) == []
        assert rules.changed_fields(before, before | {"quota": 3, "title": both("Other")}) == [
            "title", "quota",
        ]  # fmt: skip

    def test_the_last_day_to_apply_ends_in_taipei(self):
        assert rules.end_of(date(2026, 12, 1)).isoformat() == "2026-12-02T00:00:00+08:00"

    def test_a_promise_is_named_by_brief_and_words(self):
        one, two = uuid.uuid4(), uuid.uuid4()
        words = rules.promise(whole(), LocalizedText({"en": "Works", "zh-Hant-TW": "工廠"}))
        assert "Works" in words["en"] and "Scratches in pictures" in words["en"]
        assert "工廠" in words["zh-Hant-TW"] and "{" not in "".join(words.values())
        assert rules.promise_digest(one, words) == rules.promise_digest(one, words)
        assert rules.promise_digest(one, words) != rules.promise_digest(two, words)

    def test_without_a_promise_there_is_none(self):
        assert rules.promise(whole(nda="none"), LocalizedText({"en": "Works"})) is None


class TestTemplates:
    def test_there_is_one_for_each_industry_in_both_languages(self):
        assert [row.industry for row in rules.templates()] == list(INDUSTRIES)
        for template in rules.templates():
            for name in rules.TEXTS:
                text = template.says.get(name)
                assert text is None or set(text) == {"zh-Hant-TW", "en"}, (template.industry, name)
            for row in template.says["milestones"]:
                assert set(row["words"]) == {"zh-Hant-TW", "en"}

    @pytest.mark.parametrize("kind", Kind)
    @pytest.mark.parametrize("industry", list(INDUSTRIES))
    def test_begins_a_brief_that_only_misses_its_gaps_its_county_and_its_pay(self, kind, industry):
        raw = rules.begun(kind, rules.template_of(industry), TODAY)
        left = {"context", "data_words", "county"} | (
            {"pay_amount"} if kind is Kind.INTERNSHIP else set()
        )
        assert set(fields_at_fault(raw, kind)) <= left

    def test_names_skills_that_the_programme_has(self):
        import yaml

        source = building.__file__.rpartition("/rules/")[0] + "/data/banyan.yaml"
        with open(source, encoding="utf-8") as file:
            known = {row["code"] for row in yaml.safe_load(file)["skills"]}
        for template in rules.templates():
            assert {row["key"] for row in template.says["skills"]} <= known
