"""A lab that is not published yet, graded as a student's work would be. Nothing is written."""

from collections.abc import Mapping
from dataclasses import asdict, replace

from app import engine
from app.labs.operations.publishing import LabContent, LabInvalid, limits_of, source_of
from app.labs.rules import limit_problems

__all__ = ["try_out"]


def try_out(content: LabContent, work: Mapping[str, bytes]) -> tuple[engine.NotebookResult, ...]:
    """What WORK, files by path, would get for CONTENT.

    Blocking: seconds to minutes. Its tests have no roads yet, so they are judged beside the code.
    Raises LabInvalid when no release can be made of CONTENT, engine.EngineUnavailable when nothing
    can be run here.
    """
    content = replace(content, environment=content.environment or "standard")  # a young draft's
    problems = tuple(
        engine.Problem(text) for text in limit_problems(content.limits, asdict(engine.Limits()))
    )
    release = engine.make_release(
        [engine.NotebookSource(name, data) for name, data in content.notebooks.items()]
    )
    if problems or release.problems:
        raise LabInvalid(problems + tuple(release.problems))
    return engine.grade(source_of(content, release), dict(work), limits=limits_of(content))
