"""Where to go next, never to somebody else's site."""

from urllib.parse import urlsplit

from flask import request, url_for


def safe_next(default: str | None = None) -> str:
    """The ``next`` of this request when it is an address of this site, else DEFAULT or home."""
    wanted = request.values.get("next") or ""
    parts = urlsplit(wanted)
    if (
        wanted.startswith("/")
        and not wanted.startswith(("//", "/\\"))
        and not parts.netloc
        and not any(ord(letter) < 32 for letter in wanted)
    ):
        return wanted
    return default or url_for("web.home")
