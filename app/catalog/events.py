"""What happens in the catalogue."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class DraftPublished:
    """Somebody made a course's draft its next version, in the editor."""

    course_version_id: uuid.UUID
    by_id: uuid.UUID
