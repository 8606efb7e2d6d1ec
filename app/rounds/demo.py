"""Rounds to try the site with: one in which both sides rank now, one that has run."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import Person
from app.accounts.queries import person_by_handle
from app.briefs.models import Brief
from app.briefs.rules import State as BriefState
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.rounds import operations, policies, queries
from app.rounds.models import Round
from app.rounds.operations import Plan
from app.rounds.rules import State, Windows

OPEN, RAN = "winter-projects", "pilot-round"
LABELS = "Learning quality inspection, and labelling pictures"
NOW_RANKED = (
    "The lunch-box challenge: how much is in the picture",
    "Hearing a press that will fail",
    "Preparing the right amount for lunch and dinner",
)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@operation
def load(people: Mapping[str, Person], secret_key: str) -> None:
    """Make the demo's rounds, or what is missing of them. Without its briefs there is none."""
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    if queries.round_by_code(RAN) is None and _briefs([LABELS]):
        _ran(people, secret_key, now)
    if queries.round_by_code(OPEN) is None and _briefs(NOW_RANKED):
        _open(people, secret_key, now)


def _briefs(titles: Sequence[str]) -> list[Brief]:
    return list(
        db.session.scalars(
            select(Brief)
            .where(Brief.title["en"].astext.in_(titles), Brief.state == BriefState.PUBLISHED)
            .order_by(Brief.published_at, Brief.id)
        )
    )


def _announced(
    fang: Person, secret_key: str, plan: Plan, briefs: Sequence[Brief], lin: Person
) -> Round:
    made = operations.create(fang, plan)
    for brief in briefs:
        operations.add_brief(fang, made, brief)
    operations.supervise(fang, made, lin, 3)
    operations.announce(secret_key, fang, made)
    return made


def _open(people: Mapping[str, Person], secret_key: str, now: datetime) -> None:
    """Opened two days ago; mei has ranked, the companies not all."""
    windows = Windows(now - 2 * DAY, now + 9 * DAY, now + 11 * DAY, 72, now + 40 * DAY)
    plan = Plan(
        OPEN,
        LocalizedText({"zh-Hant-TW": "冬季專題媒合", "en": "Winter projects"}),
        LocalizedText(
            {
                "zh-Hant-TW": "請照真實意願排序。有問題請在截止前三天提出。",
                "en": "Rank as you really want. Ask until three days before it closes.",
            }
        ),
        windows,
        most_choices=5,
    )
    with clock.frozen_at(now - 3 * DAY):
        made = _announced(people["fang"], secret_key, plan, _briefs(NOW_RANKED), people["lin"])
    with clock.frozen_at(now - 2 * DAY):
        operations.go_on(made.id)
    with clock.frozen_at(now - DAY):
        _rank(people["mei"], made)


def _ran(people: Mapping[str, Person], secret_key: str, now: datetime) -> None:
    """Closed five days ago: yian was ranked and has an offer, hao was not."""
    windows = Windows(now - 9 * DAY, now - 5 * DAY, now - 4 * DAY, 700, now + 30 * DAY)
    plan = Plan(
        RAN,
        LocalizedText({"zh-Hant-TW": "試辦媒合", "en": "Pilot round"}),
        LocalizedText({"zh-Hant-TW": "第一次試辦。", "en": "The first one, to try it out."}),
        windows,
        most_choices=3,
    )
    yian = person_by_handle("yian")
    with clock.frozen_at(now - 10 * DAY):
        made = _announced(people["fang"], secret_key, plan, _briefs([LABELS]), people["lin"])
    with clock.frozen_at(now - 9 * DAY):
        operations.go_on(made.id)
    with clock.frozen_at(now - 8 * DAY):
        for student in (people["hao"], yian):
            if student is not None:
                _rank(student, made)
        _list(people, made, "yian")
    with clock.frozen_at(now - 5 * DAY):
        operations.go_on(made.id)
        operations.draw(secret_key, made.id)
    with clock.frozen_at(now - 4 * DAY):
        if made.state is State.DRAWN:
            operations.go_on(made.id)


def _rank(person: Person, round_: Round) -> None:
    """PERSON takes part and wants everything that she has applied for."""
    try:
        with db.session.begin_nested():
            entry = operations.enter(person, round_)
    except Refused:
        return
    order = [row.project.id for row in queries.choosable(entry, round_)]
    operations.save_choices(person, round_, entry, order)


def _list(people: Mapping[str, Person], round_: Round, *handles: str) -> None:
    """The companies put those of HANDLES who applied on their lists, in this order."""
    for project in round_.projects:
        by = next((one for one in people.values() if policies.can_rank_for(one, project)), None)
        if by is None:
            continue
        seen = {row.seen.people[0].handle: row.seen.id for row in queries.rankable(by, project)}
        places = {seen[handle]: n for n, handle in enumerate(handles, 1) if handle in seen}
        operations.save_ranks(by, round_, project, places)
