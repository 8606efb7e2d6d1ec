"""What the library refuses."""

__all__ = ["VcError"]


class VcError(ValueError):
    """Input that is no credential of a kind we know, or that we decline to look at.

    The message is one English sentence for a technician; people are shown a sentence of the room
    that calls the library.
    """
