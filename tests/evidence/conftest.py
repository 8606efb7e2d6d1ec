"""The cast, with a lab that proves two skills and the programme's framework."""

import pytest

from app.catalog import operations as catalog
from app.catalog import queries as courses
from app.learning import operations as learning
from app.skills import operations as skills
from tests.cast import cluster, course, lab, lesson
from tests.evidence.helpers import CELLS, SKILL


@pytest.fixture
def proving(enrolled):
    """mei and hao take a course whose lab proves anomaly detection (level 2, the whole lab) and
    control charts (level 1, its one test)."""
    with enrolled.app.app_context():
        skills.load_own()
        catalog.load_clusters((cluster(course(lesson(), lab(skills=(SKILL, CELLS)))),))
        version = courses.latest_version("areas-and-squares")
        for school in ("rongnan", "jiayang"):
            learning.upgrade_offering(enrolled.section(school), version)
    return enrolled
