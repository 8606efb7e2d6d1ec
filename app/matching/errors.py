"""What the library refuses."""

__all__ = ["MatchingError"]


class MatchingError(ValueError):
    """A round that contradicts itself, or a change of something that is not in it.

    The message is one English sentence for whoever calls the library; people never meet it,
    because a room checks what they enter.
    """
