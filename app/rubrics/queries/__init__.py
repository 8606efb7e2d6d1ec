"""Reads: rubrics, what they are attached to, judgements, kept comments."""

from app.rubrics.queries.comments import (
    comment_owned_by,
    comment_usable_by,
    comments,
    comments_for,
    tags_of,
)
from app.rubrics.queries.judging import (
    attached,
    drafts_of,
    judgement_history,
    judgements,
    use_count,
)
from app.rubrics.queries.rubrics import (
    PAGE_SIZE,
    RubricRow,
    attachable_versions,
    newest_version,
    organisations_to_share_with,
    rubric_edited_by,
    rubric_visible_to,
    rubrics,
    version_attachable_by,
    version_by_id,
    version_of,
    versions_of,
)

__all__ = [
    "PAGE_SIZE",
    "RubricRow",
    "attachable_versions",
    "attached",
    "comment_owned_by",
    "comment_usable_by",
    "comments",
    "comments_for",
    "drafts_of",
    "judgement_history",
    "judgements",
    "newest_version",
    "organisations_to_share_with",
    "rubric_edited_by",
    "rubric_visible_to",
    "rubrics",
    "tags_of",
    "use_count",
    "version_attachable_by",
    "version_by_id",
    "version_of",
    "versions_of",
]
