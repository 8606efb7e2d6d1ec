"""What changed between two versions of a rubric, in words."""

from collections.abc import Sequence

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.rubrics.rules.shape import Criterion, Level, Scale, Scoring, plain

__all__ = ["SCORING_NAMES", "changes"]

SCORING_NAMES: dict[Scoring, LazyText] = {
    Scoring.LEVELS: _l("Levels with points"),
    Scoring.RANGES: _l("Levels, points within their range"),
    Scoring.POINTS: _l("Points only"),
    Scoring.NONE: _l("Feedback without points"),
}


def changes(old: Scale, new: Scale) -> list[LazyText]:
    """Every difference from OLD to NEW; none when they say the same."""
    found: list[LazyText] = []
    if old.title != new.title:
        found.append(_l("The title was “%(old)s”, now “%(new)s”.", old=old.title, new=new.title))
    if old.description != new.description:
        found.append(_l("The description was rewritten."))
    if old.scoring is not new.scoring:
        found.append(
            _l(
                "The scoring was “%(old)s”, now “%(new)s”.",
                old=SCORING_NAMES[old.scoring],
                new=SCORING_NAMES[new.scoring],
            )
        )
    before = {row.id: row for row in old.criteria}
    after = {row.id: row for row in new.criteria}
    found += [
        _l("“%(title)s” was taken out.", title=row.title)
        for name, row in before.items()
        if name not in after
    ]
    found += [
        _l("“%(title)s” was added.", title=row.title)
        for name, row in after.items()
        if name not in before
    ]
    if _is_reordered(old.criteria, new.criteria):
        found.append(_l("The criteria stand in another order."))
    for name, row in after.items():
        if name in before:
            found += _criterion(old, before[name], new, row)
    if old.maximum != new.maximum:
        found.append(
            _l(
                "The most that can be reached was %(old)s points, now %(new)s.",
                old=plain(old.maximum),
                new=plain(new.maximum),
            )
        )
    return found


def _criterion(old: Scale, was: Criterion, new: Scale, now: Criterion) -> list[LazyText]:
    found: list[LazyText] = []
    if was.title != now.title:
        found.append(_l("“%(old)s” is now called “%(new)s”.", old=was.title, new=now.title))
    if was.description != now.description:
        found.append(_l("“%(title)s”: the description was rewritten.", title=now.title))
    if old.maximum_of(was) != new.maximum_of(now):
        found.append(
            _l(
                "“%(title)s” was worth %(old)s points, now %(new)s.",
                title=now.title,
                old=plain(old.maximum_of(was)),
                new=plain(new.maximum_of(now)),
            )
        )
    if was.is_critical != now.is_critical:
        found.append(
            _l("“%(title)s” is critical now: failing it fails the whole.", title=now.title)
            if now.is_critical
            else _l("“%(title)s” is no longer critical.", title=now.title)
        )
    elif was.least != now.least:
        found.append(_l("“%(title)s”: what fails it has changed.", title=now.title))
    return found + _levels(was, now)


def _levels(was: Criterion, now: Criterion) -> list[LazyText]:
    title = now.title
    before = {level.id: level for level in was.levels}
    after = {level.id: level for level in now.levels}
    found = [
        _l("“%(title)s”: the level “%(level)s” was taken out.", title=title, level=level.title)
        for name, level in before.items()
        if name not in after
    ]
    found += [
        _l("“%(title)s”: the level “%(level)s” was added.", title=title, level=level.title)
        for name, level in after.items()
        if name not in before
    ]
    if _is_reordered(was.levels, now.levels):
        found.append(_l("“%(title)s”: the levels stand in another order.", title=title))
    for name, level in after.items():
        if name not in before or before[name] == level:
            continue
        old = before[name]
        if old.title != level.title:
            found.append(
                _l(
                    "“%(title)s”: the level “%(old)s” is now called “%(new)s”.",
                    title=title,
                    old=old.title,
                    new=level.title,
                )
            )
        if old.points != level.points:
            found.append(
                _l(
                    "“%(title)s”: “%(level)s” gave %(old)s points, now %(new)s.",
                    title=title,
                    level=level.title,
                    old=plain(old.points),
                    new=plain(level.points),
                )
            )
        if old.description != level.description:
            found.append(
                _l("“%(title)s”: “%(level)s” was rewritten.", title=title, level=level.title)
            )
    return found


def _is_reordered(
    old: Sequence[Criterion] | Sequence[Level], new: Sequence[Criterion] | Sequence[Level]
) -> bool:
    names, others = [row.id for row in old], [row.id for row in new]
    return [n for n in names if n in others] != [n for n in others if n in names]
