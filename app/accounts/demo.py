"""A small world to try the site in: two schools, a company, an agency, one person per role.

All names are invented; ``.example`` is reserved (RFC 2606), so no mail can leave. The password is
public, which is why these people are marked and refused wherever the demo is off.
"""

from dataclasses import dataclass

from app.accounts import queries
from app.accounts.models import Person
from app.accounts.operations.memberships import add_membership
from app.accounts.operations.organisations import create_organisation
from app.accounts.operations.registration import create_person
from app.accounts.rules import OrganisationKind, Proof, Role, hash_password
from app.kernel import clock
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation

PASSWORD = "banyan-demo"  # noqa: S105 (public on purpose)


@dataclass(frozen=True)
class DemoOrganisation:
    slug: str
    kind: OrganisationKind
    chinese: str
    english: str
    domain: str
    domain_role: Role | None = None
    county: str | None = None


@dataclass(frozen=True)
class DemoPerson:
    handle: str
    name: str
    organisation: str
    role: Role
    what: LazyText
    student_number: str | None = None
    department: str | None = None

    @property
    def email(self) -> str:
        return f"{self.handle}@{DOMAINS[self.organisation]}"


ORGANISATIONS = (
    DemoOrganisation(
        "rongnan",
        OrganisationKind.SCHOOL,
        "榕南科技大學",
        "Rongnan University of Technology",
        "rongnan.example",
        Role.STUDENT,
        "臺南市",
    ),
    DemoOrganisation(
        "jiayang",
        OrganisationKind.SCHOOL,
        "嘉陽大學",
        "Jiayang University",
        "jiayang.example",
        Role.STUDENT,
        "嘉義市",
    ),
    DemoOrganisation(
        "rongguang",
        OrganisationKind.COMPANY,
        "榕光精密工業股份有限公司",
        "Rongguang Precision Industry Co., Ltd.",
        "rongguang.example",
        county="高雄市",
    ),
    DemoOrganisation(
        "programme-office",
        OrganisationKind.AGENCY,
        "智慧雨林計畫辦公室",
        "Intelligent Rainforest Programme Office",
        "programme.example",
    ),
)
DOMAINS = {organisation.slug: organisation.domain for organisation in ORGANISATIONS}

PEOPLE = (
    DemoPerson(
        "mei", "林小梅", "rongnan", Role.STUDENT, _l("Student"), "C11401001", "工業工程與管理系"
    ),
    DemoPerson(
        "hao",
        "陳柏豪",
        "rongnan",
        Role.STUDENT,
        _l("Second student, teammate"),
        "C11401002",
        "工業工程與管理系",
    ),
    DemoPerson(
        "lin",
        "林雅文",
        "rongnan",
        Role.INSTRUCTOR,
        _l("Instructor"),
        department="工業工程與管理系",
    ),
    DemoPerson("wang", "王志明", "jiayang", Role.INSTRUCTOR, _l("Instructor at another school")),
    DemoPerson("ping", "張書萍", "rongnan", Role.TEACHING_ASSISTANT, _l("Teaching assistant")),
    DemoPerson("jia-office", "黃家瑜", "rongnan", Role.DEPARTMENT_OFFICE, _l("Department office")),
    DemoPerson("yun", "吳芸", "rongguang", Role.EMPLOYEE, _l("Company employee")),
    DemoPerson("guo", "郭建宏", "rongguang", Role.MENTOR, _l("Industry mentor")),
    DemoPerson("fang", "方思齊", "programme-office", Role.OFFICER, _l("Programme officer")),
    DemoPerson("ting", "許庭瑋", "programme-office", Role.OPERATOR, _l("Operator")),
)


def demo_accounts() -> list[tuple[str, str, str]]:
    """(what the person is, mail address, password) of every demo person."""
    return [(str(person.what), person.email, PASSWORD) for person in PEOPLE]


@operation
def load_people() -> dict[str, Person]:
    """Make the demo's organisations and people, or find them; returns the people by handle."""
    for spec in ORGANISATIONS:
        _organisation(spec)
    hashed = hash_password(PASSWORD)
    return {spec.handle: _person(spec, hashed) for spec in PEOPLE}


def _organisation(spec: DemoOrganisation) -> None:
    if queries.organisation_by_slug(spec.slug) is not None:
        return
    create_organisation(
        slug=spec.slug,
        kind=spec.kind,
        name=LocalizedText({"zh-Hant-TW": spec.chinese, "en": spec.english}),
        county=spec.county,
        domains=[(spec.domain, spec.domain_role)] if spec.domain_role else [],
    )


def _person(spec: DemoPerson, hashed: str) -> Person:
    person = queries.person_by_email(spec.email)
    if person is None:
        person = create_person(
            name=spec.name,
            email=spec.email,
            handle=spec.handle,
            password_hash=hashed,
            is_demo=True,
        )
        assert person is not None
        person.email_verified_at = clock.now()
    organisation = queries.organisation_by_slug(spec.organisation)
    assert organisation is not None
    add_membership(
        person,
        organisation.id,
        spec.role,
        Proof.OPERATOR,
        student_number=spec.student_number,
        department=spec.department,
    )
    return person
