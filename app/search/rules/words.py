"""How texts become lexemes: Chinese in pairs of characters, everything else word by word.

Chinese is written without spaces, so every pair of neighbouring characters becomes a lexeme, and
the last character of a run one of its own: whatever stands in a run is found by its pairs, and a
single character as the beginning of one. ``docs/decisions/0014`` says what was measured.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

HAN = (
    "\u3005\u3007\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
"""What is written without spaces: Han, kana, bopomofo, hangul."""
LONGEST_BODY = 40_000
"""Characters of a document's body in one language that are searched."""
LAST_POSITION = 16_383
"""PostgreSQL counts no further within a tsvector."""
MOST_POSITIONS = 255
LONGEST_WORD = 60

_VARIANTS = str.maketrans(
    "臺裏着峯羣牀麪綫爲啓説衆敎溫眞淸靑", "台裡著峰群床麵線為啟說眾教温真清青"
)
"""Ways to write the same character that people in Taiwan mix."""
_TOKENS = re.compile(rf"([{HAN}]+)|([^\W_{HAN}]+)")
_BESIDE_HAN = re.compile(
    rf"(?<=[{HAN}])(?=\s)[^\S\n]*\n?[^\S\n]*(?=[^\W_])"
    rf"|(?<=[^\W_])(?=\s)[^\S\n]*\n?[^\S\n]*(?=[{HAN}])"
)
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r"\s*\n\s*")


def normalised(text: str) -> str:
    """TEXT as it is compared: NFKC, small letters without accents, one way to write a character.

    Spaces and single line breaks beside Chinese are dropped, because writers put them where they
    like; an empty line stays a line break, over which nothing is joined.
    """
    text = unicodedata.normalize("NFKC", text.replace("\0", "")).casefold().translate(_VARIANTS)
    if not text.isascii():
        text = _without_accents(text)
    text = _BESIDE_HAN.sub("", text)
    return _SPACES.sub(" ", _BREAKS.sub("\n", text)).strip()


def _without_accents(text: str) -> str:
    # Only Latin: Japanese and Korean letters come apart as well, and would not be found again.
    return re.sub(
        "[\u00c0-\u024f\u1e00-\u1eff]",
        lambda letter: "".join(
            part
            for part in unicodedata.normalize("NFD", letter[0])
            if not "\u0300" <= part < "\u0370"
        ),
        text,
    )


def parts(text: str) -> Iterator[tuple[str, bool]]:
    """The words of a normalised text in order, and whether each is a run of Chinese."""
    for found in _TOKENS.finditer(text):
        yield found[0], found[1] is not None


def pairs(run: str) -> list[str]:
    """The neighbours in RUN; a single character stays alone."""
    return [run[n : n + 2] for n in range(len(run) - 1)] or [run]


def lexemes(text: str) -> Iterator[str]:
    """What is stored of a normalised text."""
    for word, is_run in parts(text):
        if not is_run:
            yield word[:LONGEST_WORD]
            continue
        if len(word) > 1:
            yield from pairs(word)
        yield word[-1]


def latin(text: str) -> str:
    """The words of a normalised text that PostgreSQL stems."""
    return " ".join(word[:LONGEST_WORD] for word, is_run in parts(text) if not is_run)


def ts_vector(texts: Iterable[tuple[str, str]]) -> str:
    """A ``tsvector`` literal of (normalised text, weight A to D)."""
    found: dict[str, list[str]] = {}
    position = 0
    for text, weight in texts:
        for lexeme in lexemes(text):
            position = min(position + 1, LAST_POSITION)
            places = found.setdefault(lexeme, [])
            if len(places) < MOST_POSITIONS:
                places.append(f"{position}{weight}")
    # Lexemes are letters and digits only, so nothing in them has to be escaped.
    return " ".join(f"'{lexeme}':{','.join(places)}" for lexeme, places in found.items())
