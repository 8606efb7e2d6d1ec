"""The demo shows a round in which both sides rank, and one that has run."""

from app import demo
from app.kernel import blobs, queues
from app.kernel.database import db
from app.matching import checker
from app.rounds import queries
from app.rounds.demo import OPEN, RAN
from app.rounds.rules import State
from app.skills import operations as skills


def test_the_demo_has_one_round_open_and_one_that_ran(cast, in_app):
    with in_app():
        skills.load_own()
        demo.load()
        first = {code: queries.round_by_code(code).id for code in (OPEN, RAN)}
        demo.load()
        db.session.expire_all()
        assert {code: queries.round_by_code(code).id for code in (OPEN, RAN)} == first
        opened, ran = queries.round_by_code(OPEN), queries.round_by_code(RAN)
        assert opened.state is State.OPEN
        assert opened.projects
        assert ran.state is State.PUBLISHED
        claim = checker.read(blobs.get(queries.result_of(ran).proof))
        assert checker.verify(claim, ran.seed_hash).holds
        assert "rounds" in [queue.name for queue in queues.queues()]
        waiting = next(q for q in queues.queues() if q.name == "rounds").items()
        assert [row.key for row in waiting] == []
