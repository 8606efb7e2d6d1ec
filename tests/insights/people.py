"""More people in the small course."""

from app.accounts.models import Membership, Person
from app.accounts.rules import Proof, Role
from app.kernel.database import db
from app.learning import operations as learning
from app.learning.models import Section
from tests.cast import Cast


def classmates(
    cast: Cast, count: int, section: Section | None = None, word: str = "mate"
) -> list[str]:
    """Within a context: COUNT more students in SECTION (default: lin's); their handles."""
    section = section or cast.section()
    handles = [f"{word}-{number}" for number in range(count)]
    for handle in handles:
        person = Person(email=f"{handle}@rongnan.example", handle=handle, name=f"Mate {handle}")
        db.session.add(person)
        db.session.flush()
        db.session.add(
            Membership(
                person_id=person.id, organisation_id=section.school_id, role=Role.STUDENT,
                proven_by=Proof.MAIL_DOMAIN,
            )
        )  # fmt: skip
        db.session.flush()
        learning.enrol(person, section)
    return handles
