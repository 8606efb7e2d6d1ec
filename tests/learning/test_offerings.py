"""Opening, following, copying and moving on offerings, as people do it in the browser."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from app.accounts.queries import organisation_by_slug
from app.catalog import operations as catalog
from app.catalog.queries import latest_version
from app.kernel.database import db
from app.learning import operations, policies, queries
from app.learning.models import Offering, Section
from app.learning.operations import OfferingPlan, PlanDates, SectionSettings
from app.learning.rules import Authorisation, OfferingKind
from tests.cast import Cast, cluster, course, lab, lesson

COURSE = "areas-and-squares"


def plan(school: str = "rongnan", **changes) -> OfferingPlan:
    fields = {
        "course_version": latest_version(COURSE),
        "school": organisation_by_slug(school),
        "academic_year": 116,
        "semester": 1,
        "starts_on": date(2027, 9, 13),
        "ends_on": date(2028, 1, 14),
        "credits": 3,
    }
    return OfferingPlan(**(fields | changes))


def lead(cast: Cast, authorisation: Authorisation) -> Offering:
    made = operations.create_offering(
        cast.person("lin"), plan(kind=OfferingKind.LEAD, authorisation=authorisation)
    )
    operations.add_section(cast.person("lin"), made, SectionSettings(capacity=10))
    db.session.refresh(made)
    return made


def typed(cast: Cast, **changes) -> dict:
    with cast.app.app_context():
        school = str(organisation_by_slug("rongnan").id)
    return {
        "course": COURSE, "school": school, "academic_year": "116", "semester": "1",
        "starts_on": "2027-09-13", "ends_on": "2028-01-14", "credits": "3", "kind": "regular",
        "authorisation": "closed", "lead": "",
    } | changes  # fmt: skip


class TestOpening:
    def test_in_the_browser_leads_to_a_section_that_students_find(self, cast):
        lin = cast.browser("lin")
        assert "Open an offering" in lin.get("/offerings").text
        answer = lin.post("/offerings/new", data=typed(cast))
        address = answer.headers["Location"]
        assert re.fullmatch(r"/offerings/[0-9a-f-]{36}", address)
        lin.post(f"{address}/sections", data={"capacity": "30", "way": "self"})
        page = lin.get(address).text
        assert f"{COURSE}-116-1-rongnan" in page and "林雅文" in page
        page = cast.browser("mei").get(f"/courses/{COURSE}").text
        assert f'action="/learn/{COURSE}-116-1-rongnan/enrolment"' in page

    def test_twice_is_refused_and_keeps_what_was_typed(self, cast):
        lin = cast.browser("lin")
        assert lin.post("/offerings/new", data=typed(cast)).status_code == 302
        again = lin.post("/offerings/new", data=typed(cast))
        assert again.status_code == 422
        assert "offers this course in this semester already" in again.text
        assert "2027-09-13" in again.text

    @pytest.mark.parametrize(
        "wrong",
        [
            {"ends_on": "2027-01-01"},
            {"academic_year": "2027"},
            {"semester": "3"},
            {"course": "no-such-course"},
            {"credits": "-1"},
            {"kind": "satellite"},
            {"kind": "boss"},
        ],
    )
    def test_with_something_wrong_is_refused(self, cast, wrong):
        answer = cast.browser("lin").post("/offerings/new", data=typed(cast, **wrong))
        assert answer.status_code == 422

    def test_at_another_school_is_refused(self, cast):
        with cast.app.app_context():
            other = str(organisation_by_slug("jiayang").id)
        answer = cast.browser("lin").post("/offerings/new", data=typed(cast, school=other))
        assert answer.status_code == 422

    @pytest.mark.parametrize(
        ("handle", "status"), [("ping", 404), ("mei", 403), ("yun", 403), ("jia-office", 200)]
    )
    def test_is_for_instructors_and_offices(self, cast, handle, status):
        assert cast.browser(handle).get("/offerings/new").status_code == status


class TestAnOffering:
    def test_is_nobody_elses(self, cast):
        with cast.app.app_context():
            offering_id = cast.section().offering_id
        pages = ("", "/settings", "/dates", "/copy", "/version")
        for handle, statuses in (
            ("lin", [200] * 5),
            ("jia-office", [200] * 5),
            ("ping", [200, 404, 404, 404, 404]),
            ("wang", [404] * 5),
            ("mei", [403] * 5),
        ):
            browser = cast.browser(handle)
            found = [browser.get(f"/offerings/{offering_id}{page}").status_code for page in pages]
            assert found == statuses, handle

    def test_lists_take_a_constant_number_of_statements(self, cast, count_queries):
        lin = cast.browser("lin")
        lin.get("/offerings")
        with count_queries() as few:
            lin.get("/offerings")
        with cast.app.app_context():
            for year in range(117, 122):
                made = operations.create_offering(cast.person("lin"), plan(academic_year=year))
                operations.add_section(cast.person("lin"), made, SectionSettings(capacity=10))
        with count_queries() as many:
            assert lin.get("/offerings").text.count("/offerings/0") >= 6
        assert len(many) == len(few), "\n".join(many)


class TestFollowingALead:
    @pytest.mark.parametrize(
        ("authorisation", "kind", "allowed"),
        [
            (Authorisation.CLOSED, OfferingKind.MIRROR, True),
            (Authorisation.CLOSED, OfferingKind.SATELLITE, False),
            (Authorisation.CONDITIONAL, OfferingKind.SATELLITE, True),
            (Authorisation.CONDITIONAL, OfferingKind.MIRROR, False),
            (Authorisation.OPEN, OfferingKind.SATELLITE, True),
        ],
    )
    def test_is_what_its_authorisation_allows(self, cast, authorisation, kind, allowed):
        with cast.app.app_context():
            followed = lead(cast, authorisation)
            wanted = plan("jiayang", kind=kind, lead=followed)
            if allowed:
                made = operations.create_offering(cast.person("wang"), wanted)
                assert made.lead_id == followed.id
                with pytest.raises(operations.LeadIsFollowed):
                    operations.edit_offering(
                        cast.person("lin"),
                        followed,
                        starts_on=followed.starts_on,
                        ends_on=followed.ends_on,
                        credits=3,
                        authorisation=next(a for a in Authorisation if a is not authorisation),
                    )
            else:
                with pytest.raises(operations.LeadDoesNotAllow):
                    operations.create_offering(cast.person("wang"), wanted)

    def test_a_mirror_is_taught_by_the_leads_instructors(self, cast):
        with cast.app.app_context():
            mirror = operations.create_offering(
                cast.person("wang"),
                plan("jiayang", kind=OfferingKind.MIRROR, lead=lead(cast, Authorisation.CLOSED)),
            )
            section = operations.add_section(
                cast.person("wang"), mirror, SectionSettings(capacity=10)
            )
            db.session.expire_all()
            assert policies.is_instructor_of(cast.person("lin"), section)
            assert not policies.is_on_the_staff(cast.person("ping"), section)
            code = section.code
        assert cast.browser("lin").get(f"/teaching/{code}/students").status_code == 200

    def test_a_satellite_is_taught_by_its_own_school_alone(self, cast):
        with cast.app.app_context():
            satellite = operations.create_offering(
                cast.person("wang"),
                plan(
                    "jiayang", kind=OfferingKind.SATELLITE,
                    lead=lead(cast, Authorisation.CONDITIONAL),
                ),
            )  # fmt: skip
            section = operations.add_section(
                cast.person("wang"), satellite, SectionSettings(capacity=10)
            )
            operations.appoint(cast.person("lin"), section, "instructor")
            db.session.expire_all()
            assert policies.is_instructor_of(cast.person("wang"), section)
            assert not policies.is_on_the_staff(cast.person("lin"), section)

    @pytest.mark.parametrize(
        ("authorisation", "may"), [(Authorisation.CONDITIONAL, False), (Authorisation.OPEN, True)]
    )
    def test_only_an_open_authorisation_lets_a_satellite_change_conditions(
        self, cast, authorisation, may
    ):
        with cast.app.app_context():
            satellite = operations.create_offering(
                cast.person("wang"),
                plan("jiayang", kind=OfferingKind.SATELLITE, lead=lead(cast, authorisation)),
            )
            version = latest_version(COURSE)
            wanted = (cast.person("wang"), satellite, version, "lab:squares", {"group": "A"})
            if may:
                operations.set_condition(*wanted)
            else:
                with pytest.raises(operations.DesignIsTheLeads):
                    operations.set_condition(*wanted)


class TestACopy:
    def test_moves_every_date_and_points_to_nothing_of_the_old_one(self, enrolled):
        opens = datetime(2026, 9, 14, 1, tzinfo=UTC)
        with enrolled.app.app_context():
            lin, section = enrolled.person("lin"), enrolled.section()
            old, version = section.offering, latest_version(COURSE)
            dates = PlanDates(opens, opens + timedelta(days=7), opens + timedelta(days=9))
            operations.save_dates(lin, old, version, {"lab:squares": dates})
            tree = {"any": [{"completed": "lesson:areas"}, {"from": opens.isoformat()}]}
            operations.set_condition(lin, old, version, "lab:squares", tree)
            operations.plan_session(
                lin, section, title="Kick-off", starts_at=opens, minutes=50, place="A1"
            )
            operations.grant_extension(lin, section, enrolled.person("mei"), extra_days=3)
            made = operations.copy_offering(
                lin, old, academic_year=117, semester=1, starts_on=old.starts_on + timedelta(365)
            )
            db.session.expire_all()
            moved = queries.plans_of([made.id])[made.id]["lab:squares"]
            year = timedelta(days=365)
            assert (moved.opens_at, moved.due_at, moved.closes_at) == (
                opens + year, opens + year + timedelta(7), opens + year + timedelta(9),
            )  # fmt: skip
            assert moved.condition == {
                "any": [{"completed": "lesson:areas"}, {"from": (opens + year).isoformat()}]
            }
            (copy,) = made.sections
            assert copy.code != section.code and copy.capacity == section.capacity
            assert {p.person.handle for p in copy.staff} == {"lin", "ping"}
            assert queries.roster(copy) == [] and not queries.extensions_in(copy)
            (session,) = queries.sessions_of([copy.id])
            assert session.starts_at == opens + year
            assert made.ends_on == old.ends_on + year

    def test_leads_to_pages_that_all_answer(self, cast):
        with cast.app.app_context():
            old = cast.section().offering_id
        lin = cast.browser("lin")
        answer = lin.post(
            f"/offerings/{old}/copy",
            data={"academic_year": "118", "semester": "2", "starts_on": "2030-02-18"},
        )
        address = answer.headers["Location"].removesuffix("/dates")
        page = lin.get(address).text
        links = {
            link for link in re.findall(r'href="(/(?:offerings|teaching|learn)/[^"#]+)"', page)
        }
        assert len(links) > 5
        for link in links:
            assert lin.get(link).status_code == 200, link
        with cast.app.app_context():
            made = db.session.get_one(Offering, address.rsplit("/", 1)[1])
            cast_code = made.sections[0].code
        for item in ("lessons/areas", "labs/squares"):
            assert lin.get(f"/learn/{cast_code}/{item}").status_code == 200


class TestAnotherVersion:
    def corrected(self) -> None:
        changed = (lesson(text="Squares are *areas* of a side."), lesson("more"), lab())
        catalog.load_clusters((cluster(course(*changed)),))

    def test_is_shown_to_learners_with_what_changed(self, enrolled):
        with enrolled.app.app_context():
            self.corrected()
            offering_id = enrolled.section().offering_id
            version = str(latest_version(COURSE).id)
        mei, lin = enrolled.browser("mei"), enrolled.browser("lin")
        assert mei.get(f"/learn/{enrolled.code}/lessons/more").status_code == 404
        address = f"/offerings/{offering_id}/version"
        assert "What learners would find different" in lin.get(address).text
        answer = lin.post(address, data={"version": version, "note": "A clearer first lesson"})
        assert answer.status_code == 302
        page = mei.get(f"/learn/{enrolled.code}").text
        assert "A clearer first lesson" in page and "See what changed" in page
        page = mei.get(f"/learn/{enrolled.code}/changes").text
        assert "changed" in page and "added" in page
        assert mei.get(f"/learn/{enrolled.code}/lessons/more").status_code == 200

    def test_does_not_come_while_a_condition_asks_for_what_it_lacks(self, enrolled):
        with enrolled.app.app_context():
            lin, section = enrolled.person("lin"), enrolled.section()
            operations.set_condition(
                lin, section.offering, latest_version(COURSE), "lab:squares",
                {"completed": "lesson:areas"},
            )  # fmt: skip
            catalog.load_clusters((cluster(course(lesson("other"), lab())),))
            with pytest.raises(operations.ConditionsBroken):
                operations.upgrade_offering(section, latest_version(COURSE))
            db.session.expire_all()
            assert enrolled.section().offering.course_version.number == 1

    def test_of_another_course_is_not_offered(self, cast):
        with cast.app.app_context():
            offering_id = cast.section().offering_id
            other = course(slug="another-course")
            catalog.load_clusters((cluster(course(), other),))
            version = str(latest_version("another-course").id)
        answer = cast.browser("lin").post(
            f"/offerings/{offering_id}/version", data={"version": version}
        )
        assert answer.status_code == 422


class TestTheStaff:
    def test_is_appointed_by_address_and_dismissed(self, cast):
        with cast.app.app_context():
            section = cast.section()
            places = {p.person.handle: p.id for p in section.staff}
            wang = cast.person("wang").email
            ping = cast.person("ping").email
        lin, base = cast.browser("lin"), f"/teaching/{cast.code}"
        assert lin.post(f"{base}/staff/{places['lin']}/end").status_code == 302
        with cast.app.app_context():
            assert len([p for p in cast.section().staff if p.ended_at is None]) == 2
        lin.post(f"{base}/staff/{places['ping']}/end")
        assert cast.browser("ping").get(f"{base}/students").status_code == 404
        for email in (wang, "nobody@x.example"):
            answer = lin.post(f"{base}/staff", data={"email": email, "role": "instructor"})
            assert answer.status_code == 422 and "Nobody with this address" in answer.text
        lin.post(f"{base}/staff", data={"email": ping, "role": "teaching_assistant"})
        assert cast.browser("ping").get(f"{base}/students").status_code == 200

    def test_is_touched_only_in_its_own_section(self, cast):
        with cast.app.app_context():
            place = cast.section().staff[0].id
        answer = cast.browser("wang").post(f"/teaching/{cast.other_code}/staff/{place}/end")
        assert answer.status_code == 404


def test_the_code_of_a_section_is_its_own(cast):
    with cast.app.app_context():
        offering = cast.section().offering
        made = [
            operations.add_section(cast.person("lin"), offering, SectionSettings(capacity=1))
            for _n in range(2)
        ]
        codes = {section.code for section in made} | {cast.section().code}
        assert len(codes) == 3
        assert all(isinstance(section, Section) for section in made)
