"""Many at once, over real connections, and a worker that is killed in the middle."""

import os
import re
import subprocess
import sys

from sqlalchemy import select

from app.kernel import clock
from app.kernel.database import db
from app.kernel.jobs import queue
from app.rounds import operations, queries, tasks  # noqa: F401 (puts the jobs there)
from app.rounds.models import RoundChoice, RoundOffer, RoundResult
from app.rounds.rules import OfferState, State
from tests.gradebook.test_together import in_parallel
from tests.grading.conftest import ROOT
from tests.rounds.conftest import DAY, HOUR, prepare

KILLED = """
import os, sys
from app.cli import site
from app import matching
from app.rounds import operations, queries

def die(*args):
    os.kill(os.getpid(), 9)

matching.proof = die
with site().app_context():
    operations.draw(sys.argv[1], queries.round_by_code("autumn").id)
"""


def test_a_round_survives_a_crowd_and_a_killed_worker(committed, config):
    with committed.app.app_context():
        stage = prepare(committed)
        stage.go_to(State.OPEN)
        with stage.at(2 * HOUR):
            entry = stage.rank("mei", 0, 1)
            stage.rank("hao", 0)
            stage.list_of(0, "mei", "hao")
        entry_id, mei_id = entry.id, stage.person("mei").id
        first, second = (p.id for p in stage.projects)
        round_id, began = stage.round.id, stage.began
        db.session.remove()

    # Rankings are saved while the round closes: what came in time counts, nothing comes later.
    def save_or_close(number):
        with committed.app.app_context():
            try:
                if number == 3:
                    with clock.frozen_at(began + DAY):
                        return operations.go_on(round_id)
                with clock.frozen_at(began + DAY - HOUR):
                    round_ = queries.round_by_code("autumn")
                    person = committed.person("mei")
                    order = [second, first] if number % 2 else [first, second]
                    entry = queries.entry_of(person, round_)
                    return operations.save_choices(person, round_, entry, order)
            except operations.NotNow:
                return None
            finally:
                db.session.remove()

    assert State.CLOSED in in_parallel(6, save_or_close)
    with committed.app.app_context():
        kept = db.session.scalars(
            select(RoundChoice.project_id)
            .where(RoundChoice.entry_id == entry_id)
            .order_by(RoundChoice.place)
        ).all()
        keys = {p.id: p.key for p in stage.projects}
        made = queries.rankings_of(stage.round)
        mine = made.applicant[queries.entry_of(committed.person("mei"), stage.round).key]
        assert [keys[one] for one in kept] == list(mine.choices)
        db.session.remove()

    killed = subprocess.run(
        [sys.executable, "-c", KILLED, config.secret_key],
        cwd=ROOT,
        env={
            **{k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")},
            "BANYAN_INSTANCE": str(config.instance),
            "DATABASE_URL": committed.app.config["SQLALCHEMY_DATABASE_URI"],
        },
        check=False,
        timeout=120,
    )
    assert killed.returncode == -9

    def draw(_number):
        with committed.app.app_context():
            try:
                return operations.draw(config.secret_key, round_id)
            finally:
                db.session.remove()

    # Who was killed left nothing; of all who come then one draws.
    assert sorted(in_parallel(6, draw)) == [False] * 5 + [True]
    with committed.app.app_context():
        assert len(db.session.scalars(select(RoundResult.id)).all()) == 1
        with stage.at(2 * DAY):
            operations.go_on(round_id)
            operations.fill(round_id)
        with stage.at(3 * DAY):
            operations.answer(stage.person("mei"), stage.offer("mei"), accepts=False)
        db.session.remove()

    def fill(_number):
        with committed.app.app_context(), clock.frozen_at(began + 3 * DAY):
            try:
                return operations.fill(round_id)
            finally:
                db.session.remove()

    moved = in_parallel(6, fill)
    with committed.app.app_context():
        live = db.session.scalars(
            select(RoundOffer).where(RoundOffer.state == OfferState.OPEN)
        ).all()
        assert [offer.entry_id for offer in live] == [stage.entry("hao").id]
        assert sum(moved) == sum(offer.way == "waitlist" for offer in live)
        assert mei_id not in {offer.entry.person_id for offer in live}


def test_every_job_that_is_deferred_is_there():
    named = set()
    for path in (ROOT / "app/rounds").rglob("*.py"):
        named |= set(re.findall(r'"(rounds\.tasks\.\w+)"', path.read_text()))
    assert len(named) > 5
    assert named <= set(queue.tasks)
