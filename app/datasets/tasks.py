"""Jobs of data sets."""

from app.datasets import operations
from app.kernel.jobs import task


@task(retry=0, periodic="23 4 * * *")
def forget_old_uploads(timestamp: int) -> None:
    """Every night: what nobody went on sending is taken away."""
    operations.forget_old_uploads()
