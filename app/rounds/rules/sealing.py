"""The seed of a round: drawn by the site, sealed until the ranking is closed.

What stands in the database opens only with the secret key of the installation, which no copy of the
database holds, and only for the round that it was sealed for.
"""

import base64
import json

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.matching import new_seed, seed_hash

__all__ = ["Broken", "draw_sealed", "unseal"]


class Broken(Exception):
    """The seal does not open, or what it holds is not the seed whose hash was published.

    The message names neither the seed nor the seal: it is logged.
    """


def draw_sealed(secret_key: str, round_key: str) -> tuple[str, str]:
    """A new seed of the round with the key ROUND_KEY: (its hash, the sealed seed)."""
    seed = new_seed()
    text = json.dumps({"round": round_key, "seed": seed})
    return seed_hash(seed), _box(secret_key).encrypt(text.encode()).decode()


def unseal(secret_key: str, round_key: str, sealed: str, published_hash: str) -> str:
    """The seed of a closed round. Raises Broken."""
    try:
        kept = json.loads(_box(secret_key).decrypt(sealed.encode()))
    except (InvalidToken, ValueError):
        raise Broken("The sealed seed does not open with this secret key.") from None
    if kept["round"] != round_key or seed_hash(kept["seed"]) != published_hash:
        raise Broken("The sealed seed is not the one whose hash was published.")
    return str(kept["seed"])


def _box(secret_key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"banyan: seeds of rounds").derive(
        secret_key.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
