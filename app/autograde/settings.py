"""What the course's nbgrader configuration asks for beyond folders and names."""

from __future__ import annotations

from app import engine
from app.autograde.course import Course

__all__ = ["limits", "unsupported"]


def limits(course: Course, *, memory_mb: int | None = None) -> engine.Limits:
    """Return the limits for a notebook: seconds a cell from nbgrader's ``Execute.timeout``.

    The notebook as a whole has ten times that, and five minutes at least.
    """
    from nbgrader.preprocessors import Execute

    seconds = Execute(parent=course.converter).timeout
    memory = memory_mb or engine.Limits.memory_mb
    if seconds is None or seconds <= 0:  # no limit for a cell: an hour for the notebook
        return engine.Limits(cell_seconds=3600, total_seconds=3600, memory_mb=memory)
    total = max(engine.Limits.total_seconds, 10 * seconds)
    return engine.Limits(cell_seconds=seconds, total_seconds=total, memory_mb=memory)


def unsupported(course: Course) -> list[str]:
    """Return a sentence for every setting that has no effect here."""
    from nbgrader.converters import Autograde
    from nbgrader.preprocessors import Execute

    converter, found = course.converter, []
    if converter.sanitize_preprocessors != Autograde.sanitize_preprocessors.default():
        found.append(
            "Autograde.sanitize_preprocessors of your configuration has no effect: submissions are"
            " cleaned by nbgrader's default steps."
        )
    if not Execute(parent=converter).enabled:
        found.append(
            "Execute.enabled = False of your configuration has no effect: notebooks always run."
        )
    return found
