"""An instructor looked at the work and stands for what it proves, or takes that back."""

from app.accounts.models import Person
from app.evidence import policies, queries
from app.evidence.models import Evidence
from app.evidence.operations import ledger
from app.evidence.operations.ledger import Work
from app.evidence.operations.news import tell_of_confirmation
from app.evidence.rules import PASS, Piece, Vouching, Withdrawn
from app.kernel import audit
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation

__all__ = ["NothingToConfirm", "OwnWork", "confirm", "take_back"]


class OwnWork(Refused):
    message = _l("Nobody vouches for her own work.")


class NothingToConfirm(Refused):
    message = _l("This result does not count any more, or it is not enough: nothing to confirm.")


@operation
def confirm(actor: Person, evidence: Evidence, note: str = "") -> Evidence:
    """ACTOR, who teaches the section, looked at the work and vouches for it.

    Doing it again changes who vouches, and the note. Raises OwnWork, NothingToConfirm. That she
    may see it is for the caller to know: it was loaded through her.
    """
    if evidence.person_id == actor.id:
        raise OwnWork
    queries.lock(evidence.source_id)
    db.session.refresh(evidence)
    if (
        evidence.vouching is not Vouching.AUTOGRADED
        or not queries.is_live(evidence)
        or evidence.share < PASS
    ):
        raise NothingToConfirm
    made = ledger.add(
        _work(evidence), _piece(evidence), vouching=Vouching.CONFIRMED, by_id=actor.id,
        note=note.replace("\0", "").strip()[:500],
    )  # fmt: skip
    audit.record(actor.id, "evidence.confirmed", "evidence", made.id, of=str(evidence.id))
    tell_of_confirmation(made)
    return made


@operation
def take_back(actor: Person, evidence: Evidence) -> None:
    """Whoever vouched, or somebody else who teaches the section, takes it back."""
    if not policies.is_vouched(evidence):
        raise NothingToConfirm
    for row in ledger.withdraw([evidence], Withdrawn.BY_PERSON, actor.id):
        audit.record(actor.id, "evidence.withdrawn", "evidence", row.id)


def _work(row: Evidence) -> Work:
    return Work(
        person_id=row.person_id, source_id=row.source_id, item=row.item, title=row.title,
        work_hash=row.work_hash, grader=row.grader, environment=row.environment,
        environment_digest=row.environment_digest, section_id=row.section_id,
        lab_version_id=row.lab_version_id, lab_version_number=row.lab_version_number,
        submission_id=row.submission_id, valid_until=row.valid_until,
    )  # fmt: skip


def _piece(row: Evidence) -> Piece:
    return Piece(
        row.skill_id, row.level, row.weight, row.source, row.score, row.max_score,
        tuple(row.cells),
    )  # fmt: skip
