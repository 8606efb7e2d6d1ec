"""What officers decide about organisations."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from app.accounts import policies, queries
from app.accounts.events import CompanyAnswered, CompanyApproved, CompanySuspended
from app.accounts.models import Organisation, OrganisationDomain, Person
from app.accounts.operations.companies import StepNotPossible, TaxIdTaken, note_step
from app.accounts.operations.company_contacts import lock
from app.accounts.rules import NEEDS_REASON, ROLES_OF, OrganisationKind, Role, Standing, Step, after
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.transaction import operation

__all__ = ["NotYoursToDecide", "ReasonMissing", "decide"]

MOST_WORDS = 2000
NEWS = {
    Step.APPROVED: CompanyApproved,
    Step.REINSTATED: CompanyApproved,
    Step.SUSPENDED: CompanySuspended,
    Step.RETURNED: CompanyAnswered,
    Step.REFUSED: CompanyAnswered,
}


class NotYoursToDecide(Refused):
    message = _l("Only officers decide, and nobody about an organisation that she belongs to.")


class ReasonMissing(Refused):
    message = _l(
        "Give a reason. The organisation reads it; an approval needs one where no mail domain "
        "proves who applied."
    )


@operation
def decide(actor: Person | None, organisation: Organisation, step: Step, reason: str) -> None:
    """Take STEP. ACTOR None is the command line.

    Of two officers at once one decides; the other one is told. An approval lets the proven domain
    of its mail speak for it. Raises NotYoursToDecide, StepNotPossible, ReasonMissing, TaxIdTaken.
    """
    if actor is not None and not policies.can_decide_on(actor, organisation):
        raise NotYoursToDecide
    reason = reason.strip()[:MOST_WORDS]
    lock(organisation)
    led_to = after(Standing(organisation.standing), step) if step is not Step.APPLIED else None
    if led_to is None:
        raise StepNotPossible
    proof = queries.proof_of(organisation)
    if not reason and (step in NEEDS_REASON or (step is Step.APPROVED and not proof.is_proven)):
        raise ReasonMissing
    try:
        with db.session.begin_nested():
            organisation.standing = led_to
            organisation.verified_at = clock.now() if led_to is Standing.APPROVED else None
            db.session.flush()
    except IntegrityError:
        raise TaxIdTaken from None
    if step is Step.APPROVED and proof.is_proven and proof.domain is not None:
        _let_domain_speak(organisation, proof.domain)
    facts = {"domain": proof.domain, "proof": str(proof.state), "tax_id": organisation.tax_id}
    note_step(organisation, step, actor, reason=reason, said=facts)
    audit.record(
        actor.id if actor else None, f"company {step}", "organisation", organisation.id,
        reason=reason,
    )  # fmt: skip
    publish(NEWS[step](organisation.id))


def _let_domain_speak(organisation: Organisation, domain: str) -> None:
    """Whoever has a proven address there is an employee from now on; unless it speaks for
    somebody else already."""
    if Role.EMPLOYEE not in ROLES_OF[OrganisationKind(organisation.kind)]:
        return
    db.session.execute(
        insert(OrganisationDomain)
        .values(id=new_id(), organisation_id=organisation.id, domain=domain, role=Role.EMPLOYEE)
        .on_conflict_do_nothing(index_elements=["domain"])
    )
