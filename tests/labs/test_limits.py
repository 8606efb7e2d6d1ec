"""What a lab may limit: checked when it is published, shown to whoever teaches it."""

import pytest
from sqlalchemy import select

from app import engine
from app.catalog import operations as catalog
from app.catalog.folder import LIMITS as FOLDER_LIMITS
from app.kernel.database import db
from app.labs import queries
from app.labs.models import LabVersion
from app.labs.operations import LabInvalid
from app.labs.rules import LIMITS
from app.learning import operations as learning
from tests.cast import cluster, course, lab, lesson


def published(**limits) -> LabVersion:
    catalog.load_clusters((cluster(course(lesson(), lab(limits=limits))),))
    version = db.session.scalar(select(LabVersion).order_by(LabVersion.id.desc()))
    assert version is not None
    return version


def test_reach_the_engine_beside_its_defaults(in_app):
    with in_app():
        limits = queries.engine_limits(published(cell_seconds=5, memory_mb=512))
        assert limits == engine.Limits(cell_seconds=5, memory_mb=512)


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"cell_seconds": 0}, "cell_seconds is 0; give a number from 1 to 600"),
        ({"memory_mb": 10**6}, "memory_mb is 1e+06; give a number from 128 to 16384"),
        ({"memory_mb": "much"}, "memory_mb is 'much'; give a number"),
        ({"processes": True}, "processes is True; give a number"),
        ({"seconds": 5}, "there is no limit 'seconds'; known: cell_seconds"),
        (
            {"cell_seconds": 500},
            "a cell may take 500 seconds, but the whole notebook only 300",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_that_make_no_sense_are_refused_in_words_and_nothing_is_published(in_app, limits, says):
    with in_app():
        with pytest.raises(LabInvalid) as told:
            published(**limits)
        assert says in str(told.value)
        assert db.session.scalars(select(LabVersion)).all() == []


def test_are_the_same_in_lab_yaml_and_for_every_limit_that_the_engine_has():
    assert LIMITS == FOLDER_LIMITS
    assert set(LIMITS) == set(engine.Limits.__dataclass_fields__)


def test_are_shown_to_staff_and_not_to_students(enrolled):
    page = enrolled.browser("lin").get(f"/learn/{enrolled.code}/labs/squares").text
    assert "What a notebook may use" in page and "1.0 GB" in page
    page = enrolled.browser("mei").get(f"/learn/{enrolled.code}/labs/squares").text
    assert "What a notebook may use" not in page


def test_show_the_values_of_the_section_s_version(enrolled):
    with enrolled.app.app_context():
        published(memory_mb=512)
        from app.catalog.queries import latest_version

        learning.upgrade_offering(enrolled.section(), latest_version("areas-and-squares"))
    page = enrolled.browser("lin").get(f"/learn/{enrolled.code}/labs/squares").text
    assert "512.0 MB" in page
