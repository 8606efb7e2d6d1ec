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
    newest_version,
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
from app.catalog.queries.editing import (
    CourseInCluster,
    EditedCluster,
    cluster_rows,
    courses_elsewhere,
    courses_of,
    organisations_to_name,
    rules_of,
)
from app.catalog.queries.imports import import_visible_to, imports_into

__all__ = [
    "Checked", "ClusterRow", "CourseInCluster", "CourseRow", "DraftProblem", "EditedCluster",
    "LabSources", "all_clusters", "check_draft", "cluster", "cluster_rows", "clusters", "course",
    "course_edited_by", "course_of_draft", "course_version", "course_versions", "courses_edited_by",
    "courses_elsewhere", "courses_of", "draft_of", "exported_files", "file_item",
    "import_visible_to", "imports_into", "lab_sources", "laid_out", "latest_version",
    "latest_versions", "newest_version", "organisations_to_name", "picture_type", "read_files",
    "review_comments", "rules_of", "source_of", "versions_of",
]  # fmt: skip
