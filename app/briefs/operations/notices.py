"""What people are told of briefs. Nothing that is confidential is ever in a message."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.accounts.models import Membership, Person
from app.accounts.rules import ACTING_ROLES, Role
from app.briefs.models import Brief, BriefChange
from app.briefs.rules import ACT_NAMES, Act, Side
from app.catalog.models import CourseEditor
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.notifications import operations as notifications
from app.notifications import rules
from app.notifications.rules import Delivery, Kind, Note

REVIEWS = rules.register(
    Kind("briefs.reviews", _l("Briefs that wait for my review"), Delivery.DIGEST)
)
OURS = rules.register(Kind("briefs.ours", _l("What becomes of my company’s briefs"), Delivery.NOW))
CHANGES = rules.register(
    Kind("briefs.changes", _l("Changes of briefs that wait for my answer"), Delivery.NOW)
)


def tell_reviewers(brief: Brief, by: Person) -> None:
    """A job tells those who can review it: there may be many."""
    defer("briefs.tasks.tell_reviewers", brief_id=str(brief.id), submission=brief.submission)


def reviewers_of(brief: Brief) -> Sequence[Person]:
    """Officers; of a brief for a course its editors, of any other every instructor; but nobody who
    belongs to the company."""
    own = select(Membership.person_id).where(
        Membership.organisation_id == brief.organisation_id, Membership.ended_at.is_(None)
    )
    holds = select(Membership.person_id).where(Membership.ended_at.is_(None))
    officers = holds.where(Membership.role == Role.OFFICER)
    course = (brief.draft or {}).get("course") if brief.draft else None
    if course and (brief.draft or {}).get("audience") == "course":
        teachers = select(CourseEditor.person_id).where(CourseEditor.course_id == course)
    else:
        teachers = holds.where(Membership.role == Role.INSTRUCTOR)
    return db.session.scalars(
        select(Person)
        .where(
            (Person.id.in_(officers)) | (Person.id.in_(teachers)),
            Person.id.not_in(own),
            Person.suspended_at.is_(None),
        )
        .order_by(Person.id)
    ).all()


def tell_of_review(brief: Brief) -> None:
    """Within an operation: BRIEF waits for review."""
    company, title = str(brief.organisation.name), brief.title

    def note() -> Note:
        return Note(
            _("For review: %(title)s", title=str(title)),
            _("%(company)s handed in a brief. It is published when an instructor and an officer"
              " have nothing against it.", company=company),
        )  # fmt: skip

    for person in reviewers_of(brief):
        notifications.tell(
            person, REVIEWS, note, f"/briefs/reviews/{brief.id}",
            key=f"brief-review:{brief.id}:{brief.submission}",
        )  # fmt: skip


def company_people(brief: Brief) -> Sequence[Person]:
    """Who acts for the company."""
    return db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == brief.organisation_id,
            Membership.ended_at.is_(None),
            Membership.role.in_(ACTING_ROLES),
        )
        .options(selectinload(Person.memberships))
        .distinct()
    ).all()


def tell_company(brief: Brief, act: Act, reason: str = "") -> None:
    """Within an operation: what the reviewers or an officer did."""
    title = brief.title
    words = {
        Act.PUBLISHED: _l("It can be found now, and students can apply."),
        Act.RETURNED: _l("Something has to change before it can be published:"),
        Act.CLOSED: _l("A programme officer closed it:"),
    }[act]

    def note() -> Note:
        return Note(
            f"{ACT_NAMES[act]}{_(': ')}{title}", "\n\n".join(filter(None, [str(words), reason]))
        )

    for person in company_people(brief):
        notifications.tell(
            person, OURS, note, f"/company/{brief.organisation.slug}/briefs/{brief.id}"
        )


def tell_of_proposal(brief: Brief, change: BriefChange, by: Person) -> None:
    """Within an operation: the side that has to answer a proposed change."""
    title, reason = brief.title, change.reason

    def note() -> Note:
        return Note(_("A change is proposed: %(title)s", title=str(title)), reason)

    people: Sequence[Person]
    if change.side is not Side.COMPANY:
        people = company_people(brief)
    elif brief.supervisor is not None:
        people = [brief.supervisor]
    else:
        people = [person for person in reviewers_of(brief) if person.has_role(Role.OFFICER)]
    for person in people:
        if person.id != by.id:
            notifications.tell(
                person, CHANGES, note, f"/briefs/{brief.id}/changes/{change.id}",
                key=f"brief-change:{change.id}",
            )  # fmt: skip


def tell_of_answer(brief: Brief, change: BriefChange) -> None:
    """Within an operation: who proposed a change hears what became of it."""
    title, answer, is_accepted = brief.title, change.answer, change.is_accepted

    def note() -> Note:
        if is_accepted:
            return Note(_("The change holds: %(title)s", title=str(title)), answer)
        return Note(_("The change was not agreed to: %(title)s", title=str(title)), answer)

    if change.proposed_by_id != change.decided_by_id:
        notifications.tell(
            change.proposed_by, CHANGES, note,
            f"/briefs/{brief.id}/changes/{change.id}", key=f"brief-answer:{change.id}",
        )  # fmt: skip


def tell_of_deadline(brief: Brief) -> None:
    """Within an operation: the last days to apply have come, once for each deadline."""
    title, until = brief.title, brief.terms.apply_until

    def note() -> Note:
        return Note(
            _("Three days are left to apply: %(title)s", title=str(title)),
            _("To give people longer, propose a change with a later day."),
        )

    for person in company_people(brief):
        notifications.tell(
            person, OURS, note, f"/company/{brief.organisation.slug}/briefs/{brief.id}",
            key=f"brief-deadline:{brief.id}:{until.date()}",
        )  # fmt: skip
