"""Jobs of applications."""

from app.applications import operations
from app.kernel.jobs import task


@task(retry=0, periodic="* * * * *")
def end_offers(timestamp: int) -> None:
    """Every minute: offers whose time has come end, and those that end soon are reminded of."""
    operations.expire_offers()
    operations.remind_of_offers()
