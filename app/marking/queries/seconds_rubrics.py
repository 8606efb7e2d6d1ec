"""How two graders judged the same part by its rubric."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from app.marking.models.seconds import Opinion
from app.marking.rules.items import rubric_key, rubric_subject
from app.rubrics import queries as rubrics
from app.rubrics.models import RubricJudgement, RubricVersion

__all__ = ["TwoJudgements", "judged_by_two"]


@dataclass(frozen=True)
class TwoJudgements:
    """What both graders of a part gave by the rubric that is used for it."""

    version: RubricVersion
    first: RubricJudgement
    second: RubricJudgement


def judged_by_two(
    section_id: uuid.UUID, item: str, pairs: Collection[tuple[Opinion, Opinion]]
) -> dict[tuple[uuid.UUID, str], TwoJudgements]:
    """Of PAIRS of opinions those whose graders both judged by the rubric that is used now, by
    (work, part). Two statements."""
    parts = {first.part for first, _second in pairs}
    keys = {part: rubric_key(section_id, item, part) for part in parts}
    versions = rubrics.attached(list(keys.values())) if keys else {}
    subjects = {
        one.id: rubric_subject(one.work_id, one.part, one.grader_id)
        for pair in pairs
        for one in pair
        if keys[one.part] in versions
    }
    judged = rubrics.judgements(list(subjects.values())) if subjects else {}
    found = {}
    for first, second in pairs:
        version = versions.get(keys[first.part])
        one, other = (judged.get(subjects.get(row.id, "")) for row in (first, second))
        if version is None or one is None or other is None:
            continue
        if one.version_id == other.version_id == version.id:
            found[first.work_id, first.part] = TwoJudgements(version, one, other)
    return found
