"""How this room's words look."""

from flask import Flask

from app.kernel.i18n import LazyText
from app.learning.rules import (
    AUTHORISATION_NAMES,
    KIND_NAMES,
    STAFF_NAMES,
    WAY_NAMES,
    Authorisation,
    OfferingKind,
    StaffRole,
    Way,
)


def offering_kind(value: OfferingKind) -> LazyText:
    return KIND_NAMES[value]


def authorisation_name(value: Authorisation) -> LazyText:
    return AUTHORISATION_NAMES[value]


def way_name(value: Way) -> LazyText:
    return WAY_NAMES[value]


def staff_role(value: StaffRole) -> LazyText:
    return STAFF_NAMES[value]


def init_app(app: Flask) -> None:
    for function in (offering_kind, authorisation_name, way_name, staff_role):
        app.jinja_env.filters[function.__name__] = function
