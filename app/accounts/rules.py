"""Words and shapes of people and organisations: no database, no clock."""

import re
import unicodedata
from enum import StrEnum


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
    EMPLOYEE = "employee"
    MENTOR = "mentor"
    OFFICER = "officer"
    OPERATOR = "operator"


ROLES_OF: dict[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.SCHOOL: frozenset(
        {Role.STUDENT, Role.INSTRUCTOR, Role.TEACHING_ASSISTANT, Role.DEPARTMENT_OFFICE}
    ),
    OrganisationKind.COMPANY: frozenset({Role.EMPLOYEE, Role.MENTOR}),
    OrganisationKind.ASSOCIATION: frozenset({Role.EMPLOYEE, Role.MENTOR}),
    OrganisationKind.AGENCY: frozenset({Role.OFFICER, Role.OPERATOR}),
}


class Proof(StrEnum):
    """How somebody showed that she belongs to an organisation."""

    MAIL_DOMAIN = "mail_domain"
    INVITATION = "invitation"
    ROSTER = "roster"
    OPERATOR = "operator"


HANDLE = re.compile(r"[a-z][a-z0-9-]{1,28}[a-z0-9]")
"""Handles name people on the Hub and in the addresses of their labs: a DNS label."""


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
