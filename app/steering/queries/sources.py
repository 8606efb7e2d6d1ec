"""What waits in rooms that name no queue of their own."""

from collections.abc import Callable, Sequence

from sqlalchemy import func, select

from app.accounts.models import Person
from app.accounts.queries import approvals
from app.accounts.rules import KIND_NAMES, OrganisationKind, Standing
from app.applications.models import Application
from app.applications.rules import IN_SELECTION, TOO_LONG
from app.briefs.models import Brief
from app.briefs.queries.reviewing import waiting_condition
from app.briefs.rules import Side
from app.conversations.queries import open_reports
from app.kernel import clock
from app.kernel.database import db
from app.kernel.i18n import LazyText, ngettext
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.queues import Queue, Waiting, queues, register
from app.privacy.queries import words_to_answer
from app.privacy.rules import REQUEST_NAMES

MOST_REQUESTS = 200


def _approvals() -> Sequence[Waiting]:
    return [
        Waiting(
            key=str(row.organisation.id),
            title=str(row.organisation.name),
            detail=str(KIND_NAMES[OrganisationKind(row.organisation.kind)]),
            since=row.at,
            endpoint="accounts.approval",
            values={"slug": row.organisation.slug},
            organisation_id=row.organisation.id,
        )
        for row in approvals(standing=Standing.WAITING, page=None).rows
    ]


def _reviews() -> Sequence[Waiting]:
    """Briefs that the office has not judged yet."""
    return [
        Waiting(
            key=str(row.id),
            title=str(row.title),
            since=row.submitted_at or row.created_at,
            endpoint="briefs.review",
            values={"brief_id": row.id},
            organisation_id=row.organisation_id,
        )
        for row in db.session.scalars(
            select(Brief).where(waiting_condition(Side.OFFICER)).order_by(Brief.submitted_at)
        )
    ]


def _silences() -> Sequence[Waiting]:
    """Briefs whose applicants wait for a first answer longer than they should: counts, no names."""
    rows = db.session.execute(
        select(Brief, func.count(), func.min(Application.applied_at))
        .join(Application, Application.brief_id == Brief.id)
        .where(
            Application.answered_at.is_(None),
            Application.state.in_(IN_SELECTION),
            Application.applied_at < clock.now() - TOO_LONG,
        )
        .group_by(Brief.id)
    )
    return [
        Waiting(
            key=str(brief.id),
            title=str(brief.title),
            detail=ngettext(
                "%(num)d applicant waits for a first answer",
                "%(num)d applicants wait for a first answer",
                count,
            ),
            since=since,
            due_at=since + TOO_LONG,
            endpoint="briefs.brief",
            values={"brief_id": brief.id},
            organisation_id=brief.organisation_id,
        )
        for brief, count, since in rows
        if since is not None
    ]


def _requests() -> Sequence[Waiting]:
    return [
        Waiting(
            key=str(row.id),
            title=str(REQUEST_NAMES[row.kind]),
            detail=row.person.name if row.person else row.contact,
            since=row.asked_at,
            due_at=row.due_at,
            endpoint="privacy.office_request",
            values={"request_id": row.id},
        )
        for row in words_to_answer(MOST_REQUESTS)
    ]


def _nothing() -> Sequence[Waiting]:
    return ()


def _named(
    name: str,
    title: LazyText,
    items: Callable[[], Sequence[Waiting]],
    working_days: int,
    order: int,
) -> Queue:
    return register(
        Queue(name=name, title=title, items=items, working_days=working_days, order=order)
    )


APPROVALS = _named("company-approvals", _l("Approvals of companies"), _approvals, 5, 10)
REVIEWS = _named("brief-reviews", _l("Reviews of briefs"), _reviews, 5, 20)
SILENCES = _named("unanswered", _l("Applicants without an answer"), _silences, 5, 40)
REPORTS = _named("reports", _l("Reports of abuse"), _nothing, 2, 50)
REQUESTS = _named("data-requests", _l("Requests about people’s data"), _requests, 10, 60)


def _reports(person: Person) -> Sequence[Waiting]:
    """What was reported where PERSON looks after what is said."""
    return [
        Waiting(
            key=str(row.id),
            title=row.post.thread.title,
            detail=_("%(name)s: %(reason)s", name=row.person.name, reason=row.reason),
            since=row.created_at,
            endpoint="conversations.reports",
        )
        for row in open_reports(person)
    ]


OF_PERSONS: dict[str, Callable[[Person], Sequence[Waiting]]] = {REPORTS.name: _reports}
"""Queues that differ from officer to officer."""


def waiting(person: Person) -> list[tuple[Queue, Waiting]]:
    """Everything that waits, as PERSON may decide it, in the order of the queues."""
    return [
        (queue, row)
        for queue in queues()
        for row in (OF_PERSONS[queue.name](person) if queue.name in OF_PERSONS else queue.items())
    ]
