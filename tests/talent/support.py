"""Students with shown skills, found or hidden in every way, and an approved company."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

from app.accounts.models import Membership, Person
from app.accounts.rules import Proof, Role
from app.briefs.rules.purposes import TALENT_SEARCH
from app.evidence.models import Evidence
from app.evidence.rules import Source, Vouching
from app.kernel import clock
from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.privacy import operations as privacy
from app.skills.models import Skill
from app.talent import operations
from app.talent.operations import ProfileWords

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def skills() -> list[Skill]:
    """Two skills that can be shown."""
    return list(db.session.query(Skill).filter(Skill.is_claimed).order_by(Skill.key).limit(2))


def shows(person: Person, skill: Skill, level: int, vouching: Vouching = Vouching.AUTOGRADED):
    """A piece of evidence of PERSON's."""
    db.session.add(
        Evidence(
            person_id=person.id,
            skill_id=skill.id,
            level=level,
            weight=Decimal(1),
            source=Source.LAB,
            source_id=uuid.uuid4(),
            item=f"course/lab:{uuid.uuid4().hex[:8]}",
            title=LocalizedText({"en": "Lab", "zh-Hant-TW": "實作"}),
            work_hash="0" * 64,
            score=Decimal(5),
            max_score=Decimal(5),
            grader="tests",
            environment_digest="0" * 64,
            vouching=vouching,
            vouched_by_id=None if vouching is Vouching.AUTOGRADED else person.id,
            valid_from=NOW,
        )
    )
    db.session.flush()


def student(school_id: uuid.UUID, handle: str, **words: object) -> Person:
    """A student with a profile who shows both skills; nobody finds her yet."""
    person = Person(
        handle=handle,
        email=f"{handle}@example.com",
        name=f"NAME-{handle}",
        email_verified_at=clock.now(),
    )
    db.session.add(person)
    db.session.flush()
    db.session.add(
        Membership(
            person_id=person.id,
            organisation_id=school_id,
            role=Role.STUDENT,
            proven_by=Proof.ROSTER,
        )
    )
    db.session.flush()
    db.session.refresh(person)
    one, other = skills()
    shows(person, one, 2)
    shows(person, other, 1, Vouching.CONFIRMED)
    said = {
        "headline": f"HEAD-{handle}",
        "statement": f"SAID-{handle}",
        "counties": ("高雄市",),
        "languages": ("zh", "en"),
        "industries": ("agriculture",),
        "hours": 12,
    } | words
    operations.change_profile(person, ProfileWords(**said))  # type: ignore[arg-type]
    return person


def found(person: Person) -> Person:
    operations.be_found(person)
    return person


def withdrawn(person: Person) -> Person:
    operations.be_found(person)
    privacy.withdraw(person, TALENT_SEARCH.name)
    return person
