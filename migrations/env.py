"""Alembic's environment: the models of all rooms, on the configured database."""

import os

from alembic import context
from sqlalchemy import create_engine, pool

from app.factory import create_app
from app.kernel.config import Config
from app.kernel.database import db


def mine(name: str | None, kind: str, parents: object) -> bool:
    """Leave the queue's own tables alone: its library brings and upgrades them."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _migrate(connection)
        return
    app = create_app(Config.from_environ(os.environ))
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        _migrate(connection)
    engine.dispose()


def _migrate(connection: object) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        include_name=mine,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
