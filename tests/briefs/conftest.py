"""A company that acts, and briefs of it on every stretch of their way."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from app.accounts import queries as accounts
from app.accounts.models import Organisation, Person
from app.accounts.operations.memberships import add_membership
from app.accounts.operations.organisations import create_organisation
from app.accounts.rules import OrganisationKind, Proof, Role
from app.briefs import operations, queries, rules
from app.briefs.models import Brief
from app.briefs.rules import Kind, Raw, Side
from app.kernel import clock
from app.kernel.localized import LocalizedText
from app.skills import operations as skills
from tests.cast import Cast
from tests.grading.conftest import committed  # noqa: F401

SECRET = "the recipe of the plum sauce"
COMPANY = "rongguang"


def both(english: str, chinese: str = "") -> dict[str, str]:
    return {"zh-Hant-TW": chinese or f"{english}（中）", "en": english}


def whole(kind: Kind = Kind.PROJECT, **changes: Any) -> Raw:
    """A document that can be handed in."""
    today = clock.now().astimezone(clock.TAIPEI).date()
    raw = rules.blank(kind)
    raw |= {
        "title": both("Scratches in pictures", "影像刮傷檢測"),
        "outcome": both("Half as many scratches are missed."),
        "context": both("People look at **every** piece today."),
        "industry": "smart-manufacturing",
        "county": "高雄市",
        "deliverables": both("A trial program\nA report"),
        "milestones": [{"week": 2, "words": both("A visit")}],
        "data_class": "company",
        "data_words": both("Ten thousand pictures"),
        "data_rights": both("For this project only"),
        "skills": [
            {"key": "anomaly-detection", "level": 2, "required": True},
            {"key": "control-charts", "level": 1, "required": False},
        ],
        "quota": 2,
        "hours_per_week": 8,
        "apply_on": (today + timedelta(days=30)).isoformat(),
        "starts_on": (today + timedelta(days=40)).isoformat(),
        "ends_on": (today + timedelta(days=120)).isoformat(),
        "nda": "standard",
        "confidential": both(SECRET),
    }
    if kind is Kind.INTERNSHIP:
        raw |= {"legal_class": "work", "pay": "hourly", "pay_amount": 250}
    return raw | changes


@dataclass
class House:
    """The cast, with yun owning the company; deeds are done within an application context."""

    cast: Cast

    def person(self, handle: str) -> Person:
        return self.cast.person(handle)

    @property
    def company(self) -> Organisation:
        found = accounts.organisation_by_slug(COMPANY)
        assert found is not None
        return found

    def draft(self, raw: Raw | None = None, kind: Kind = Kind.PROJECT) -> Brief:
        yun = self.person("yun")
        made = operations.create_brief(yun, self.company, kind)
        return operations.save_draft(yun, made, raw or whole(kind), revision=made.draft_revision)

    def submitted(self, raw: Raw | None = None, kind: Kind = Kind.PROJECT) -> Brief:
        made = self.draft(raw, kind)
        operations.submit(self.person("yun"), made, revision=made.draft_revision)
        return made

    def published(self, raw: Raw | None = None, kind: Kind = Kind.PROJECT) -> Brief:
        made = self.submitted(raw, kind)
        operations.approve(self.person("lin"), made, Side.INSTRUCTOR, submission=1, supervises=True)
        assert operations.approve(self.person("fang"), made, Side.OFFICER, submission=1)
        return queries.brief_for(None, made.id)

    def digest(self, brief: Brief) -> str:
        promise = queries.promise_of(brief)
        assert promise is not None
        return promise.digest


@pytest.fixture
def house(cast: Cast, in_app: Any) -> House:
    """yun owns the company, guo is its mentor; lin teaches, fang is the officer."""
    with in_app():
        skills.load_own()
        made = House(cast)
        add_membership(cast.person("yun"), made.company.id, Role.OWNER, Proof.OPERATOR)
    return made


@pytest.fixture
def other_company(house: House, in_app: Any) -> str:
    """Another approved company, for which wang acts besides teaching elsewhere."""
    with in_app():
        made = create_organisation(
            slug="other-works",
            kind=OrganisationKind.COMPANY,
            name=LocalizedText({"en": "Other Works", "zh-Hant-TW": "別家工廠"}),
        )
        add_membership(house.person("ting"), made.id, Role.OWNER, Proof.OPERATOR)
    return "other-works"
