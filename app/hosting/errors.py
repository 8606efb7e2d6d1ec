"""The one exception family of this room; every message is a sentence for an operator."""

__all__ = ["HostingError"]


class HostingError(Exception):
    """The machine cannot do what was asked; ``message`` says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
