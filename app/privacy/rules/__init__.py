"""Purposes, notices and looks: what must be true of people's data, without a database."""

from app.privacy.rules.looks import LOOKS, Look, look_title, register_look
from app.privacy.rules.notices import NOTICE_ITEMS, Notice, ends_at, notices
from app.privacy.rules.purposes import (
    ACCOUNT,
    COMPANY,
    ENROLMENT,
    PORTFOLIO_TO_COMPANY,
    PURPOSES,
    Act,
    Purpose,
    register,
)
from app.privacy.rules.requests import (
    COOLING_OFF,
    EXPORT_LASTS,
    REQUEST_NAMES,
    RequestKind,
    due_after,
    receipt_digest,
)

__all__ = [
    "ACCOUNT",
    "COMPANY",
    "COOLING_OFF",
    "ENROLMENT",
    "EXPORT_LASTS",
    "LOOKS",
    "NOTICE_ITEMS",
    "PORTFOLIO_TO_COMPANY",
    "PURPOSES",
    "REQUEST_NAMES",
    "Act",
    "Look",
    "Notice",
    "Purpose",
    "RequestKind",
    "due_after",
    "ends_at",
    "look_title",
    "notices",
    "receipt_digest",
    "register",
    "register_look",
]
