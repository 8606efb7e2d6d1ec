"""What learners may read of how two versions of their course differ. Pure.

Authors see everything that differs; learners see what they can see of the course itself: no
answer, no hint, no limit of a lab, nothing of quizzes but that they changed, and of items that
are locked only their titles.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from app.catalog.rules.comparing import PartChange

__all__ = ["for_learners"]

_COURSE = {"title", "summary", "description", "outcomes", "prerequisites", "hours", "credits"}
VISIBLE: dict[str, set[str]] = {
    "course": _COURSE,
    "module": set(),
    "lesson": {"body", "minutes", "picture"},
    "file": {"name", "content", "minutes"},
    "link": {"url", "minutes"},
    "lab": {"summary", "description", "minutes", "notebooks", "files"},
    "quiz": {"minutes"},
}


def for_learners(changes: Iterable[PartChange], locked: Collection[str]) -> list[PartChange]:
    """CHANGES as a learner reads them; LOCKED are the keys of items that are not open to her."""
    found = []
    for change in changes:
        fields = VISIBLE.get(change.kind)
        if fields is None:
            continue
        key = f"{'lesson' if change.kind in ('file', 'link') else change.kind}:{change.slug}"
        texts = tuple(text for text in change.texts if text.field in fields and key not in locked)
        if change.kind == "course" and not texts:
            continue
        found.append(replace(change, texts=texts))
    return found
