"""What follows when grades of labs are held or released."""

import uuid
from collections.abc import Collection

from app.grading import queries
from app.grading.operations.submitting import topic
from app.kernel import live
from app.kernel.transaction import operation

__all__ = ["announce_release"]


@operation
def announce_release(section_id: uuid.UUID, slugs: Collection[str]) -> None:
    """Tell the open pages of everybody who handed in that they show something else now."""
    for person_id, slug in queries.people_who_handed_in(section_id, slugs):
        live.announce(topic(section_id, person_id, slug))
