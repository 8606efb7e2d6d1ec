"""A company with a published brief, and students who have shown what it asks for, or not."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import null

from app.accounts import demo
from app.accounts import queries as accounts
from app.accounts.operations.memberships import add_membership
from app.accounts.rules import Proof, Role
from app.applications import operations, queries
from app.applications.models import Application
from app.applications.operations import Words
from app.briefs.models import Brief, BriefVersion, RequiredSkill
from app.briefs.rules import Audience, DataClass, Kind, Ownership, Pay, Place, State, Takes
from app.evidence.models import Evidence
from app.evidence.rules import Source, Vouching
from app.kernel import clock
from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.skills import operations as skills
from app.skills import queries as known_skills
from tests.cast import Cast
from tests.grading.conftest import committed  # noqa: F401

SKILL = "anomaly-detection"
WISHED = "control-charts"
COMPANY = "rongguang"


def both(english: str, chinese: str = "") -> LocalizedText:
    return LocalizedText({"en": english, "zh-Hant-TW": chinese or f"{english}（中）"})


@dataclass
class Field:
    """A brief of the company that yun acts for, and what people do with it."""

    cast: Cast
    brief_id: uuid.UUID

    @property
    def brief(self) -> Brief:
        return db.session.get_one(Brief, self.brief_id)

    @property
    def organisation_id(self) -> uuid.UUID:
        return self.brief.organisation_id

    def address(self, more: str = "") -> str:
        return f"/company/{COMPANY}/briefs/{self.brief_id}/applicants{more}"

    def apply(self, handle: str, words: str = "Let me look at your presses.") -> Application:
        return operations.apply(
            self.cast.person(handle), self.brief, Words(words), consents_now=True
        )

    def offered(self, handle: str) -> Application:
        """HANDLE applies and is offered a place for three days."""
        made = self.apply(handle)
        operations.offer(
            self.cast.person("yun"), made, until=clock.now() + timedelta(days=3), seen=made.state
        )
        return made

    def seen(self, application_id: uuid.UUID, handle: str = "yun") -> queries.Seen:
        return queries.application_on_desk(self.cast.person(handle), application_id)

    def board(self) -> queries.Board:
        return queries.board_of(self.cast.person("yun"), self.brief_id)


def show(cast: Cast, handle: str, key: str = SKILL, level: int = 2, **changes: Any) -> None:
    """HANDLE has shown a skill: one piece of evidence that is enough."""
    skill = known_skills.resolve({key})[key]
    assert skill is not None
    values: dict[str, Any] = {
        "person_id": cast.person(handle).id,
        "skill_id": skill.id,
        "level": level,
        "weight": Decimal(1),
        "source": Source.LAB,
        "source_id": uuid.uuid4(),
        "item": f"areas-and-squares/lab:{key}",
        "title": both("Squares"),
        "work_hash": "0" * 64,
        "score": Decimal(10),
        "max_score": Decimal(10),
        "grader": "tests",
        "environment_digest": "0" * 64,
        "vouching": Vouching.AUTOGRADED,
        "valid_from": clock.now(),
    }
    db.session.add(Evidence(**(values | changes)))
    db.session.commit()


def publish(cast: Cast, **changes: Any) -> Brief:
    """A published brief of the company that requires one skill and wishes for another."""
    company = accounts.organisation_by_slug(COMPANY)
    assert company is not None
    yun = cast.person("yun")
    brief = Brief(
        organisation_id=company.id,
        kind=Kind.INTERNSHIP,
        state=State.PUBLISHED,
        title=both("Sounds of presses", "沖床的聲音"),
        version_number=1,
        created_by_id=yun.id,
        published_at=clock.now(),
    )
    db.session.add(brief)
    db.session.flush()
    terms: dict[str, Any] = {
        "brief_id": brief.id,
        "number": 1,
        "title": brief.title,
        "outcome": both("Presses are repaired before they stop."),
        "content": {},
        "industry": "smart-manufacturing",
        "county": None,
        "place": Place.ON_SITE,
        "takes": Takes.INDIVIDUALS,
        "quota": 2,
        "audience": Audience.OPEN,
        "pay": Pay.HOURLY,
        "pay_amount": 200,
        "hours_per_week": 16,
        "starts_on": date(2027, 2, 1),
        "ends_on": date(2027, 6, 30),
        "apply_until": clock.now() + timedelta(days=30),
        "ownership": Ownership.COMPANY,
        "data_class": DataClass.NONE,
        "nda": null(),
        "confidential": null(),
        "digest": "0" * 64,
        "by_id": yun.id,
    }
    version = BriefVersion(**(terms | changes))
    db.session.add(version)
    db.session.flush()
    for place, (key, level, required) in enumerate(((SKILL, 2, True), (WISHED, 1, False))):
        skill = known_skills.resolve({key})[key]
        assert skill is not None
        db.session.add(
            RequiredSkill(
                version_id=version.id, skill_id=skill.id, level=level, is_required=required,
                position=place,
            )
        )  # fmt: skip
    db.session.commit()
    return brief


def prepare(cast: Cast, **changes: Any) -> Field:
    """Within an application context: yun owns the company, mei and hao have the skill."""
    skills.load_own()
    demo.load_finished()  # yian, of another school
    company = accounts.organisation_by_slug(COMPANY)
    assert company is not None
    add_membership(cast.person("yun"), company.id, Role.OWNER, Proof.OPERATOR)
    brief = publish(cast, **changes)
    for handle in ("mei", "hao"):
        show(cast, handle)
    return Field(cast, brief.id)


@pytest.fixture
def field(enrolled, in_app):
    with in_app():
        return prepare(enrolled)
