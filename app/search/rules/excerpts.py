"""Where a document says what was asked for, marked; everything else is escaped."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import takewhile

from markupsafe import Markup, escape

from app.search.rules.questions import Question
from app.search.rules.words import _VARIANTS, HAN, parts

BEFORE, LENGTH = 40, 220
_WORD_END = re.compile(r"\s")


@cache
def _fold() -> dict[int, int]:
    """Each character's comparable form where that is one character too: places stay the same."""
    table: dict[int, int] = dict(_VARIANTS)
    for code in (*range(0x80, 0x3400), *range(0xF900, 0x10000)):
        if 0xD800 <= code < 0xE000:
            continue
        plain = unicodedata.normalize("NFKC", chr(code)).casefold()
        letter = unicodedata.normalize("NFD", plain)[:1] if code < 0x1F00 else plain
        if len(plain) == 1 and letter != chr(code):
            table[code] = ord(letter)
    return table | {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def _pattern(question: Question, stems: Mapping[str, Sequence[str]]) -> re.Pattern[str] | None:
    forms = []
    for phrase in sorted({*question.phrases, *question.runs}, key=len, reverse=True):
        # Writers put spaces between Chinese and Latin where they like.
        pieces = [r"\s*".join(piece) if run else re.escape(piece) for piece, run in parts(phrase)]
        forms.append(r"[\W_]*".join(pieces))
    for word in question.words:
        # English makes “studi” of “studying”: what both begin with is in all forms.
        stem = min((_common(word, s) for s in stems.get(word, ())), key=len, default=word)
        stem = stem if len(stem) > 2 else word
        if len(word) > 1 or question.words == (word,):
            forms.append(rf"(?<![^\W_{HAN}]){re.escape(stem)}[^\W_{HAN}]*")
    return re.compile("|".join(forms)) if forms else None


def _common(one: str, other: str) -> str:
    """What both begin with."""
    equal = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return "".join(letter for letter, _same in equal)


def marked(text: str, question: Question, stems: Mapping[str, Sequence[str]]) -> Markup:
    """All of TEXT with what was asked for in <mark>."""
    pattern = _pattern(question, stems)
    return _mark(text, pattern) if pattern else escape(text)


def excerpt(text: str, question: Question, stems: Mapping[str, Sequence[str]]) -> Markup | None:
    """About 220 characters of TEXT around the first place that was asked for, or None."""
    pattern = _pattern(question, stems)
    found = pattern.search(text.translate(_fold())) if pattern else None
    if pattern is None or found is None:
        return None
    first = max(0, found.start() - BEFORE)
    if first:
        space = _WORD_END.search(text, first, found.start())
        first = space.end() if space else first
    last = min(len(text), max(first + LENGTH, found.end()))
    body = _mark(" ".join(text[first:last].split()), pattern)
    return Markup("{}{}{}").format("… " if first else "", body, " …" if last < len(text) else "")


def beginning(text: str) -> Markup:
    """The first words of TEXT, for hits whose title says it all."""
    short = " ".join(text[:LENGTH].split())
    return escape(short + (" …" if len(text) > LENGTH else ""))


def _mark(text: str, pattern: re.Pattern[str]) -> Markup:
    pieces, after = [], 0
    for found in pattern.finditer(text.translate(_fold())):
        if found.end() == found.start():
            continue
        pieces.append(escape(text[after : found.start()]))
        pieces.append(Markup("<mark>{}</mark>").format(text[found.start() : found.end()]))
        after = found.end()
    return Markup("").join([*pieces, escape(text[after:])])
