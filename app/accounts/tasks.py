"""What the worker does for this room: forgetting what nobody needs."""

from app.accounts.operations import oauth, sign_ins, throttling
from app.kernel.jobs import task


@task(periodic="23 3 * * *")
def forget(*, timestamp: int) -> None:
    """Every night: old tries, used codes, long ended sign-ins."""
    throttling.forget_old_tries()
    oauth.forget_old_codes()
    sign_ins.forget_old_sign_ins()
