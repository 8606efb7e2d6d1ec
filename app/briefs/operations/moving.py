"""What every step of a brief shares: the locked row, who may, the line of its history."""

from app.accounts.models import Person
from app.briefs import policies, rules
from app.briefs.models import Brief, BriefStep
from app.briefs.rules import Act, Side, State
from app.kernel import audit
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l


class NotNow(Refused):
    message = _l("This cannot be done any more: look at where the brief stands now.")


def locked(brief: Brief) -> Brief:
    """BRIEF as it is now, held until the transaction ends. Raises NotVisible."""
    found = db.session.get(Brief, brief.id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotVisible(str(brief.id))
    return found


def side_for(person: Person, brief: Brief, act: Act, wanted: Side | None = None) -> Side:
    """The side for which PERSON does ACT: WANTED, or the first of hers that may.

    Raises NotVisible when she has no say in BRIEF, NotNow when its state does not allow it.
    """
    hers = policies.sides_of(person, brief)
    if wanted is not None:
        hers = hers & {wanted}
    if not hers:
        raise NotVisible(str(brief.id))
    found = next(
        (side for side in Side if side in hers and rules.may(side, brief.state, act)), None
    )
    if found is not None:
        return found
    if any(rules.may(side, state, act) for side in hers for state in State):
        raise NotNow
    raise NotVisible(str(brief.id))


def step(brief: Brief, person: Person, side: Side, act: Act, reason: str = "") -> None:
    """Move a locked BRIEF and write the line of its history and of the audit trail."""
    brief.state = rules.after(brief.state, act)
    db.session.add(
        BriefStep(
            brief_id=brief.id,
            submission=brief.submission,
            act=act,
            side=side,
            version_number=brief.version_number,
            reason=reason.strip()[:2000],
            by_id=person.id,
        )
    )
    db.session.flush()
    audit.record(
        person.id, f"briefs.{act.value}", "brief", brief.id,
        side=side.value, submission=brief.submission, version=brief.version_number,
    )  # fmt: skip
