"""Secrets of an installation: one file each under ``instance/secrets``, made on first use."""

import os
import secrets as random_secrets
from pathlib import Path

NAMES = (
    "secret_key",
    "hub_api_token",
    "hub_client_secret",
    "hub_cookie_secret",
    "hub_crypt_key",
    "proxy_auth_token",
    "postgres_password",
    "metrics_token",
)
"""Every secret of an installation. Programs that cannot import the house read the same files."""


def make_all(instance: Path) -> None:
    """Make the secrets that are not there yet."""
    for name in NAMES:
        secret(instance, name)


def secret(instance: Path, name: str) -> str:
    """Return the secret NAME of this installation, creating it when it does not exist.

    Files are mode 600 in a folder of mode 700. Two processes that start together agree: whoever
    creates the file first wins (``O_EXCL``) and the other reads it.
    """
    folder = instance / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        draft = folder / f".{name}.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(random_secrets.token_hex(32))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
