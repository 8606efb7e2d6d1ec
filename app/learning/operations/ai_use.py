"""What every rule about AI tools and every declaration has to be, whatever it belongs to."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.learning.rules.ai_use import MOST_DECLARED, MOST_WORDS, AiRule, AiUse, Declared

__all__ = [
    "BadAiRule",
    "BadDeclaration",
    "DeclarationMissing",
    "NotAsked",
    "ai_columns",
    "declared_columns",
    "follow",
    "hold_line",
    "tidy",
]


class BadAiRule(Refused):
    """What was said of AI tools cannot hold."""


class BadDeclaration(Refused):
    """What was said of the use of AI is not complete."""


class DeclarationMissing(Refused):
    message = _l("Say whether you used AI tools: it is asked for when you hand in.")


class NotAsked(Refused):
    message = _l("No declaration is asked for here.")


def ai_columns(wanted: AiRule) -> dict[str, Any]:
    """The columns of a row in which WANTED holds. Raises BadAiRule."""
    is_own = wanted.use is AiUse.OWN
    if is_own:
        words = wanted.words
        if words is None or len(words) < 2:
            raise BadAiRule(_l("Write your rule in Chinese and in English."))
        if max(map(len, words.values())) > MOST_WORDS:
            raise BadAiRule(_l("Use at most 2,000 characters."))
    return {
        "ai_use": wanted.use,
        "ai_words": wanted.words if is_own else None,
        "asks_declaration": wanted.use is AiUse.DECLARED or (is_own and wanted.asks_declaration),
    }


def declared_columns(rule: Any, declared: Declared) -> dict[str, Any]:
    """The columns of a row that keeps DECLARED under RULE. Raises BadDeclaration, NotAsked."""
    if rule is None or not rule.asks_declaration:
        raise NotAsked
    said = tidy(declared)
    return {"used": said.used, "tools": said.tools, "purpose": said.purpose}


def hold_line(key: str) -> None:
    """One at a time for KEY until the transaction ends."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def follow(last: Any | None, fields: Mapping[str, Any]) -> int | None:
    """End LAST, the rule that holds, and return the number of the one with FIELDS after it.

    None when LAST says just that; then it goes on. Call :func:`hold_line` first.
    """
    if last is None:
        return 1
    if all(getattr(last, name) == value for name, value in fields.items()):
        return None
    last.ended_at = clock.now()
    db.session.flush()
    return int(last.number) + 1


def tidy(declared: Declared) -> Declared:
    """DECLARED as it is kept. Raises BadDeclaration."""
    tools, purpose = _plain(declared.tools), _plain(declared.purpose)
    if not declared.used:
        return Declared(False)
    if not tools or not purpose:
        raise BadDeclaration(_l("Name the AI tools that you used, and say for what."))
    if max(len(tools), len(purpose)) > MOST_DECLARED:
        raise BadDeclaration(_l("Use at most 1,000 characters."))
    return Declared(True, tools, purpose)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\0", "").strip()
