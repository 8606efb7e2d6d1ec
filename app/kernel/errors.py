"""What a refusal looks like: an exception named after what happened, with words for the person."""

from app.kernel.i18n import LazyText


class Refused(Exception):
    """Base of every refusal that a person may read. ``message`` is in her language when shown."""

    message: LazyText | str

    def __init__(self, message: LazyText | str | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__(str(self.message))


class NotVisible(Exception):
    """What was asked for does not exist for this person."""
