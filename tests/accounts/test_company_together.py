"""Many at once, over real connections: one decision, one application, one owner stays."""

from sqlalchemy import func, select

from app.accounts import operations, queries
from app.accounts.models import CompanyStep, Membership, Organisation, Person
from app.accounts.rules import OrganisationKind, Proof, Role, Standing, Step
from app.kernel.database import db
from app.kernel.errors import Refused
from tests.gradebook.test_together import in_parallel
from tests.grading.conftest import committed  # noqa: F401


def tried(cast, work):
    """Whether WORK() went through in a context of its own; a refusal is an answer too."""
    with cast.app.app_context():
        try:
            work()
        except Refused:
            return False
        finally:
            db.session.remove()
        return True


def company(slug):
    return queries.organisation_by_slug(slug)


def test_many_at_once_leave_one_truth(committed):  # noqa: F811
    cast = committed

    def decide(number):
        officer, step = ("fang", Step.APPROVED) if number % 2 else ("ting", Step.REFUSED)
        return tried(
            cast,
            lambda: operations.decide(
                cast.person(officer), company("jiayuan-fruit"), step, "at once"
            ),
        )

    assert sum(in_parallel(8, decide)) == 1
    with cast.app.app_context():
        found = company("jiayuan-fruit")
        steps = db.session.scalars(
            select(CompanyStep)
            .where(CompanyStep.organisation_id == found.id)
            .order_by(CompanyStep.number)
        ).all()
        assert [s.number for s in steps] == [1, 2]
        assert (found.standing == Standing.APPROVED) is (steps[1].step == Step.APPROVED)

    # Two owners leave at once: one stays.
    with cast.app.app_context():
        operations.add_membership(
            cast.person("huimin"), company("rongwei-dining").id, Role.OWNER, Proof.OPERATOR
        )

    def leave(number):
        who = ("xiuqin", "huimin")[number]
        return tried(cast, lambda: operations.leave(cast.person(who), company("rongwei-dining")))

    assert sum(in_parallel(2, leave)) == 1
    with cast.app.app_context():
        owners = db.session.scalar(
            select(func.count()).where(
                Membership.organisation_id == company("rongwei-dining").id,
                Membership.role == Role.OWNER,
                Membership.ended_at.is_(None),
            )
        )
        assert owners == 1

    # One person presses the button four times: one application.
    said = operations.Application(
        OrganisationKind.COMPANY, "阿美麵店", "Amei Noodles", "99910017", None, None, None,
        "hao@rongnan.example",
    )  # fmt: skip

    def apply(number):
        return tried(
            cast,
            lambda: operations.apply_for(cast.app.extensions["config"], cast.person("hao"), said),
        )

    assert sum(in_parallel(4, apply)) == 1

    # Two people with one number: both may apply, one is approved.
    tried(
        cast,
        lambda: operations.apply_for(cast.app.extensions["config"], cast.person("mei"), said),
    )
    with cast.app.app_context():
        slugs = list(
            db.session.scalars(select(Organisation.slug).where(Organisation.tax_id == "99910017"))
        )
    assert len(slugs) == 2

    def approve(number):
        return tried(
            cast,
            lambda: operations.decide(
                db.session.get_one(Person, cast.person("fang").id),
                company(slugs[number % 2]),
                Step.APPROVED,
                "at once",
            ),
        )

    assert sum(in_parallel(4, approve)) == 1
    with cast.app.app_context():
        standings = {company(slug).standing for slug in slugs}
        assert standings == {Standing.APPROVED, Standing.WAITING}
