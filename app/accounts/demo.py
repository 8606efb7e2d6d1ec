"""A small world to try the site in: two schools, three companies, an agency, a person per role.

All names are invented; ``.example`` is reserved (RFC 2606), so no mail can leave. The password is
public, which is why these people are marked and refused wherever the demo is off.
"""

from dataclasses import dataclass

from app.accounts import queries
from app.accounts.models import Organisation, Person
from app.accounts.operations.approvals import decide
from app.accounts.operations.companies import note_application
from app.accounts.operations.memberships import add_membership
from app.accounts.operations.organisations import create_organisation
from app.accounts.operations.registration import create_person
from app.accounts.rules import OrganisationKind, Proof, Role, Standing, Step, hash_password
from app.kernel import clock
from app.kernel.database import db
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
    industry: str | None = None


@dataclass(frozen=True)
class DemoCompany:
    """One that signed up: with what, and whether an officer has approved it."""

    slug: str
    chinese: str
    english: str
    domain: str
    tax_id: str
    county: str
    industry: str
    owner: str
    about: dict[str, str]
    approved: bool


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
        industry="smart-manufacturing",
    ),
    DemoOrganisation(
        "programme-office",
        OrganisationKind.AGENCY,
        "智慧雨林計畫辦公室",
        "Intelligent Rainforest Programme Office",
        "programme.example",
    ),
)
COMPANIES = (
    DemoCompany(
        "rongwei-dining",
        "榕味餐飲股份有限公司",
        "Rongwei Dining Co., Ltd.",
        "rongwei.example",
        "99910006",
        "高雄市",
        "smart-business-services",
        "xiuqin",
        {
            "zh-Hant-TW": "在高雄經營六家平價便當與麵食店，中央廚房每天出餐兩千四百份。"
            "我們想知道明天要備多少料，少丟一點、也少讓客人撲空。",
            "en": "Six shops for boxed meals and noodles in Kaohsiung; one kitchen sends out "
            "2,400 portions a day. We want to know how much to prepare for tomorrow: less thrown "
            "away, fewer guests sent home.",
        },
        approved=True,
    ),
    DemoCompany(
        "jiayuan-fruit",
        "嘉園鮮果行",
        "Jiayuan Fruit",
        "jiayuan.example",
        "99910012",
        "嘉義縣",
        "agriculture",
        "asheng",
        {},
        approved=False,
    ),
)
DOMAINS = {entry.slug: entry.domain for entry in (*ORGANISATIONS, *COMPANIES)}

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
    DemoPerson("xiuqin", "蔡秀琴", "rongwei-dining", Role.OWNER, _l("Owner of a company")),
    DemoPerson("huimin", "許惠敏", "rongwei-dining", Role.HR, _l("Human resources")),
    DemoPerson("zhihao", "曾志豪", "rongwei-dining", Role.REPRESENTATIVE, _l("Representative")),
    DemoPerson("jun", "廖俊傑", "rongwei-dining", Role.MENTOR, _l("Mentor in smart dining")),
    DemoPerson(
        "asheng", "黃阿昇", "jiayuan-fruit", Role.OWNER, _l("Owner of a company that waits")
    ),
    DemoPerson("fang", "方思齊", "programme-office", Role.OFFICER, _l("Programme officer")),
    DemoPerson("ting", "許庭瑋", "programme-office", Role.OPERATOR, _l("Operator")),
)


FINISHED = DemoPerson(
    "yian", "李宜安", "jiayang", Role.STUDENT, _l("Student who has handed in work"), "J11402007"
)
"""Comes with the courses: somebody whose work is graded when the house opens."""


def demo_accounts() -> list[tuple[str, str, str]]:
    """(what the person is, mail address, password) of every demo person."""
    return [(str(person.what), person.email, PASSWORD) for person in (*PEOPLE, FINISHED)]


@operation
def load_finished() -> Person:
    """Make the student who has handed in work, or find her."""
    return _person(FINISHED, hash_password(PASSWORD))


@operation
def load_people() -> dict[str, Person]:
    """Make the demo's organisations and people, or find them; returns the people by handle."""
    for spec in ORGANISATIONS:
        _organisation(spec)
    for company in COMPANIES:
        _company(company)
    hashed = hash_password(PASSWORD)
    people = {spec.handle: _person(spec, hashed) for spec in PEOPLE}
    for company in COMPANIES:
        _came_to_be(company, people)
    return people


def _company(spec: DemoCompany) -> None:
    if queries.organisation_by_slug(spec.slug) is None:
        db.session.add(
            Organisation(
                slug=spec.slug,
                kind=OrganisationKind.COMPANY,
                name=LocalizedText({"zh-Hant-TW": spec.chinese, "en": spec.english}),
                tax_id=spec.tax_id,
                county=spec.county,
                industry=spec.industry,
                website=f"https://www.{spec.domain}",
                about=LocalizedText(spec.about),
                standing=Standing.WAITING,
            )
        )
        db.session.flush()


def _came_to_be(spec: DemoCompany, people: dict[str, Person]) -> None:
    """Its history: the owner applied with an address of its own; perhaps an officer approved."""
    company = queries.organisation_by_slug(spec.slug)
    assert company is not None
    if queries.steps_of(company):
        return
    note_application(people[spec.owner], company, f"{spec.owner}@{spec.domain}")
    if spec.approved:
        decide(people["fang"], company, Step.APPROVED, "")


def _organisation(spec: DemoOrganisation) -> None:
    if queries.organisation_by_slug(spec.slug) is not None:
        return
    create_organisation(
        slug=spec.slug,
        kind=spec.kind,
        name=LocalizedText({"zh-Hant-TW": spec.chinese, "en": spec.english}),
        county=spec.county,
        industry=spec.industry,
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
