"""Enrolling."""

import threading

import pytest
from sqlalchemy import func, select

from app.accounts.demo import load_people
from app.kernel.database import db
from app.learning import operations, queries
from app.learning.models import Enrolment, Section


def live(app) -> int:
    with app.app_context():
        return db.session.scalar(
            select(func.count()).select_from(Enrolment).where(Enrolment.withdrawn_at.is_(None))
        )


class TestEnrol:
    def test_puts_a_student_of_the_school_into_the_section(self, cast):
        with cast.app.app_context():
            operations.enrol(cast.person("mei"), cast.section())
            (view,) = queries.my_enrolments(cast.person("mei"))
            assert view.section.code == cast.section().code
            assert view.next_item.slug == "areas"

    @pytest.mark.parametrize("handle", ["lin", "wang", "jia-office", "yun", "fang"])
    def test_is_for_students_of_the_sections_school_only(self, cast, handle):
        with cast.app.app_context(), pytest.raises(operations.NotOfThisSchool):
            operations.enrol(cast.person(handle), cast.section())

    def test_is_refused_in_another_schools_section(self, cast):
        with cast.app.app_context(), pytest.raises(operations.NotOfThisSchool):
            operations.enrol(cast.person("mei"), cast.section("jiayang"))

    def test_is_refused_twice(self, enrolled):
        with enrolled.app.app_context(), pytest.raises(operations.AlreadyEnrolled):
            operations.enrol(enrolled.person("mei"), enrolled.section())

    def test_is_refused_when_the_section_is_full(self, cast):
        with cast.app.app_context():
            cast.section().capacity = 1
            db.session.flush()
            operations.enrol(cast.person("mei"), cast.section())
            with pytest.raises(operations.SectionFull):
                operations.enrol(cast.person("hao"), cast.section())

    def test_keeps_progress_for_who_comes_back(self, enrolled):
        with enrolled.app.app_context():
            mei, section = enrolled.person("mei"), enrolled.section()
            operations.complete_lesson(mei, section, "areas")
            operations.withdraw(mei, section)
            assert queries.my_enrolments(mei) == []
            operations.enrol(mei, section)
            (view,) = queries.my_enrolments(mei)
            assert view.done_count == 1
            assert view.next_item.slug == "squares"


class TestProgress:
    def test_stays_completed(self, enrolled):
        with enrolled.app.app_context():
            mei, section = enrolled.person("mei"), enrolled.section()
            operations.complete_lesson(mei, section, "areas")
            first = queries.progress_of(mei, section)["lesson:areas"].completed_at
            operations.complete_lesson(mei, section, "areas")
            assert queries.progress_of(mei, section)["lesson:areas"].completed_at == first


class TestPages:
    def test_the_course_page_offers_the_section_of_her_school_alone(self, cast):
        page = cast.browser("mei").get("/courses/areas-and-squares").text
        assert page.count("/enrolment") == 1
        assert "Only for students of this school" in page

    def test_enrolling_leads_into_the_course(self, cast):
        browser = cast.browser("mei")
        answer = browser.post(f"/learn/{cast.code}/enrolment")
        assert answer.headers["Location"].endswith(f"/learn/{cast.code}")
        assert "Areas and squares" in browser.get(f"/learn/{cast.code}").text

    def test_a_lesson_is_shown_with_its_mathematics_and_leads_on(self, enrolled):
        browser = enrolled.browser("mei")
        address = f"/learn/{enrolled.code}/lessons/areas"
        page = browser.get(address).text
        assert "<math" in page and "<em>areas</em>" in page
        answer = browser.post(f"{address}/completion")
        assert answer.headers["Location"].endswith("/labs/squares")

    def test_a_section_does_not_exist_for_who_is_not_in_it(self, enrolled):
        for handle in ("wang", "yun", "fang"):
            assert enrolled.browser(handle).get(f"/learn/{enrolled.code}").status_code == 404

    def test_my_courses_takes_a_constant_number_of_statements(self, enrolled, count_queries):
        browser = enrolled.browser("mei")
        browser.get("/learn")
        with count_queries() as seen:
            assert browser.get("/learn").status_code == 200
        assert len(seen) <= 14, "\n".join(seen)


def test_parallel_students_never_take_one_place_twice(config, site, migrated):
    """Real connections, real commits: twelve try at once for three places."""
    from app import demo
    from app.accounts.models import Membership, Organisation, Person
    from app.accounts.operations.registration import create_person
    from app.accounts.rules import Proof, Role
    from app.catalog import operations as catalog
    from tests.cast import Cast, cluster

    with site.app_context():
        load_people()
        catalog.load_clusters((cluster(),))
        demo.load_sections()
        section = Cast(site, None).section()
        section.capacity = 3
        school = db.session.get_one(Organisation, section.school_id)
        section_id = section.id
        people = []
        for number in range(12):
            person = create_person(
                name=f"P{number}", email=f"p{number}@elsewhere.example", password_hash=None
            )
            db.session.add(
                Membership(
                    person_id=person.id,
                    organisation_id=school.id,
                    role=Role.STUDENT,
                    proven_by=Proof.OPERATOR,
                )
            )
            people.append(person.id)
        db.session.commit()

    outcomes = []
    start = threading.Barrier(12)

    def enter(person_id):
        with site.app_context():
            person = db.session.get_one(Person, person_id)
            section = queries.section_by_code(code)
            start.wait()
            try:
                operations.enrol(person, section)
                outcomes.append("in")
            except operations.SectionFull:
                outcomes.append("full")

    with site.app_context():
        code = db.session.get_one(Section, section_id).code
    threads = [threading.Thread(target=enter, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert sorted(outcomes) == ["full"] * 9 + ["in"] * 3
        assert live(site) == 3
    finally:
        with site.app_context():
            tables = [t for t in reversed(db.metadata.sorted_tables)]
            db.session.execute(
                db.text("TRUNCATE " + ", ".join(f'"{t.name}"' for t in tables) + " CASCADE")
            )
            db.session.commit()
