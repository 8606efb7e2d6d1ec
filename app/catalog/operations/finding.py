"""Keeping what people find in step with the catalogue, as the last step of each transaction."""

import uuid

from app.catalog.queries import finding
from app.kernel.transaction import before_commit
from app.search import operations as search

__all__ = ["cluster_changed", "draft_changed", "version_published"]


def cluster_changed(cluster_id: uuid.UUID) -> None:
    """Note that a cluster says something else."""
    before_commit(
        ("find cluster", cluster_id),
        lambda: search.put_all(finding.cluster_documents(cluster_id)),
    )


def version_published(course_id: uuid.UUID, cluster_id: uuid.UUID, version_id: uuid.UUID) -> None:
    """Note that a course has a new version; the first makes its cluster one that people see."""
    cluster_changed(cluster_id)

    def put() -> None:
        search.put_all(finding.course_documents(course_id))
        search.put_all(finding.item_documents(version_id))

    before_commit(("find version", version_id), put)


def draft_changed(course_id: uuid.UUID) -> None:
    """Note that somebody wrote in a draft."""

    def put() -> None:
        documents = list(finding.draft_documents(course_id))
        search.put_all(documents)
        search.remove_all(f"draft:{course_id}:", but=[document.key for document in documents])

    before_commit(("find draft", course_id), put)
