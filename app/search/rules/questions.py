"""What somebody typed into the field, read so that nothing in it is an operator by accident."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.search.rules.words import HAN, LONGEST_WORD, normalised, pairs, parts

LONGEST = 200
MOST_TERMS = 16
_PHRASE = re.compile(r'["“”「『]([^"“”「」『』]+)["“”」』]')
_ONE_HAN = re.compile(rf"[{HAN}]\Z")


@dataclass(frozen=True)
class Question:
    """What is asked for: all of it has to stand in a document."""

    text: str = ""
    """As it is shown again, at most 200 characters."""
    words: tuple[str, ...] = ()
    """Not Chinese; the last of them may be only a beginning when OPEN."""
    runs: tuple[str, ...] = ()
    """Runs of Chinese, to be found as they stand."""
    phrases: tuple[str, ...] = ()
    """Normalised texts that were put in quotes."""
    is_open: bool = False
    """Whether the last word was typed last, outside quotes: it may go on."""

    def __bool__(self) -> bool:
        return bool(self.words or self.runs)

    @property
    def exact(self) -> tuple[str, ...]:
        """What pairs alone cannot tell from its scattered parts."""
        return (*(run for run in self.runs if len(run) > 2), *self.phrases)


def read(typed: str) -> Question:
    """Read what was TYPED. Anything is allowed; what is neither letter nor digit parts words."""
    text = " ".join("".join(c if c.isprintable() else " " for c in typed[:2000]).split())
    text = text[:LONGEST].strip()
    words: list[str] = []
    runs: list[str] = []
    phrases: list[str] = []
    rest, last_is_word = text, False
    for found in _PHRASE.finditer(text):
        phrase = normalised(found[1]).strip()
        if any(True for _part in parts(phrase)):
            phrases.append(phrase)
        _take(phrase, words, runs)
    rest = _PHRASE.sub(" ", text)
    for piece in rest.split():
        last_is_word = _take(normalised(piece), words, runs)
    ends_in_phrase = bool(text) and text[-1] in '"”」』' and bool(phrases)
    kept_words = tuple(dict.fromkeys(words))[:MOST_TERMS]
    return Question(
        text=text,
        words=kept_words,
        runs=tuple(dict.fromkeys(runs))[:MOST_TERMS],
        phrases=tuple(dict.fromkeys(phrases))[:MOST_TERMS],
        is_open=last_is_word and not ends_in_phrase and words[-1:] == list(kept_words[-1:]),
    )


def _take(text: str, words: list[str], runs: list[str]) -> bool:
    """Sort the parts of TEXT; whether the last of them is a word."""
    last_is_word = False
    for part, is_run in parts(text):
        (runs if is_run else words).append(part if is_run else part[:LONGEST_WORD])
        last_is_word = not is_run
    return last_is_word


def ts_query(question: Question, stems: Mapping[str, Sequence[str]]) -> str:
    """A ``tsquery`` literal. STEMS: what English makes of each word; nothing for its stop words.

    Stop words are left out unless there is nothing else.
    """
    terms = []
    for run in question.runs:
        if _ONE_HAN.match(run):
            terms.append(f"'{run}':*")
        else:
            terms += [f"'{pair}'" for pair in pairs(run)]
    words = [word for word in question.words if stems.get(word)] or (
        [] if terms else list(question.words)
    )
    for word in words:
        forms = {f"'{word}'", *(f"'{stem}'" for stem in stems.get(word, ()))}
        if question.is_open and word == question.words[-1]:
            forms.add(f"'{word}':*")
        terms.append(f"({' | '.join(sorted(forms))})")
    return " & ".join(dict.fromkeys(terms))
