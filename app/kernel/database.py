"""The one door to PostgreSQL. No other module imports Flask-SQLAlchemy."""

import enum
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BindParameter, DateTime, MetaData, bindparam, event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from app.kernel import clock
from app.kernel.ids import new_id

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


# Enums are stored as their values, in text columns: a new value needs no change of type.
TEXT_ENUM = sqlalchemy.Enum(
    enum.Enum,
    native_enum=False,
    length=30,
    values_callable=lambda kind: [member.value for member in kind],
)


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING_CONVENTION),
        type_annotation_map={datetime: DateTime(timezone=True), enum.Enum: TEXT_ENUM},
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)

NOW: BindParameter[datetime] = bindparam("now", callable_=clock.now, type_=DateTime(timezone=True))
"""The instant at which a statement is executed: for statements that are built once and kept."""


class Model(Base):
    """Base of every table: a UUIDv7 primary key."""

    __abstract__ = True

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)


def count_statements(engine: Engine, seen: Callable[[str], Any]) -> Callable[[], None]:
    """Call SEEN with the text of every statement sent to ENGINE; returns what ends it."""

    def listener(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen(statement)

    event.listen(engine, "before_cursor_execute", listener)
    return lambda: event.remove(engine, "before_cursor_execute", listener)


PREPARED_STATEMENTS = 300
"""Kept by each connection, the least used one goes first; the site has about as many."""


@event.listens_for(Engine, "connect")
def _keep_statements(connection: Any, _record: object) -> None:
    if hasattr(connection, "prepared_max"):
        connection.prepared_max = PREPARED_STATEMENTS
