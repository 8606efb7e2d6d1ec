"""Writing: courses, their drafts, reviews and versions."""

from app.catalog.operations.courses import (
    CoursePlan,
    LastEditor,
    SlugTaken,
    add_editor,
    create_course,
    remove_editor,
)
from app.catalog.operations.publishing import Loaded, load_clusters, publish_course

__all__ = [
    "CoursePlan", "LastEditor", "Loaded", "SlugTaken", "add_editor", "create_course",
    "load_clusters", "publish_course", "remove_editor",
]  # fmt: skip
