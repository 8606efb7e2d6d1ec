"""Alembic's environment: the models of all rooms, on the connection that app.kernel.schema opens."""

from alembic import context

from app.factory import import_models
from app.kernel import schema
from app.kernel.database import db

import_models()
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=db.metadata,
    include_name=schema.is_ours,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
