"""Jobs of the gradebook."""

import uuid

from app.gradebook.operations.releases import tell_of_release as tell
from app.kernel.jobs import task


@task()
def tell_of_release(
    *, section_id: str, keys: list[str], batch_id: str, after: str | None = None
) -> None:
    """Tell some of the students whose grades were released."""
    tell(uuid.UUID(section_id), keys, uuid.UUID(batch_id), uuid.UUID(after) if after else None)
