"""Jobs of needs."""

from app.kernel.jobs import task
from app.needs.operations.recordings import forget_file


@task()
def forget_recording(*, address: str) -> None:
    """A while after consent was taken back or a recording was replaced, its file goes."""
    forget_file(address)
