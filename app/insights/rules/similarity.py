"""Which works resemble each other: winnowed fingerprints of their code. Pure.

Schleimer, Wilkerson and Aiken, Winnowing, SIGMOD 2003, as the library copydetect has it: names
become one letter, texts another, comments and space vanish, so that renaming and reformatting
change nothing. The library is imported when it is first needed: it draws in a plotting library.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from app.insights.rules.documents import Piece

__all__ = ["Comparison", "Part", "Resemblance", "Span", "Work", "compare", "fingerprints"]

GRAM = 25
"""So many characters of filtered code make a fragment: copydetect's own default."""
WINDOW = 4
"""Every run of GRAM + WINDOW - 1 characters that two works share is found."""
LEAST_COMMON = 4
"""Fragments of more works than this may be common to the class, however small it is."""
COMMON_SHARE = 0.25
LEAST_LENGTH = 60
"""Filtered characters that a work must have of its own, and a pair must share, to be compared."""
THRESHOLD = 0.4
MOST_PAIRS = 500
COLUMNS = 4096

Span = tuple[int, int, int]
"""Number of the piece, and from where to where in its text."""


@dataclass(frozen=True)
class Part:
    """A run of code in one work that the other work has too."""

    span: Span
    other: int
    """The first part of the other work that holds it, by its place in that work's list."""


@dataclass(frozen=True)
class Resemblance:
    """Two works with much in common. Shares are of what each has beside common code, 0 to 1."""

    first: int
    second: int
    share_of_first: float
    share_of_second: float
    parts_of_first: tuple[Part, ...]
    parts_of_second: tuple[Part, ...]

    @property
    def share(self) -> float:
        """The greater of both: a short work may be within a long one."""
        return max(self.share_of_first, self.share_of_second)


@dataclass(frozen=True)
class Comparison:
    """What comes of comparing works."""

    pairs: tuple[Resemblance, ...]
    """The most alike first, at most MOST_PAIRS."""
    compared: tuple[int, ...]
    """Works that had enough code of their own."""
    common: tuple[tuple[Span, ...], ...]
    """Of each work: what more than a quarter of all works have too."""


@dataclass
class Work:
    """One work's fingerprints: where each fragment is in its filtered code."""

    places: list[tuple[int, int]] = field(default_factory=list)
    """For each filtered character: its piece and where its text begins there."""
    ends: list[int] = field(default_factory=list)
    """Where that text ends."""
    fragments: dict[int, list[int]] = field(default_factory=dict)


def fingerprints(
    pieces: Sequence[Piece], *, every: bool = False, known: dict[str, Any] | None = None
) -> Work:
    """PIECES as a Work. EVERY: all fragments instead of the winnowed, for what is to be taken out.

    KNOWN remembers texts that were read already; pass the same for many works. Each piece is read
    for itself: one that is no valid code does not spoil the others.
    """
    known = {} if known is None else known
    work = Work()
    for number, piece in enumerate(pieces):
        key = f"{every}{piece.text}"
        if key not in known:
            known[key] = _read(piece.text, 1 if every else WINDOW)
        begins, ends, found = known[key]
        offset = len(work.places)
        work.places += [(number, begin) for begin in begins]
        work.ends += ends
        for value, place in found:
            work.fragments.setdefault(value, []).append(offset + place)
    return work


def _read(text: str, window: int) -> tuple[list[int], list[int], list[tuple[int, int]]]:
    from copydetect.utils import hashed_kgrams, winnow

    filtered: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    for begin, source, code in _filtered(text):
        filtered.append(code)
        whole = len(code) != len(source)
        for n in range(len(code)):
            begins.append(begin if whole else begin + n)
            ends.append(begin + len(source) if whole else begin + n + 1)
    code = "".join(filtered)
    if len(code) < GRAM:
        return begins, ends, []
    hashes, places = winnow(hashed_kgrams(code, k=GRAM), min(window, len(code) - GRAM + 1), False)
    return begins, ends, list(zip(hashes.tolist(), places.tolist(), strict=True))


def _filtered(text: str) -> Iterator[tuple[int, str, str]]:
    """Each token of Python: where it begins, as it is, and as it is compared.

    As copydetect's filter_code, which loses its place behind classes and blank first lines.
    """
    from pygments.token import Comment, Literal, Name, Text

    names = {Name, Name.Variable, Name.Attribute}
    for begin, kind, source in _lexer().get_tokens_unprocessed(text):
        if kind in Text or kind in Comment:
            continue
        if kind in names:
            yield begin, source, "V"
        elif kind in Name.Function:
            yield begin, source, "F"
        elif kind in Name.Class:
            yield begin, source, "O"
        elif kind in Literal.String and kind not in Literal.String.Affix:
            yield begin, source, '"' if source in ("'", '"') else "S"
        else:
            yield begin, source, source


@cache
def _lexer() -> Any:
    from pygments.lexers.python import PythonLexer

    return PythonLexer()


def compare(
    works: Sequence[Work],
    released: Work,
    is_apart: Callable[[int, int], bool] = lambda first, second: True,
    progress: Callable[[int], None] = lambda done: None,
) -> Comparison:
    """Which of WORKS resemble each other beside what was RELEASED to everybody.

    IS_APART says of two places in WORKS whether they are compared at all (not for one team's).
    PROGRESS is told how many works are done with, now and then.
    """
    given = released.fragments.keys()
    counts: Counter[int] = Counter()
    for work in works:
        counts.update(work.fragments.keys() - given)
    limit = max(LEAST_COMMON, COMMON_SHARE * len(works))
    common = {value for value, count in counts.items() if count > limit}
    own = [
        {v: p for v, p in work.fragments.items() if v not in given and v not in common}
        for work in works
    ]
    lengths = [_length(fragments.values()) for fragments in own]
    compared = [n for n, length in enumerate(lengths) if length >= LEAST_LENGTH]
    shared = {v for n in compared for v in own[n] if counts[v] > 1}
    pairs: list[Resemblance] = []
    for first, others in _candidates(own, compared, sorted(shared)):
        for second in others:
            if is_apart(first, second):
                found = _resemblance(works, own, lengths, first, second)
                if found is not None:
                    pairs.append(found)
        progress(first + 1)
    pairs.sort(key=lambda pair: (-pair.share, -len(pair.parts_of_first), pair.first, pair.second))
    return Comparison(
        tuple(pairs[:MOST_PAIRS]),
        tuple(compared),
        tuple(
            tuple(
                part.span
                for part in _parts(
                    work,
                    _slices([p for v, at in work.fragments.items() if v in common for p in at]),
                )
            )
            for work in works
        ),
    )


def _length(places: Iterable[Sequence[int]]) -> int:
    """How many characters the fragments at PLACES cover."""
    return sum(end - begin for begin, end in _slices([p for at in places for p in at]))


def _slices(places: Sequence[int]) -> list[tuple[int, int]]:
    from copydetect.utils import get_copied_slices

    if not places:
        return []
    begins, ends = get_copied_slices(sorted(places), GRAM)
    return list(zip(begins.tolist(), ends.tolist(), strict=True))


def _candidates(
    own: Sequence[dict[int, list[int]]], compared: Sequence[int], shared: Sequence[int]
) -> Iterator[tuple[int, list[int]]]:
    """For each of COMPARED the later ones that have enough fragments in common to look closer.

    One product of matrices instead of a look at every pair.
    """
    import numpy

    both: numpy.ndarray[Any, Any] = numpy.zeros((len(compared), len(compared)), numpy.float32)
    column = {value: n for n, value in enumerate(shared)}
    rows = [[column[v] for v in own[n] if v in column] for n in compared]
    for start in range(0, len(shared), COLUMNS):
        block = numpy.zeros((len(compared), COLUMNS), numpy.float32)
        for n, columns in enumerate(rows):
            block[n, [c - start for c in columns if start <= c < start + COLUMNS]] = 1
        both += block @ block.T
    sizes = numpy.array([len(own[n]) for n in compared], numpy.float32)
    least = numpy.minimum(sizes[:, None], sizes[None, :])
    # Half of the threshold: fragments overlap, so their share and that of the code differ.
    near = numpy.triu(both >= THRESHOLD / 2 * least, 1)
    for n, first in enumerate(compared):
        yield first, [compared[int(other)] for other in numpy.nonzero(near[n])[0]]


def _resemblance(
    works: Sequence[Work],
    own: Sequence[dict[int, list[int]]],
    lengths: Sequence[int],
    first: int,
    second: int,
) -> Resemblance | None:
    both = own[first].keys() & own[second].keys()
    slices = [_slices([p for v in both for p in own[n][v]]) for n in (first, second)]
    covered = [sum(end - begin for begin, end in found) for found in slices]
    shares = covered[0] / lengths[first], covered[1] / lengths[second]
    if min(covered) < LEAST_LENGTH or max(shares) < THRESHOLD:
        return None
    return Resemblance(
        first,
        second,
        *shares,
        _parts(works[first], slices[0], _meeting(both, own[first], own[second], slices)),
        _parts(works[second], slices[1], _meeting(both, own[second], own[first], slices[::-1])),
    )


def _meeting(
    both: Collection[int],
    mine: dict[int, list[int]],
    theirs: dict[int, list[int]],
    slices: Sequence[Sequence[tuple[int, int]]],
) -> list[int]:
    """For each of the slices of mine, the slice of theirs where its first fragment is too."""
    my_begins = [begin for begin, _end in slices[0]]
    their_begins = [begin for begin, _end in slices[1]]
    nearest = [(float("inf"), 0)] * len(my_begins)
    for value in both:
        other = bisect_right(their_begins, theirs[value][0]) - 1
        for place in mine[value]:
            n = bisect_right(my_begins, place) - 1
            nearest[n] = min(nearest[n], (place, other))
    return [other for _place, other in nearest]


def _parts(
    work: Work, slices: Sequence[tuple[int, int]], others: Sequence[int] | None = None
) -> tuple[Part, ...]:
    found: list[Part] = []
    for n, (begin, end) in enumerate(slices):
        piece, at = work.places[begin]
        found.append(Part((piece, at, work.ends[end - 1]), others[n] if others else 0))
    return tuple(found)
