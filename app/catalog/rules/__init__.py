"""Words and pure functions of the catalogue."""

from app.catalog.rules.words import (
    INDUSTRIES,
    LEVELS,
    PICTURE_TYPES,
    ItemForm,
    ItemKind,
    NodeKind,
    picture_type,
)

__all__ = [
    "INDUSTRIES", "LEVELS", "PICTURE_TYPES", "ItemForm", "ItemKind", "NodeKind", "picture_type",
]  # fmt: skip
