"""Where rubrics are used, and judging by them. Finals are never overwritten: the newest counts."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from app.accounts.models import Person
from app.kernel import audit, clock, events
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.notifications import operations as notifications
from app.notifications.rules import Delivery, Kind, Note, register
from app.rubrics import queries
from app.rubrics.events import SubjectJudged
from app.rubrics.models import RubricAttachment, RubricJudgement, RubricVersion
from app.rubrics.operations.comments import use_comments
from app.rubrics.rules import Assessment, Marks, assess, marks_to_json, plain

JUDGED_AGAIN = register(
    Kind("rubrics.judged_again", _l("Somebody judged what I had judged"), Delivery.DIGEST)
)


class MarksWrong(Refused):
    """Some marks are not allowed; ``assessment.wrong`` says which and why."""

    message = _l("Some points or levels do not fit the rubric: look at the marked criteria.")

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment
        super().__init__()


class MarksMissing(Refused):
    """Not every criterion was judged; ``assessment.missing`` names them."""

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment
        names = ", ".join(str(criterion.title) for criterion in assessment.missing)
        super().__init__(_l("Not judged yet: %(names)s. A draft may leave gaps.", names=names))


@dataclass(frozen=True)
class Judged:
    """What came of judging."""

    judgement: RubricJudgement
    assessment: Assessment
    unseen: RubricJudgement | None
    """Somebody else's final judgement that the judge had not seen. It is kept; a draft leaves it
    counting, a final supersedes it."""


@operation
def attach(person: Person, key: str, version: RubricVersion) -> RubricAttachment:
    """Use VERSION at KEY from now on, in place of what was used there."""
    _lock(f"attachment:{key}")
    live = _attachment(key)
    if live is not None:
        if live.version_id == version.id:
            return live
        _end(person, live)
    made = RubricAttachment(key=key, version_id=version.id, by_id=person.id, at=clock.now())
    db.session.add(made)
    db.session.flush()
    audit.record(person.id, "rubrics.attach", "rubric", version.rubric_id, key=key)
    return made


@operation
def detach(person: Person, key: str) -> None:
    """Use no rubric at KEY any more; judgements stay."""
    _lock(f"attachment:{key}")
    live = _attachment(key)
    if live is not None:
        _end(person, live)
        audit.record(person.id, "rubrics.detach", "rubric_attachment", live.id, key=key)


@operation
def judge(
    person: Person,
    version: RubricVersion,
    subject: str,
    marks: Marks,
    *,
    comment: str = "",
    is_final: bool = True,
    seen: uuid.UUID | None = None,
    path: str = "/rubrics",
    used_comments: Collection[uuid.UUID] = (),
) -> Judged:
    """Judge SUBJECT by VERSION as PERSON; may she do so is for the room above to say.

    A draft replaces her earlier draft and may have gaps. A final judgement must be complete; it
    supersedes the one that counted, whose judge, when it is somebody else, is told with PATH, the
    page of the work. SEEN is the final judgement that she saw when she began. USED_COMMENTS are
    kept comments that she inserted. Raises MarksWrong, MarksMissing.
    """
    assessment = assess(version.scale, marks)
    if assessment.wrong:
        raise MarksWrong(assessment)
    if is_final and assessment.missing:
        raise MarksMissing(assessment)
    _lock(f"judgement:{subject}")
    counting = queries.judgements([subject]).get(subject)
    made = RubricJudgement(
        subject=subject,
        version_id=version.id,
        judge_id=person.id,
        marks=marks_to_json(marks),
        comment=comment.strip(),
        total=assessment.total if version.scale.has_points else None,
        maximum=assessment.maximum,
        has_failed=bool(assessment.failed),
        is_draft=not is_final,
        at=clock.now(),
    )
    unseen = None
    if counting is not None and counting.judge_id != person.id and counting.id != seen:
        unseen = counting
    if is_final and counting is not None and _says_the_same(counting, made):
        _drop_draft(person, subject)
        return Judged(counting, assessment, None)  # pressed twice
    if is_final and counting is not None:
        counting.superseded_at = made.at
    _drop_draft(person, subject)
    db.session.flush()
    db.session.add(made)
    db.session.flush()
    use_comments(person, used_comments)
    if is_final:
        _tell(person, made, version, counting, path)
    return Judged(made, assessment, unseen)


@operation
def discard_judgement(person: Person, subject: str) -> None:
    """Drop PERSON's draft for SUBJECT; nothing that is final changes."""
    _drop_draft(person, subject)


def _tell(
    person: Person,
    made: RubricJudgement,
    version: RubricVersion,
    superseded: RubricJudgement | None,
    path: str,
) -> None:
    events.publish(
        SubjectJudged(
            subject=made.subject,
            judgement_id=made.id,
            judge_id=person.id,
            total=made.total,
            maximum=made.maximum,
            has_failed=made.has_failed,
            superseded=superseded.id if superseded else None,
        )
    )
    if superseded is None or superseded.judge_id == person.id:
        return

    def compose() -> Note:
        values = {"name": person.name, "title": version.title}
        subject = _("%(name)s judged again what you had judged by “%(title)s”", **values)
        if made.total is None or superseded.total is None:
            return Note(subject, _("The newer judgement counts; yours is kept beside it."))
        text = _(
            "You gave %(old)s points, now %(new)s of %(most)s count. Yours is kept beside it.",
            old=plain(superseded.total),
            new=plain(made.total),
            most=plain(made.maximum),
        )
        return Note(subject, text)

    notifications.tell(
        superseded.judge, JUDGED_AGAIN, compose, path, key=f"rubrics.judged:{made.id}"
    )


def _says_the_same(one: RubricJudgement, other: RubricJudgement) -> bool:
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("judge_id", "version_id", "marks", "comment")
    )


def _drop_draft(person: Person, subject: str) -> None:
    db.session.execute(
        delete(RubricJudgement).where(
            RubricJudgement.subject == subject,
            RubricJudgement.judge_id == person.id,
            RubricJudgement.is_draft,
        )
    )


def _attachment(key: str) -> RubricAttachment | None:
    return db.session.scalar(
        select(RubricAttachment).where(
            RubricAttachment.key == key, RubricAttachment.detached_at.is_(None)
        )
    )


def _end(person: Person, attachment: RubricAttachment) -> None:
    attachment.detached_at = clock.now()
    attachment.detached_by_id = person.id
    db.session.flush()


def _lock(name: str) -> None:
    """One at a time until the transaction ends: who comes second sees what the first wrote."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
