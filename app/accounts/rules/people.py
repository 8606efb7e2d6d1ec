"""Roles, organisations, handles, addresses."""

import ipaddress
import re
import unicodedata
from enum import StrEnum

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l


class OrganisationKind(StrEnum):
    SCHOOL = "school"
    COMPANY = "company"
    ASSOCIATION = "association"
    AGENCY = "agency"


class Role(StrEnum):
    """What somebody is in an organisation."""

    STUDENT = "student"
    INSTRUCTOR = "instructor"
    TEACHING_ASSISTANT = "teaching_assistant"
    DEPARTMENT_OFFICE = "department_office"
    OWNER = "owner"
    HR = "hr"
    REPRESENTATIVE = "representative"
    EMPLOYEE = "employee"
    MENTOR = "mentor"
    OFFICER = "officer"
    OPERATOR = "operator"


_ACTING = frozenset({Role.OWNER, Role.HR, Role.REPRESENTATIVE})

ROLES_OF: dict[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.SCHOOL: frozenset(
        {Role.STUDENT, Role.INSTRUCTOR, Role.TEACHING_ASSISTANT, Role.DEPARTMENT_OFFICE}
    ),
    OrganisationKind.COMPANY: _ACTING | {Role.EMPLOYEE, Role.MENTOR},
    OrganisationKind.ASSOCIATION: _ACTING | {Role.EMPLOYEE, Role.MENTOR},
    OrganisationKind.AGENCY: _ACTING | {Role.EMPLOYEE, Role.OFFICER, Role.OPERATOR},
}


SCHOOL_ROLES = ROLES_OF[OrganisationKind.SCHOOL]

GRANTABLE_BY: dict[Role, frozenset[Role]] = {
    Role.OPERATOR: frozenset(Role),
    Role.DEPARTMENT_OFFICE: SCHOOL_ROLES,
    Role.INSTRUCTOR: frozenset({Role.STUDENT, Role.TEACHING_ASSISTANT}),
    # Never officer or operator: an agency may sign up by itself.
    Role.OWNER: _ACTING | {Role.EMPLOYEE, Role.MENTOR},
    Role.HR: frozenset({Role.EMPLOYEE, Role.MENTOR}),
}
"""Which roles the holder of a role may give away by invitation. An operator may do so in every
organisation, the others in their own."""

KIND_NAMES: dict[OrganisationKind, LazyText] = {
    OrganisationKind.SCHOOL: _l("School"),
    OrganisationKind.COMPANY: _l("Company"),
    OrganisationKind.ASSOCIATION: _l("Trade association"),
    OrganisationKind.AGENCY: _l("Agency"),
}
ROLE_NAMES: dict[Role, LazyText] = {
    Role.STUDENT: _l("Student"),
    Role.INSTRUCTOR: _l("Instructor"),
    Role.TEACHING_ASSISTANT: _l("Teaching assistant"),
    Role.DEPARTMENT_OFFICE: _l("Department office"),
    Role.OWNER: _l("Owner"),
    Role.HR: _l("Human resources"),
    Role.REPRESENTATIVE: _l("Representative"),
    Role.EMPLOYEE: _l("Employee"),
    Role.MENTOR: _l("Industry mentor"),
    Role.OFFICER: _l("Programme officer"),
    Role.OPERATOR: _l("Operator"),
}


class Proof(StrEnum):
    """How somebody showed that she belongs to an organisation."""

    MAIL_DOMAIN = "mail_domain"
    INVITATION = "invitation"
    ROSTER = "roster"
    OPERATOR = "operator"
    APPLICATION = "application"
    OWNER = "owner"


PROOF_NAMES: dict[Proof, LazyText] = {
    Proof.MAIL_DOMAIN: _l("Mail domain"),
    Proof.INVITATION: _l("Invitation"),
    Proof.ROSTER: _l("Roster"),
    Proof.OPERATOR: _l("Entered by an operator"),
    Proof.APPLICATION: _l("Signed it up"),
    Proof.OWNER: _l("Let in by an owner"),
}


HANDLE = re.compile(r"[a-z][a-z0-9-]{1,28}[a-z0-9]")
"""Handles name people on the Hub and in the addresses of their labs: a DNS label."""


RESERVED_HANDLES = frozenset(
    """
    admin administrator api banyan data exchange hub hubadmin jupyter jupyterhub labs login mail
    operator postgres root service services site static support system user users www
    """.split()  # noqa: SIM905 (as in a paragraph)
)
"""Handles become host names and users of the Hub; these would pose as the house itself."""


def normalise_email(email: str) -> str:
    """One spelling of an address: trimmed, NFKC, lower case."""
    return unicodedata.normalize("NFKC", email).strip().lower()


def mail_domain(email: str) -> str:
    return normalise_email(email).rpartition("@")[2]


def handle_stem(name: str, email: str) -> str:
    """The readable part of a handle: Latin letters of the name, or of the address."""
    for source in (email.partition("@")[0], name):
        folded = unicodedata.normalize("NFKD", source).encode("ascii", "ignore").decode().lower()
        stem = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
        stem = re.sub(r"^[^a-z]+", "", stem)
        if len(stem) >= 2:
            return stem[:18].strip("-")
    return "person"


def normalise_name(name: str) -> str:
    """A person's name on one line, without control and direction characters."""
    kept = "".join(
        " " if letter.isspace() else letter
        for letter in unicodedata.normalize("NFC", name)
        if letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return " ".join(kept.split())


def network_of(address: str) -> str:
    """What counts as one place for limits: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def is_tax_id(number: str) -> bool:
    """Whether NUMBER is a valid 統一編號: eight digits whose weighted digit sum is divisible by 5.

    Source: Ministry of Finance, checking rule as extended on 2023-04-01 (divisor 5). A seventh
    digit of 7 may count its product 28 as 1 or as 0.
    """
    if not re.fullmatch(r"\d{8}", number):
        return False
    products = [
        int(digit) * weight for digit, weight in zip(number, (1, 2, 1, 2, 1, 2, 4, 1), strict=True)
    ]
    total = sum(product // 10 + product % 10 for product in products)
    return total % 5 == 0 or (number[6] == "7" and (total + 1) % 5 == 0)
