"""Alembic's environment: the models of all rooms, on the connection of app.kernel.schema."""

from alembic import context
from sqlalchemy import Enum

from app.factory import import_models
from app.kernel import schema
from app.kernel.database import db
from app.kernel.localized import Localized

import_models()


def render(kind: str, value: object, autogen_context: object) -> str | bool:
    """Write our column types as what they are in the database, so that a migration never changes
    its meaning when the code does."""
    if kind == "type" and isinstance(value, Localized):
        return "postgresql.JSONB()"
    if kind == "type" and isinstance(value, Enum):
        return f"sa.String(length={value.length})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=db.metadata,
    include_name=schema.is_ours,
    render_item=render,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
