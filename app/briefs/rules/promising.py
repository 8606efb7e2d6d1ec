"""The promise to keep something confidential: its words, and what names exactly these words."""

import uuid
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.briefs.rules.shape import digest_of, text_of
from app.briefs.rules.words import Nda
from app.kernel.localized import LocalizedText

FILE = Path(__file__).parent / "data" / "nda.yaml"


@cache
def standard_versions() -> tuple[LocalizedText, ...]:
    """The house's own words in all their versions, oldest first. Published ones never change."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))["versions"]
    return tuple(LocalizedText(row["words"]) for row in rows)


def promise(raw: Mapping[str, Any], company: LocalizedText) -> LocalizedText | None:
    """What has to be accepted before the confidential part of RAW opens; None: nothing."""
    match Nda(raw["nda"]):
        case Nda.NONE:
            return None
        case Nda.OWN:
            return text_of(raw, "nda_words") or None
        case Nda.STANDARD:
            words, title = standard_versions()[-1], text_of(raw, "title")
            return LocalizedText(
                {
                    code: template.replace("{company}", company.in_language(code)).replace(
                        "{title}", title.in_language(code)
                    )
                    for code, template in words.items()
                }
            )


def promise_digest(brief_id: uuid.UUID, words: LocalizedText) -> str:
    """SHA-256 that names WORDS for one brief: who accepted other words accepted something else."""
    return digest_of({"brief": str(brief_id), "words": dict(words)})
