"""Who and which columns need to be looked at; changes for many; sections of several schools."""

import uuid
from decimal import Decimal as D

import pytest
from sqlalchemy import select, update

from app.gradebook import operations, queries
from app.gradebook.models import StudentGrade
from app.gradebook.operations.computing import _row
from app.gradebook.queries import Done
from app.gradebook.rules import Category, Item, Scheme, Work, Works, WorkState
from app.gradebook.rules.attention import is_falling
from app.gradebook.rules.entries import Entry, Way
from app.kernel.database import db
from app.learning.models import Offering
from app.learning.rules import Authorisation, OfferingKind
from tests.gradebook.test_computing import LAB, book_of, fully, grade_of
from tests.gradebook.test_gradebook import address, graded, person_id  # noqa: F401
from tests.grading.helpers import grade_with, hand_in, result


class TestFalling:
    @pytest.mark.parametrize(
        ("percents", "falls"),
        [
            ([90, 90, 75, 75], True),
            ([90, 90, 75.1, 75], False),
            ([90, 90, 10], False),
            ([50, 60, 90, 95], False),
            ([90] * 6 + [60, 60], True),
            ([90] * 6 + [90, 60, 60], True),
            ([], False),
        ],
    )
    def test_is_when_the_newest_third_is_much_worse(self, percents, falls):
        assert is_falling(percents) is falls

    def test_is_kept_with_the_grade_in_the_courses_order(self):
        items = tuple(Item(f"lab:{n}", f"Lab {n}", D(10), "labs") for n in range(4))
        scheme = Scheme((Category("labs", "Labs", D(100)),), items)
        worse = {f"lab:{n}": Work(WorkState.GRADED, D(p)) for n, p in enumerate((9, 9, 3, 4))}
        later = {f"lab:{n}": Work(WorkState.GRADED, D(p)) for n, p in enumerate((3, 4, 9, 9))}
        kept = [
            _row(scheme, Done(uuid.uuid4(), Works(works), {}, {}, {}, None), "")["is_falling"]
            for works in (worse, later)
        ]
        assert kept == [True, False]

    def test_has_a_filter_and_a_marker(self, graded):  # noqa: F811
        browser = graded.browser("lin")
        browser.get(address(graded))
        with graded.app.app_context():
            mei = graded.person("mei")
            db.session.execute(
                update(StudentGrade).where(StudentGrade.person_id == mei.id).values(is_falling=True)
            )
            names = mei.name, graded.person("hao").name
            db.session.commit()
        text = browser.get(address(graded, "?state=falling")).text
        assert names[0] in text
        assert names[1] not in text
        assert "· falling" in text or ">falling<" in text


def conflicted(cast):
    """lin sets mei's lab by hand; then a newer submission is graded."""
    with cast.app.app_context():
        book = book_of(cast)
        entry = Entry(override=D(3), reason="Seen on paper")
        edit = operations.CellEdit(cast.person("mei").id, LAB, entry, 0)
        operations.set_cells(cast.person("lin"), book, [edit], way=Way.GRID, reason="Seen")
        db.session.commit()
    with cast.app.app_context():
        assert not queries.rows(queries.Scope((book_of(cast),)), queries.Asked())[0].has_conflict
        grade_with(hand_in(cast, "mei"), result(4.0, why=1.0))
        grade_with(hand_in(cast, "mei"), result(4.0, why=2.0))
        db.session.commit()


class TestConflicts:
    def test_are_numbers_by_hand_that_were_scored_anew_since(self, enrolled):
        with enrolled.app.app_context():
            fully(enrolled, "mei", 1.0, 0.0)
            db.session.commit()
        conflicted(enrolled)
        with enrolled.app.app_context():
            scope = queries.Scope((book_of(enrolled),))
            (row,) = queries.rows(scope, queries.Asked(state="conflict"))
            assert row.person_id == enrolled.person("mei").id
            assert queries.summary(scope)["conflict"] == 1
            assert queries.open_columns(scope)[LAB].conflicts == 1
        text = enrolled.browser("lin").get(address(enrolled, "?columns=attention")).text
        assert "scored anew since it was set by hand" in text
        assert "1 in conflict" in text


class TestColumns:
    def test_only_those_are_shown_that_need_attention(self, graded):  # noqa: F811
        browser = graded.browser("lin")
        with graded.app.app_context():
            book = book_of(graded)
            operations.add_column(
                graded.person("lin"), book, title="Talk", points=D(10), category=""
            )
            db.session.commit()
        assert "Talk" in browser.get(address(graded)).text
        text = browser.get(address(graded, "?columns=attention")).text
        assert "1 waits for points" in text.split("<tbody")[0]
        assert f'data-key="{LAB}"' in text
        assert 'data-key="manual:' not in text
        window = browser.get(address(graded, "/rows?columns=attention")).text
        assert window.count("<td") < browser.get(address(graded, "/rows")).text.count("<td")


class TestSchools:
    def test_a_lead_and_its_mirrors_are_shown_together_and_by_school(self, enrolled):
        """lin teaches both; wang, who teaches the mirror alone, sees nothing of the lead."""
        with enrolled.app.app_context():
            own, other = enrolled.section(), enrolled.section("jiayang")
            lead, mirror = own.offering, other.offering
            assert isinstance(lead, Offering)
            lead.kind, lead.authorisation = OfferingKind.LEAD, Authorisation.CLOSED
            mirror.kind, mirror.lead_id = OfferingKind.MIRROR, lead.id
            from app.learning.models import SectionStaff
            from app.learning.rules import StaffRole

            db.session.add(
                SectionStaff(
                    section_id=other.id,
                    person_id=enrolled.person("lin").id,
                    role=StaffRole.INSTRUCTOR,
                )
            )
            db.session.commit()
            schools = own.school.name.in_language("en"), other.school.name.in_language("en")
        page = enrolled.browser("lin").get(address(enrolled)).text
        assert all(f">{name}</option>" in page for name in schools)
        with enrolled.app.app_context():
            name = enrolled.person("mei").name
        assert name in enrolled.browser("lin").get(address(enrolled, "/rows?section=all")).text
        there = enrolled.browser("lin").get(address(enrolled, "/rows?school=jiayang")).text
        assert name not in there
        here = enrolled.browser("lin").get(address(enrolled, "/rows?school=rongnan")).text
        assert name in here
        other_page = f"/teaching/{enrolled.other_code}/gradebook/rows?school=rongnan"
        assert name not in enrolled.browser("wang").get(other_page).text


class TestForMany:
    def preview(self, cast, **form):
        form = {"key": LAB, "reason": "Agreed in class"} | form
        return cast.browser("lin").post(address(cast, "/bulk"), data=form)

    def change(self, cast, **form):
        text = self.preview(cast, **form).text
        plan = text.split('name="plan" value="')[1].split('"')[0]
        return self.preview(cast, **form, plan=plan)

    def test_gives_points_to_everybody_and_takes_them_away_again(self, graded):  # noqa: F811
        text = self.preview(graded, act="set", points="5").text
        assert "2 cells would change." in text
        assert self.change(graded, act="set", points="5").status_code == 302
        with graded.app.app_context():
            assert {grade_of(graded, who).cells[LAB]["p"] for who in ("mei", "hao")} == {"5"}
        text = self.preview(graded, act="clear").text
        row = next(part for part in text.split("<tr>") if "林小梅" in part)
        assert '<td class="number">5</td><td class="number">6</td>' in row
        assert self.change(graded, act="clear").status_code == 302
        with graded.app.app_context():
            assert grade_of(graded, "mei").cells[LAB]["p"] == "6"

    def test_takes_excuses_back(self, graded):  # noqa: F811
        assert self.change(graded, act="excuse").status_code == 302
        assert "as computed" in self.preview(graded, act="count").text
        assert self.change(graded, act="count").status_code == 302
        with graded.app.app_context():
            states = db.session.scalars(select(StudentGrade.cells[LAB]["s"].astext)).all()
            assert sorted(states) == ["graded", "waiting"]

    def test_wants_points_for_what_gives_some(self, graded):  # noqa: F811
        assert self.preview(graded, act="set", points="").status_code == 422
