"""A round of the programme with two briefs of one company and three students who applied."""

import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import g

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.accounts.operations.memberships import add_membership
from app.accounts.operations.registration import create_person
from app.accounts.rules import Proof, Role
from app.applications import operations as applications
from app.applications.operations import Words
from app.briefs.models import Brief
from app.kernel import clock
from app.kernel.database import db
from app.rounds import operations, queries
from app.rounds.models import Round, RoundEntry, RoundOffer, RoundProject
from app.rounds.operations import Plan
from app.rounds.rules import State, Windows
from app.skills import operations as skills
from tests.applications.conftest import COMPANY, both, publish, show
from tests.cast import Cast
from tests.grading.conftest import committed  # noqa: F401

CODE = "autumn"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STUDENTS = ("mei", "hao", "yan")


def student(cast: Cast, handle: str) -> Person:
    """A student of Rongnan who was not there before."""
    found = accounts.person_by_handle(handle)
    if found is not None:
        return found
    made = create_person(
        name=f"Student {handle}",
        email=f"{handle}@rongnan.example",
        handle=handle,
        password_hash="",
        is_demo=True,
    )
    assert made is not None
    made.email_verified_at = clock.now()
    school = accounts.organisation_by_slug("rongnan")
    assert school is not None
    add_membership(made, school.id, Role.STUDENT, Proof.OPERATOR)
    db.session.commit()
    return made


def windows(now: datetime) -> Windows:
    return Windows(now + HOUR, now + DAY, now + 2 * DAY, 48, now + 20 * DAY)


class Browser:
    """A browser whose requests share nothing with the context in which the test stands."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._fresh(self._client.get, *args, **kwargs)

    def post(self, *args: Any, **kwargs: Any) -> Any:
        return self._fresh(self._client.post, *args, **kwargs)

    def _fresh(self, method: Any, *args: Any, **kwargs: Any) -> Any:
        g.pop("_login_user", None)
        db.session.expire_all()
        answer = method(*args, **kwargs)
        g.pop("_login_user", None)
        db.session.expire_all()
        return answer


@dataclass
class Stage:
    """The round and its people; everything is loaded afresh in the context that asks."""

    cast: Cast
    began: datetime
    briefs: list[uuid.UUID] = field(default_factory=list)

    @property
    def secret_key(self) -> str:
        return self.cast.app.extensions["config"].secret_key

    @property
    def round(self) -> Round:
        found = queries.round_by_code(CODE)
        assert found is not None
        return found

    @property
    def projects(self) -> list[RoundProject]:
        return sorted(self.round.projects, key=lambda p: self.briefs.index(p.brief_id))

    def person(self, handle: str) -> Person:
        return self.cast.person(handle)

    def browser(self, handle: str) -> "Browser":
        return Browser(self.cast.browser(handle))

    def entry(self, handle: str) -> RoundEntry:
        found = queries.entry_of(self.person(handle), self.round)
        assert found is not None
        return found

    def offer(self, handle: str) -> RoundOffer | None:
        return queries.offer_of(self.entry(handle))

    def rank(self, handle: str, *wanted: int) -> RoundEntry:
        """HANDLE enters and wants the projects of these numbers, in this order."""
        person = self.person(handle)
        entry = queries.entry_of(person, self.round) or operations.enter(person, self.round)
        operations.save_choices(person, self.round, entry, [self.projects[n].id for n in wanted])
        return entry

    def list_of(self, number: int, *tiers: str) -> None:
        """The company's list for a project: "mei hao" is a tie."""
        yun, project = self.person("yun"), self.projects[number]
        by_person = {r.seen.people[0].handle: r.seen.id for r in queries.rankable(yun, project)}
        places = {
            by_person[handle]: place
            for place, tier in enumerate(tiers, 1)
            for handle in tier.split()
        }
        operations.save_ranks(yun, self.round, project, places)

    @contextmanager
    def at(self, after: timedelta) -> Any:
        """The clock stands so long after the announcement."""
        with clock.frozen_at(self.began + after):
            yield self

    def go_to(self, state: State) -> None:
        """Let the clock take every step until STATE, each at its date."""
        dates = {
            State.OPEN: HOUR,
            State.CLOSED: DAY,
            State.PUBLISHED: 2 * DAY,
            State.ENDED: 20 * DAY,
        }
        order = [
            State.ANNOUNCED,
            State.OPEN,
            State.CLOSED,
            State.DRAWN,
            State.PUBLISHED,
            State.ENDED,
        ]
        while self.round.state is not state:
            after = order[order.index(self.round.state) + 1]
            if after is State.DRAWN:
                with self.at(DAY):
                    assert operations.draw(self.secret_key, self.round.id)
            else:
                with self.at(dates[after]):
                    assert operations.go_on(self.round.id) is after
            if after is State.PUBLISHED:
                self.fill()

    def fill(self, after: timedelta = 2 * DAY) -> int:
        with self.at(after):
            return operations.fill(self.round.id)


def prepare(cast: Cast, *, quotas: tuple[int, ...] = (1, 1), **changes: Any) -> Stage:
    """Within an application context: the round is announced; everybody has applied for all."""
    skills.load_own()
    company = accounts.organisation_by_slug(COMPANY)
    assert company is not None
    add_membership(cast.person("yun"), company.id, Role.OWNER, Proof.OPERATOR)
    stage = Stage(cast, clock.now())
    for handle in STUDENTS:
        student(cast, handle)
        show(cast, handle)
    for number, quota in enumerate(quotas):
        brief = publish(cast, quota=quota, **changes)
        brief.title = both(f"Project {number}", f"專題 {number}")
        db.session.commit()
        stage.briefs.append(brief.id)
        for handle in STUDENTS:
            applications.apply(
                cast.person(handle), brief, Words("I would like to."), consents_now=True
            )
    fang = cast.person("fang")
    plan = Plan(CODE, both("Autumn round", "秋季媒合"), both("Be kind."), windows(stage.began))
    made = operations.create(fang, plan)
    for brief_id in stage.briefs:
        operations.add_brief(fang, made, db.session.get_one(Brief, brief_id))
    db.session.expire_all()
    operations.announce(stage.secret_key, fang, stage.round)
    return stage


@pytest.fixture
def announced(enrolled, in_app):
    with in_app():
        yield prepare(enrolled)


@pytest.fixture
def opened(announced):
    announced.go_to(State.OPEN)
    return announced
