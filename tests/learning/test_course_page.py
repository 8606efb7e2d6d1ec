"""The page of a course, as those who teach it and those who might take it see it."""

from sqlalchemy import update

from app.kernel import clock
from app.kernel.database import db
from app.learning.models import SectionStaff
from tests.cast import Cast

PAGE = "/courses/areas-and-squares"


class TestTheSectionsOfACourse:
    def test_lead_a_teacher_to_her_own_section_and_no_other(self, cast: Cast) -> None:
        text = cast.browser("lin").get(PAGE).text
        assert f'href="/learn/{cast.code}"' in text
        assert f'href="/learn/{cast.other_code}"' not in text

    def test_offer_a_student_of_the_school_to_enrol(self, cast: Cast) -> None:
        text = cast.browser("mei").get(PAGE).text
        assert f'action="/learn/{cast.code}/enrolment"' in text
        assert f'action="/learn/{cast.other_code}/enrolment"' not in text

    def test_name_only_those_who_still_teach(self, cast: Cast) -> None:
        with cast.app.app_context():
            name = cast.person("lin").name
            assert name in cast.browser("mei").get(PAGE).text
            left = update(SectionStaff).where(SectionStaff.person_id == cast.person("lin").id)
            db.session.execute(left.values(ended_at=clock.now()))
            db.session.commit()
        assert name not in cast.browser("mei").get(PAGE).text
