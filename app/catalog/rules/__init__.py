"""Words and pure functions of the catalogue."""

from app.catalog.rules.words import (
    LEVELS,
    PICTURE_TYPES,
    ItemForm,
    ItemKind,
    NodeKind,
    picture_type,
)
from app.kernel.industries import INDUSTRIES

__all__ = [
    "INDUSTRIES", "LEVELS", "PICTURE_TYPES", "ItemForm", "ItemKind", "NodeKind", "picture_type",
]  # fmt: skip
