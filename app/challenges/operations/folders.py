"""Challenges as folders: ``CLUSTER/COURSE/challenges/SLUG/challenge.yaml``, answers, a program.

A folder is a pattern: it is taken into a section, with dates of its own.
"""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from app.challenges.models import Challenge
from app.challenges.operations.writing import EvaluationSettings, Settings, create, publish
from app.challenges.rules import OWN, ShownSkill
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import LOCALES, speaking
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.learning.models import Section

ABOUT = "challenge.yaml"
KEYS = {
    "title", "summary", "description", "data", "attempts_per_day", "notebooks", "late", "days",
    "metric", "id", "target", "public_share", "seed", "kind", "higher", "skills",
}  # fmt: skip


class FolderInvalid(Refused):
    """A folder cannot be taken as it is; the message names the file."""


@operation
def load_folder(
    folder: Path, section: Section, *, opens_at: datetime | None = None, published: bool = False
) -> Challenge:
    """Take the challenge in FOLDER into SECTION; the one that is there already stays as it is.

    Raises FolderInvalid.
    """
    known = db.session.scalar(
        select(Challenge).where(Challenge.section_id == section.id, Challenge.slug == folder.name)
    )
    if known is not None:
        return known
    about = folder / ABOUT
    said = _read(about)
    begin = opens_at or clock.now()
    try:
        with speaking("en"):
            made = create(
                None,
                section,
                folder.name,
                Settings(
                    title=_both(said, "title", about),
                    summary=_both(said, "summary", about),
                    description=_both(said, "description", about),
                    opens_at=begin,
                    ends_at=begin + timedelta(days=_number(said, "days", 28, about)),
                    data=[str(name) for name in said.get("data") or []],
                    attempts_per_day=_number(said, "attempts_per_day", 5, about),
                    takes_notebooks=bool(said.get("notebooks", True)),
                    takes_late=bool(said.get("late", False)),
                    skills=_skills(said, about),
                ),
                EvaluationSettings(
                    metric=str(said.get("metric") or ""),
                    id_column=str(said.get("id") or ""),
                    target_column=str(said.get("target") or ""),
                    answers=_file(folder / "answers.csv"),
                    program=_file(folder / "evaluator.py") if said.get("metric") == OWN else None,
                    kind=said.get("kind"),
                    higher=said.get("higher"),
                    public_share=float(said.get("public_share", 0.3)),
                    seed=str(said["seed"]) if "seed" in said else None,
                ),
            )
            if published:
                publish(None, made)
            return made
    except FolderInvalid:
        raise
    except (Refused, ValueError, TypeError) as error:
        with speaking("en"):
            words = error.message if isinstance(error, Refused) else error
            raise FolderInvalid(f"{about}: {words}") from error


def _read(about: Path) -> dict[str, Any]:
    try:
        said: Any = yaml.safe_load(about.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FolderInvalid(f"{about}: there is no such file") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FolderInvalid(f"{about}: not valid YAML: {error}") from error
    if not isinstance(said, dict) or set(said) - KEYS:
        raise FolderInvalid(f"{about}: the keys are {', '.join(sorted(KEYS))}")
    return said


def _file(path: Path) -> bytes:
    if not path.is_file() or path.is_symlink():
        raise FolderInvalid(f"{path}: there is no such file")
    return path.read_bytes()


def _number(said: dict[str, Any], key: str, default: int, about: Path) -> int:
    value = said.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise FolderInvalid(f"{about}: '{key}' is a whole number from 1 on")
    return value


def _skills(said: dict[str, Any], about: Path) -> list[ShownSkill]:
    try:
        return [_skill(**row) for row in said.get("skills") or []]
    except (TypeError, ValueError, InvalidOperation) as error:
        raise FolderInvalid(
            f"{about}: 'skills' is a list of 'skill', 'reach', 'level' and 'weight'"
        ) from error


def _skill(*, skill: Any, reach: Any, level: Any = 1, weight: Any = 1) -> ShownSkill:
    return ShownSkill(str(skill), float(reach), int(level), Decimal(str(weight)))


def _both(said: dict[str, Any], key: str, about: Path) -> LocalizedText:
    texts = said.get(key)
    if not isinstance(texts, dict) or not all(
        isinstance(texts.get(code), str) and texts[code].strip() for code in LOCALES
    ):
        raise FolderInvalid(f"{about}: '{key}' must be written per language: {', '.join(LOCALES)}")
    return LocalizedText({code: texts[code].strip() for code in LOCALES})
