"""One commit site."""

import pytest
from sqlalchemy import select, text

from app.kernel import audit, jobs, mail
from app.kernel.audit import AuditEntry
from app.kernel.database import db
from app.kernel.transaction import after_commit, operation


def written() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.verb)))


def queued() -> int:
    return db.session.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one()


class TestOperation:
    def test_commits_what_it_wrote(self, in_app):
        with in_app():
            operation(lambda: audit.record(None, "a", "thing", 1))()
            db.session.rollback()
            assert written() == ["a"]

    def test_rolls_back_everything_when_a_nested_one_fails(self, in_app):
        @operation
        def inner():
            audit.record(None, "inner", "thing", 1)
            raise RuntimeError

        @operation
        def outer():
            audit.record(None, "outer", "thing", 1)
            inner()

        with in_app():
            with pytest.raises(RuntimeError):
                outer()
            assert written() == []

    def test_runs_effects_after_the_outermost_commit_only(self, in_app):
        order = []

        @operation
        def inner():
            after_commit(lambda: order.append("effect"))

        @operation
        def outer():
            inner()
            order.append("outer ends")

        with in_app():
            outer()
        assert order == ["outer ends", "effect"]

    def test_drops_effects_when_it_fails(self, in_app):
        ran = []

        @operation
        def failing():
            after_commit(lambda: ran.append(1))
            raise RuntimeError

        with in_app(), pytest.raises(RuntimeError):
            failing()
        assert ran == []

    def test_queues_a_job_with_the_write_and_drops_it_with_the_write(self, in_app):
        @operation
        def accepted():
            mail.send(to="a@example.org", subject="s", text="t")

        @operation
        def refused():
            mail.send(to="a@example.org", subject="s", text="t")
            raise RuntimeError

        with in_app():
            before = queued()
            accepted()
            assert queued() == before + 1
            with pytest.raises(RuntimeError):
                refused()
            assert queued() == before + 1


def test_an_effect_outside_an_operation_is_a_mistake():
    with pytest.raises(RuntimeError):
        after_commit(lambda: None)


def test_jobs_have_names_of_their_room():
    assert mail.deliver.name == "kernel.mail.deliver"
    assert jobs.queue.tasks["kernel.mail.deliver"]


class TestTheEndOfARequest:
    def test_what_only_read_leaves_its_statements_prepared(self, site):
        def is_prepared() -> bool:
            """Asks once more; statements are prepared by each connection, after some use."""
            with site.app_context():
                db.session.scalars(select(AuditEntry.verb).limit(3)).all()
                names = text("SELECT statement FROM pg_prepared_statements")
                prepared = db.session.connection().scalars(names)
                return any("FROM audit_entries" in statement for statement in prepared)

        assert any(is_prepared() for _request in range(400))

    def test_what_was_written_outside_an_operation_is_not_kept(self, app):
        with app.app_context():
            db.session.add(AuditEntry(verb="flushed", subject_kind="thing", subject_id="1"))
            db.session.flush()
        with app.app_context():
            assert written() == []
            db.session.add(AuditEntry(verb="added", subject_kind="thing", subject_id="1"))
        with app.app_context():
            assert written() == []
