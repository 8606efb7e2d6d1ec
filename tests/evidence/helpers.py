"""A lab that proves skills, for tests of evidence."""

from decimal import Decimal

from app.catalog.folder_specs import SkillSpec
from app.evidence import queries
from tests.cast import Cast, both

SKILL = SkillSpec("anomaly-detection", both("Finding anomalies", "找異常"), level=2)
CELLS = SkillSpec("control-charts", both("SPC", "管制圖"), level=1, cells=("test-squares",))


def shown(cast: Cast, handle: str) -> list[tuple[str, int, str, Decimal]]:
    """(skill, level, vouching, score of the best piece) of everything HANDLE shows."""
    return [
        (one.skill.key, one.level, one.vouching.value, one.best.score)
        for one in queries.standing(cast.person(handle).id)
    ]
