"""Recording interviews, correcting them, taking them away and back."""

import uuid
from dataclasses import fields
from typing import Any

from sqlalchemy import select, update

from app.accounts.models import Organisation, Person
from app.accounts.rules import OrganisationKind, is_tax_id
from app.kernel import audit, clock
from app.kernel.counties import COUNTIES
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.industries import INDUSTRIES
from app.kernel.transaction import operation
from app.needs import policies, rules
from app.needs.models import Interview, InterviewFigure
from app.needs.operations import history
from app.needs.operations.merging import StillTheHead, has_others_behind, one_at_a_time
from app.needs.operations.news import tell_the_company
from app.needs.operations.recordings import let_go
from app.needs.operations.words import FigureWords, InterviewWords
from app.needs.rules import RecordingConsent, Source

__all__ = [
    "CompanyMissing",
    "NotThatCompany",
    "OutOfRange",
    "adopt_interviews",
    "correct_interview",
    "record_interview",
    "remove_interview",
    "restore_interview",
]


class CompanyMissing(Refused):
    message = _l("Choose the company, or write its name if it has not signed up yet.")


class NotThatCompany(Refused):
    message = _l("You can record for your own organisation only.")


class OutOfRange(Refused):
    """A value that no form offers; the message says which."""


@operation
def record_interview(
    actor: Person,
    words: InterviewWords,
    *,
    key: uuid.UUID,
    recorded_for: uuid.UUID | None = None,
) -> Interview:
    """Keep what a company told. RECORDED_FOR is the organisation in whose name she does so.

    The same KEY again answers what was recorded the first time. Officers record for every company,
    associations too; a company records its own words. Raises CompanyMissing, NotThatCompany,
    OutOfRange.
    """
    # A form that is sent twice at once: the second waits and finds what the first one made.
    db.session.execute(select(Person.id).where(Person.id == actor.id).with_for_update())
    known = db.session.scalar(
        select(Interview).where(Interview.recorded_by_id == actor.id, Interview.key == key)
    )
    if known is not None:
        return known
    if not policies.steers(actor) and recorded_for not in policies.recorders_of(actor):
        raise NotThatCompany
    own = policies.companies_of(actor)
    if recorded_for in own and not policies.steers(actor):
        if words.organisation_id not in (None, recorded_for):
            raise NotThatCompany
        source = Source.OWN_WORDS
    else:
        source = Source.INTERVIEW
    made = Interview(
        source=source,
        recorded_by_id=actor.id,
        recorded_for_id=recorded_for,
        key=key,
        recording_consent=RecordingConsent.NOT_ASKED,
    )
    if source is Source.OWN_WORDS:
        words = _with(words, organisation_id=recorded_for)
    _write(made, _checked(words))
    db.session.add(made)
    db.session.flush()
    audit.record(actor.id, "needs.interview.record", "interview", made.id)
    if source is Source.INTERVIEW:
        tell_the_company(made, but=actor)
    return made


@operation
def correct_interview(
    actor: Person, interview: Interview, words: InterviewWords, *, revision: int
) -> bool:
    """Write WORDS in place of what stands there; answers whether anything changed.

    REVISION is the one that she saw. Raises NotVisible, CorrectedMeanwhile, CompanyMissing,
    NotThatCompany, OutOfRange.
    """
    if not policies.can_correct(actor, interview):
        raise NotVisible(str(interview.id))
    history.lock(interview)
    if interview.revision != revision:
        raise history.CorrectedMeanwhile
    words = _checked(words)
    if words.organisation_id != interview.organisation_id and not _may_rename(actor, interview):
        raise NotThatCompany
    changes = _write(interview, words)
    if not changes:
        return False
    interview.revision += 1
    interview.changed_at = clock.now()
    history.note(actor, interview, changes)
    audit.record(
        actor.id, "needs.interview.correct", "interview", interview.id, fields=sorted(changes)
    )
    db.session.flush()
    return True


def _may_rename(actor: Person, interview: Interview) -> bool:
    """A company does not hand what was said of it to another one."""
    return policies.steers(actor) or (
        interview.organisation_id is None
        and interview.recorded_for_id in policies.associations_of(actor)
    )


@operation
def remove_interview(actor: Person, interview: Interview) -> None:
    """Take it and its pain points out of every list; ``restore_interview`` brings them back.

    Raises NotVisible, and StillTheHead while others were merged into one of them.
    """
    if not policies.can_remove(actor, interview):
        raise NotVisible(str(interview.id))
    one_at_a_time()
    if has_others_behind(*(row.id for row in interview.pain_points)):
        raise StillTheHead
    if interview.removed_at is None:
        interview.removed_at, interview.removed_by_id = clock.now(), actor.id
        audit.record(actor.id, "needs.interview.remove", "interview", interview.id)


@operation
def restore_interview(actor: Person, interview: Interview) -> None:
    if not policies.can_remove(actor, interview):
        raise NotVisible(str(interview.id))
    if interview.removed_at is not None:
        interview.removed_at = interview.removed_by_id = None
        audit.record(actor.id, "needs.interview.restore", "interview", interview.id)


@operation
def adopt_interviews(organisation_id: uuid.UUID) -> int:
    """Give an approved company what was recorded under its 統一編號 before it signed up."""
    organisation = db.session.get(Organisation, organisation_id)
    if (
        organisation is None
        or organisation.kind is not OrganisationKind.COMPANY
        or not organisation.tax_id
    ):
        return 0
    found = db.session.scalars(
        update(Interview)
        .where(Interview.tax_id == organisation.tax_id, Interview.organisation_id.is_(None))
        .values(organisation_id=organisation.id)
        .returning(Interview.id)
    ).all()
    for interview_id in found:
        audit.record(
            None,
            "needs.interview.adopt",
            "interview",
            interview_id,
            organisation=str(organisation.id),
        )
    return len(found)


def _with(words: InterviewWords, **changes: Any) -> InterviewWords:
    return InterviewWords(**({f.name: getattr(words, f.name) for f in fields(words)} | changes))


def _checked(words: InterviewWords) -> InterviewWords:
    if words.industry not in INDUSTRIES:
        raise OutOfRange(_l("Choose an industry."))
    if words.county not in COUNTIES:
        raise OutOfRange(_l("Choose a county."))
    if words.held_on > clock.now().astimezone(clock.TAIPEI).date():
        raise OutOfRange(_l("The day of the interview is still to come."))
    if words.tax_id and not is_tax_id(words.tax_id):
        raise OutOfRange(_l("This is no valid unified business number."))
    if len(words.figures) > rules.MOST_FIGURES:
        raise OutOfRange(_l("At most %(most)s numbers.", most=rules.MOST_FIGURES))
    if words.organisation_id is None:
        if not words.company_name:
            raise CompanyMissing
        return _with(words, tax_id=words.tax_id or None)
    organisation = db.session.get(Organisation, words.organisation_id)
    if organisation is None or organisation.kind not in (
        OrganisationKind.COMPANY,
        OrganisationKind.ASSOCIATION,
    ):
        raise CompanyMissing
    return _with(words, company_name="", tax_id=None)


def _write(interview: Interview, words: InterviewWords) -> dict[str, tuple[Any, Any]]:
    """Put WORDS into the row; answers what changed, by field."""
    changes: dict[str, tuple[Any, Any]] = {}
    for field in fields(words):
        if field.name == "figures":
            continue
        before, after = getattr(interview, field.name), getattr(words, field.name)
        if before != after:
            changes[field.name] = (before, after)
            setattr(interview, field.name, after)
    if "recording_consent" in changes:
        asked = words.recording_consent is not RecordingConsent.NOT_ASKED
        interview.consent_at = clock.now() if asked else None
        if words.recording_consent is not RecordingConsent.GIVEN:
            let_go(interview)  # whoever takes her consent back takes the recording back
    before_figures = [FigureWords(row.label, row.value, row.unit) for row in interview.figures]
    if before_figures != list(words.figures):
        changes["figures"] = (_told(before_figures), _told(words.figures))
        interview.figures = [
            InterviewFigure(position=at, label=row.label, value=row.value, unit=row.unit)
            for at, row in enumerate(words.figures)
        ]
    return changes


def _told(figures: Any) -> list[str]:
    return [f"{row.label}: {rules.number_name(row.value)} {row.unit}".strip() for row in figures]
