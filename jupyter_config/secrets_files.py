"""Read the installation's secrets, one per file, made by the site on its first start."""

from __future__ import annotations

from pathlib import Path

__all__ = ["read_secret"]


def read_secret(instance: Path, name: str) -> str:
    """Return the secret ``name``. Raises RuntimeError with what to do when it is missing."""
    path = instance / "secrets" / name
    try:
        value = path.read_text().strip()
    except OSError as error:
        raise RuntimeError(
            f"The secret {path} cannot be read ({error.strerror}). The site makes it on its first"
            " start."
        ) from error
    if not value:
        raise RuntimeError(f"The secret {path} is empty: remove the file and start the site.")
    return value
