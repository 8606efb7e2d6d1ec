"""Words of needs, what makes two pain points resemble each other, and how far one reaches."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import combinations

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText

TITLE_LETTERS = 200
TEXT_LETTERS = 10_000
SHORT_LETTERS = 120
REASON_LETTERS = 500
MOST_FIGURES = 20
MOST_RECORDING_BYTES = 25 * 2**20
RECORDINGS = {
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".pdf": "application/pdf",
}
"""What a recording may be called, and what it is served as; a PDF is a transcript."""


class Source(StrEnum):
    """Where a need comes from."""

    INTERVIEW = "interview"
    OWN_WORDS = "own_words"
    """The company wrote it itself."""


SOURCE_NAMES: dict[Source, LazyText] = {
    Source.INTERVIEW: _l("Needs interview"),
    Source.OWN_WORDS: _l("The company’s own words"),
}


class RecordingConsent(StrEnum):
    NOT_ASKED = "not_asked"
    GIVEN = "given"
    REFUSED = "refused"


RECORDING_CONSENT_NAMES: dict[RecordingConsent, LazyText] = {
    RecordingConsent.NOT_ASKED: _l("Not recorded"),
    RecordingConsent.GIVEN: _l("Agreed to be recorded"),
    RecordingConsent.REFUSED: _l("Refused to be recorded"),
}


class Measure(StrEnum):
    """What a pain point costs."""

    TIME = "time"
    COST = "cost"
    QUALITY = "quality"
    WASTE = "waste"


MEASURE_NAMES: dict[Measure, LazyText] = {
    Measure.TIME: _l("Working time"),
    Measure.COST: _l("Money"),
    Measure.QUALITY: _l("Quality"),
    Measure.WASTE: _l("Waste"),
}

TECHNOLOGIES: dict[str, LazyText] = {
    "vision": _l("Computer vision"),
    "forecasting": _l("Forecasting"),
    "language": _l("Language models"),
    "speech": _l("Speech"),
    "recommendation": _l("Recommendation"),
    "optimisation": _l("Scheduling and optimisation"),
    "anomalies": _l("Finding anomalies"),
    "sensors": _l("Sensors and the internet of things"),
    "robotics": _l("Robotics"),
    "data": _l("Collecting and joining data"),
}

COLUMNS = (
    *("number", "company", "tax_id", "contact", "held_on", "place", "county", "industry"),
    *("process", "title_zh", "title_en", "description_zh", "description_en", "step", "measure"),
    *("now", "target", "unit", "industries", "technologies", "companies", "people"),
)
"""Of lists as files, out and in."""

SIMILAR_FROM = 0.30
"""Dice coefficient from which a pain point is proposed as the same as another."""


@dataclass(frozen=True)
class Reach:
    """How far a pain point goes, with everything that was merged into it."""

    companies: int
    """Companies that have it; an association may speak for several."""
    people: int
    """Their people whose work it touches, where that was said."""
    records: int
    """How many records tell of it."""


def grams(*texts: str) -> frozenset[str]:
    """What texts are compared by: pairs of neighbouring Chinese characters, triples of letters.

    >>> sorted(grams("剩食"))
    ['剩食']
    """
    found: set[str] = set()
    folded = unicodedata.normalize("NFKC", " ".join(texts)).casefold()
    for run in re.findall(r"[\u3400-\u9fff]+|[a-z0-9]+", folded):
        size = 3 if run[0].isascii() else 2
        if len(run) <= size:
            found.add(run)
        else:
            found.update(run[at : at + size] for at in range(len(run) - size + 1))
    return frozenset(found)


def similarity(one: Collection[str], other: Collection[str]) -> float:
    """Sørensen–Dice coefficient of two sets of grams: 0 nothing in common, 1 the same."""
    if not one or not other:
        return 0.0
    return 2 * len(set(one) & set(other)) / (len(set(one)) + len(set(other)))


def alike_pairs(sets: Sequence[Collection[str]], *, common: int) -> list[tuple[int, int, float]]:
    """Pairs of places in SETS whose similarity is at least SIMILAR_FROM, the most alike first.

    A gram that more than COMMON of them have does not make a pair, but counts in its similarity.
    """
    kept = [frozenset(grams) for grams in sets]
    places: dict[str, list[int]] = {}
    for at, grams in enumerate(kept):
        for gram in grams:
            places.setdefault(gram, []).append(at)
    shared: Counter[tuple[int, int]] = Counter()
    for those in places.values():
        if len(those) <= common:
            shared.update(combinations(those, 2))
    found = [
        (one, other, how)
        for (one, other), count in shared.items()
        # Cheap first: what is not shared in rare grams cannot be much more alike by common ones.
        if count >= 2 and (how := similarity(kept[one], kept[other])) >= SIMILAR_FROM
    ]
    return sorted(found, key=lambda row: (-row[2], row[0], row[1]))


def number_name(value: Decimal | None) -> str:
    """A measured value as people write it: 1,200, 3.5, without a tail of zeros."""
    if value is None:
        return ""
    text = f"{value.normalize():,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def outcome(
    measure: Measure, now: Decimal | None, target: Decimal | None, unit: str
) -> LocalizedText | None:
    """What a project is to reach, in both languages; None when no target was said."""
    if target is None:
        return None
    chinese, english = _MEASURE_WORDS[measure]
    goal = f"{number_name(target)} {unit}".strip()
    if now is None:
        return LocalizedText({"zh-Hant-TW": f"{chinese}達到 {goal}", "en": f"{english}: {goal}"})
    before = f"{number_name(now)} {unit}".strip()
    return LocalizedText(
        {
            "zh-Hant-TW": f"{chinese}從 {before} 改善為 {goal}",
            "en": f"{english}: from {before} to {goal}",
        }
    )


_MEASURE_WORDS = {
    Measure.TIME: ("工時", "Working time"),
    Measure.COST: ("成本", "Money"),
    Measure.QUALITY: ("品質", "Quality"),
    Measure.WASTE: ("浪費", "Waste"),
}
