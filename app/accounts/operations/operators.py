"""The people who run an installation. Made on the machine itself only."""

from app.accounts import queries
from app.accounts.models import Organisation, Person
from app.accounts.operations.memberships import add_membership
from app.accounts.operations.organisations import create_organisation
from app.accounts.operations.registration import create_person
from app.accounts.rules import OrganisationKind, Proof, Role, hash_password, normalise_name
from app.kernel import clock
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation

__all__ = ["make_operator"]

OFFICE = "operations"


@operation
def make_operator(*, name: str, email: str, password: str | None) -> Person:
    """Make the person of EMAIL an operator, with a new account when there is none.

    PASSWORD None leaves a new account without one, which no password opens; whoever has the
    machine can print a link to set it.
    """
    person = queries.person_by_email(email)
    if person is None:
        person = create_person(name=normalise_name(name), email=email)
        assert person is not None
    if password is not None:
        person.password_hash = hash_password(password)
    # Whoever can run commands on the machine vouches for the address.
    person.email_verified_at = person.email_verified_at or clock.now()
    add_membership(person, _office().id, Role.OPERATOR, Proof.OPERATOR)
    return person


def _office() -> Organisation:
    return queries.organisation_by_slug(OFFICE) or create_organisation(
        slug=OFFICE,
        kind=OrganisationKind.AGENCY,
        name=LocalizedText({"zh-Hant-TW": "平台營運", "en": "Platform operations"}),
    )
