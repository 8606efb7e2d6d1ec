"""Many officers at once, over real connections: a thing has one owner, merges make no circle."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from app.kernel import queues
from app.kernel.audit import AuditEntry
from app.kernel.database import db
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.queues import Queue
from app.needs import operations as needs
from app.needs.models import Interview, PainPoint
from app.steering import operations, queries
from app.steering.models import DeskItem
from tests.grading.conftest import site_of_its_own
from tests.needs.conftest import about, pain
from tests.steering.conftest import waiting

MANY = 6


@pytest.fixture(scope="module")
def committed(cluster, config):
    """A site with real commits, for all tests here: each looks only at what it made."""
    with site_of_its_own(cluster, config, "officers") as made:
        yield made


def in_parallel(work):
    """WORK(number) in MANY threads that begin together; what each answered."""
    start = Barrier(MANY)

    def begin(number):
        start.wait(30)
        return work(number)

    with ThreadPoolExecutor(MANY) as pool:
        return [future.result(60) for future in [pool.submit(begin, n) for n in range(MANY)]]


def test_a_thing_is_taken_by_one(committed, monkeypatch):
    items = [waiting("one", "A thing", 1)]
    queue = Queue(name="tests", title=_l("Tests"), items=lambda: items, working_days=5)
    monkeypatch.setattr(queues, "_queues", {"tests": queue})

    def work(number):
        with committed.app.app_context():
            person = committed.person("fang" if number % 2 else "ting")
            row = queries.row_at(person, "tests", "one")
            try:
                operations.take(person, row)
            except operations.TakenMeanwhile:
                return None
            finally:
                db.session.remove()
            return "fang" if number % 2 else "ting"

    answers = in_parallel(work)
    with committed.app.app_context():
        item = db.session.scalars(select(DeskItem)).one()
        assert item.owner is not None
        assert set(answers) == {item.owner.handle, None}
        taken = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "steering.take"))
        assert len(taken.all()) == 1


def test_a_form_sent_many_times_at_once_records_once(committed):
    key = uuid.uuid4()

    def work(_number):
        with committed.app.app_context():
            made = needs.record_interview(committed.person("fang"), about(), key=key)
            point = needs.add_pain_point(committed.person("fang"), made, pain(), key=key)
            found = (made.id, point.id)
            db.session.remove()
            return found

    assert len(set(in_parallel(work))) == 1
    with committed.app.app_context():
        assert len(db.session.scalars(select(Interview).where(Interview.key == key)).all()) == 1


def test_merges_crosswise_make_no_circle(committed):
    with committed.app.app_context():
        fang = committed.person("fang")
        interview = needs.record_interview(fang, about(), key=uuid.uuid4())
        ids = [
            needs.add_pain_point(fang, interview, pain(), key=uuid.uuid4()).id
            for _each in range(MANY)
        ]
        db.session.remove()

    def work(number):
        with committed.app.app_context():
            one = db.session.get_one(PainPoint, ids[number])
            other = db.session.get_one(PainPoint, ids[(number + 1) % MANY])
            try:
                needs.merge(committed.person("fang"), one, other)
            except needs.AlreadyMerged:
                return False
            finally:
                db.session.remove()
            return True

    done = sum(in_parallel(work))
    with committed.app.app_context():
        rows = db.session.scalars(select(PainPoint).where(PainPoint.id.in_(ids))).all()
        heads = {row.id for row in rows if row.merged_into_id is None}
        assert len(rows) == MANY and len(heads) == MANY - done >= 1 and done >= 1
        assert {row.head_id for row in rows} == heads
