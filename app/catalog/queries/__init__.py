"""Reading: what is published, and drafts through the person who asks."""

from app.catalog.queries.catalogue import (
    ClusterRow,
    cluster,
    clusters,
    course_version,
    course_versions,
    file_item,
    latest_version,
    latest_versions,
    picture_type,
)
from app.catalog.queries.checking import (
    Checked,
    DraftProblem,
    LabSources,
    check_draft,
    course_of_draft,
    lab_sources,
    laid_out,
    read_files,
)
from app.catalog.queries.drafts import (
    CourseRow,
    all_clusters,
    course,
    course_edited_by,
    courses_edited_by,
    draft_of,
    exported_files,
    review_comments,
    source_of,
    versions_of,
)

__all__ = [
    "Checked", "ClusterRow", "CourseRow", "DraftProblem", "LabSources", "all_clusters",
    "check_draft", "cluster", "clusters", "course", "course_edited_by", "course_of_draft",
    "course_version", "course_versions", "courses_edited_by", "draft_of", "exported_files",
    "file_item", "lab_sources", "laid_out", "latest_version", "latest_versions", "picture_type",
    "read_files", "review_comments", "source_of", "versions_of",
]  # fmt: skip
