"""The schema: migrations up and down, and whether they agree with the models."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command, op
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, create_engine, pool, text

from app.kernel.database import db

ROOT = Path(__file__).resolve().parent.parent.parent


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at URL to REVISION."""
    _run(url, lambda alembic: command.upgrade(alembic, revision))


def downgrade(url: str, revision: str = "base") -> None:
    """Take the database at URL back to REVISION."""
    _run(url, lambda alembic: command.downgrade(alembic, revision))


def revise(url: str, message: str, number: str) -> None:
    """Write the migration that takes the database at URL to what the models say."""
    _run(
        url,
        lambda alembic: command.revision(
            alembic, message=message, autogenerate=True, rev_id=number
        ),
    )


def heads() -> list[str]:
    """The ends of the history: one, or the history is not linear."""
    return list(ScriptDirectory.from_config(_alembic()).get_heads())


def current_revision(url: str) -> str | None:
    """The revision that the database at URL is at."""
    with _connected(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def differences(url: str) -> list[Any]:
    """What the models say and the database at URL does not have, as Alembic's operations."""
    with _connected(url) as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": is_ours, "compare_type": True, "compare_server_default": True},
        )
        return list(compare_metadata(context, db.metadata))


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Leave the queue's own tables alone: its library brings and upgrades them."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def queue_schema() -> str:
    """The queue's tables and functions, as its library ships them."""
    return SchemaManager.get_schema()


def run_script(script: str) -> None:
    """Within a migration: run a script of many statements as it is, past parameter markers."""
    op.get_bind().connection.driver_connection.execute(script)  # type: ignore[union-attr]


def drop_queue() -> None:
    """Within a migration: take away everything that ``queue_schema`` made."""
    names = [f"{kind} {name}" for kind, name in op.get_bind().execute(text(_QUEUE_OBJECTS)).all()]
    for name in names:
        op.execute(text(f"DROP {name} CASCADE"))


_QUEUE_OBJECTS = """
SELECT 'TABLE IF EXISTS', relname::text FROM pg_class
 WHERE relkind = 'r' AND relname LIKE 'procrastinate\\_%'
UNION ALL
SELECT 'FUNCTION IF EXISTS', oid::regprocedure::text FROM pg_proc
 WHERE proname LIKE 'procrastinate\\_%' AND prokind = 'f'
UNION ALL
SELECT 'TYPE IF EXISTS', typname::text FROM pg_type
 WHERE typname LIKE 'procrastinate\\_%' AND typtype IN ('e', 'c') AND typrelid = 0
    OR typname LIKE 'procrastinate\\_%' AND typtype = 'c' AND EXISTS (
       SELECT 1 FROM pg_class WHERE pg_class.oid = typrelid AND relkind = 'c')
ORDER BY 1 DESC
"""


def _alembic() -> AlembicConfig:
    return AlembicConfig(ROOT / "alembic.ini")


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _run(url: str, action: Callable[[AlembicConfig], object]) -> None:
    with _connected(url) as connection:
        alembic = _alembic()
        alembic.attributes["connection"] = connection
        action(alembic)
        connection.commit()
