"""Passwords: how they are kept (Argon2id) and which ones are too easy."""

import re
import unicodedata

import argon2

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = [
    "LONGEST",
    "SHORTEST",
    "hash_password",
    "needs_rehash",
    "verify_password",
    "weakness_of",
]

SHORTEST = 10
LONGEST = 200

# OWASP Password Storage Cheat Sheet (2024): Argon2id with 19 MiB, 2 iterations, 1 lane. A class of
# sixty that signs in at nine o'clock stays within the memory of a small machine.
_hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# Cores of the passwords that appear most often in published leaks; what people put around them
# (years, digits, "!") does not make them rare.
_COMMON_CORES = frozenset(
    """
    password passw0rd passwort motdepasse contrasena qwerty qwertyuiop qwertzuiop azerty asdfgh
    asdfghjkl zxcvbn zxcvbnm iloveyou iloveu loveyou letmein welcome monkey dragon football baseball
    basketball princess sunshine superman batman master shadow michael jordan jennifer charlie
    computer internet samsung google facebook changeme default administrator admin administrador
    root toor guest test testing tester secret access whatever trustno starwars pokemon ashley
    nicole daniel hello helloworld freedom ninja mustang summer winter spring autumn taiwan taipei
    kaohsiung tainan student teacher school university banyan jupyter jupyterhub python login
    woaini aini qazwsx qazwsxedc abc abcd abcde abcdef abcdefg abcdefgh love baby angel lovely
    killer pepper hunter buster soccer hockey tigger maggie george thomas robert matthew
    """.split()  # noqa: SIM905 (a wrapped paragraph is easier to extend than a list)
)
_RUNS = (
    "0123456789012345678909876543210987654321",
    "abcdefghijklmnopqrstuvwxyzzyxwvutsrqponmlkjihgfedcba",
    "qwertyuiopasdfghjklzxcvbnmmnbvcxzlkjhgfdsapoiuytrewq",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)
_LEET = str.maketrans("013457@$!", "oleastasi")


def hash_password(password: str) -> str:
    """The Argon2id hash of PASSWORD, with its parameters and salt."""
    return _hasher.hash(_prepared(password))


def verify_password(kept: str | None, password: str) -> bool:
    """Whether PASSWORD is what KEPT is the hash of.

    Without a hash the answer is False after the same work, so that time does not tell whether
    an account exists.
    """
    try:
        _hasher.verify(kept or _NOBODYS_HASH, _prepared(password))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
    return kept is not None


def needs_rehash(kept: str) -> bool:
    """Whether KEPT was made with older parameters."""
    return _hasher.check_needs_rehash(kept)


def weakness_of(password: str, *, name: str = "", email: str = "") -> LazyText | None:
    """Why PASSWORD is too easy for this person, or None when it will do.

    Follows NIST SP 800-63B section 5.1.1.2: length, a check against common and personal words, no
    rules about kinds of characters.
    """
    if len(password) < SHORTEST:
        return _l("Use at least %(count)s characters.", count=SHORTEST)
    if len(password) > LONGEST:
        return _l("Use at most %(count)s characters.", count=LONGEST)
    folded = unicodedata.normalize("NFKC", password).lower()
    if len(set(folded)) < 5:
        return _l("This repeats too few characters. Try three or four unrelated words.")
    if _is_run(folded):
        return _l("This follows the keyboard or the alphabet. Try three or four unrelated words.")
    for core in (re.sub(r"[\W\d_]+", "", folded), _core(folded).translate(_LEET)):
        if core in _COMMON_CORES or _is_repeated_common(core):
            return _l("This is among the passwords tried first. Try three or four unrelated words.")
    rest = folded
    for word in _personal_words(name, email):
        rest = rest.replace(word, "")
    if rest != folded and len(rest) < 6:
        return _l("This is mostly your name or mail address. Try three or four unrelated words.")
    return None


def _prepared(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode()


def _core(folded: str) -> str:
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)


def _is_run(folded: str) -> bool:
    halves = (folded, folded[: len(folded) // 2 + 1])
    return any(half in run * 2 for run in _RUNS for half in halves)


def _is_repeated_common(core: str) -> bool:
    return any(
        core == core[:size] * (len(core) // size) and core[:size] in _COMMON_CORES
        for size in range(3, len(core) // 2 + 1)
        if len(core) % size == 0
    )


def _personal_words(name: str, email: str) -> list[str]:
    local, _at, domain = email.lower().partition("@")
    words = re.split(r"[\W_]+", f"{name.lower()} {local} {domain.rpartition('.')[0]}")
    words += ["".join(name.lower().split()), local]
    return sorted({word for word in words if len(word) >= 3}, key=len, reverse=True)


_NOBODYS_HASH = hash_password("nobody has this password")
