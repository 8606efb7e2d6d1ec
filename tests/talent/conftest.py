import pytest

from app.skills import operations as skills
from tests.bookings.company import approved
from tests.talent import support


@pytest.fixture
def company(cast, in_app, frozen):
    """yun acts for the approved rongguang; anna and bert agreed to be found. The ids."""
    with frozen(support.NOW):
        with in_app():
            skills.load_own()
            yun = cast.person("yun")
            organisation = approved(yun, "rongguang")
            school = cast.person("mei").live_memberships[0].organisation_id
            for handle in ("anna", "bert"):
                support.found(support.student(school, handle))
            ids = organisation.id, school
        yield ids
