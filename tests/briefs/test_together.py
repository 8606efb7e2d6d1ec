"""Reviewers at once, over real connections: each side speaks once, and it is published once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from app.accounts.operations.memberships import add_membership
from app.accounts.rules import Proof, Role
from app.briefs import operations
from app.briefs.models import Brief, BriefStep, BriefVersion
from app.briefs.rules import Act, State
from app.kernel.database import db
from app.skills import operations as skills
from tests.briefs.conftest import COMPANY, House, whole
from tests.grading.conftest import committed  # noqa: F401


def test_six_reviewers_at_once_publish_one_version(committed):  # noqa: F811
    house = House(committed)
    with committed.app.app_context():
        skills.load_own()
        add_membership(house.person("yun"), house.company.id, Role.OWNER, Proof.OPERATOR)
        office = house.person("fang").memberships[0].organisation_id
        add_membership(house.person("ting"), office, Role.OFFICER, Proof.OPERATOR)
        brief_id = house.submitted().id
    # Twice the same person, two of a side, both sides: as many as there are, in one instant.
    people = ["lin", "wang", "lin", "fang", "ting", "fang"]
    browsers = [house.cast.browser(handle) for handle in people]
    start = Barrier(len(people))

    def review(number):
        side = "instructor" if number < 3 else "officer"
        start.wait(60)
        return browsers[number].post(
            f"/briefs/reviews/{brief_id}/approvals", data={"submission": "1", "side": side}
        )

    with ThreadPoolExecutor(len(people)) as pool:
        answers = [f.result(120) for f in [pool.submit(review, n) for n in range(len(people))]]
    assert sum(1 for answer in answers if answer.status_code == 302) == 2
    # The others are told, or find that it waits no more.
    assert {answer.status_code for answer in answers} <= {302, 404, 422}
    with committed.app.app_context():
        acts = dict(
            db.session.execute(
                select(BriefStep.act, func.count())
                .where(BriefStep.brief_id == brief_id)
                .group_by(BriefStep.act)
            ).all()
        )
        assert acts == {Act.SUBMITTED: 1, Act.APPROVED: 2, Act.PUBLISHED: 1}
        assert db.session.scalar(select(func.count()).select_from(BriefVersion)) == 1
        assert db.session.get(Brief, brief_id).state is State.PUBLISHED

    # Two windows save the same draft at once: one of them holds, the other one is told.
    with committed.app.app_context():
        draft = house.draft()
        draft_id, revision = draft.id, draft.draft_revision
    writers = [house.cast.browser("yun") for _n in range(4)]
    start = Barrier(len(writers))

    def write(number):
        start.wait(60)
        return writers[number].post(
            f"/company/{COMPANY}/briefs/{draft_id}/edit/need",
            data={"revision": str(revision), "title_en": f"By window {number}"},
            headers={"Accept": "application/json"},
        )

    with ThreadPoolExecutor(len(writers)) as pool:
        codes = [f.result(120).status_code for f in [pool.submit(write, n) for n in range(4)]]
    assert sorted(codes) == [200, 409, 409, 409]
    with committed.app.app_context():
        assert db.session.get(Brief, draft_id).draft_revision == revision + 1


def test_proposals_at_once_are_one(committed):  # noqa: F811
    house = House(committed)
    with committed.app.app_context():
        skills.load_own()
        add_membership(house.person("yun"), house.company.id, Role.OWNER, Proof.OPERATOR)
        brief_id = house.published().id
    start = Barrier(4)

    def propose(number):
        with committed.app.app_context():
            person = house.person("yun")
            brief = db.session.get(Brief, brief_id)
            start.wait(60)
            try:
                operations.propose(person, brief, whole(quota=10 + number), "More", base=1)
            except operations.ChangeWaits:
                return 0
            finally:
                db.session.remove()
            return 1

    with ThreadPoolExecutor(4) as pool:
        made = [f.result(120) for f in [pool.submit(propose, n) for n in range(4)]]
    assert sum(made) == 1
