"""What a teaching assistant may not do with final grades, by whatever road she tries."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.finals import operations, queries
from app.finals.models import FinalCorrection, FinalExport, FinalGrade, FinalSettlement
from app.finals.rules import Grade
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from tests.finals.settling import corrected, desk, settle, standing
from tests.regrading.helpers import assistant_elsewhere

CORRECTION = {"percent": "70", "reason": "A page was overlooked", "attachment": "Page 3"}


def counts():
    """Within a context: how many rows of each kind there are."""
    tables = (FinalSettlement, FinalGrade, FinalCorrection, FinalExport)
    return [len(db.session.scalars(select(table)).all()) for table in tables]


def people(cast):
    with cast.app.app_context():
        return [cast.person(handle).id for handle in ("mei", "hao")]


def proposed(cast):
    """lin proposes a correction of mei's grade."""
    with cast.app.app_context():
        made = operations.propose(
            cast.person("lin"), standing(cast, "mei").final, percent=Decimal(70),
            reason="A page was overlooked", attachment="Page 3",
        ).id  # fmt: skip
        db.session.commit()
    return made


class TestOfTheSection:
    def test_reads_what_waits_and_is_offered_no_button(self, graded):
        page = graded.browser("ping").get(f"/teaching/{graded.code}/finals")
        assert page.status_code == 200 and "Settle" not in page.text

    def test_does_not_lock_grades(self, graded):
        address = f"/teaching/{graded.code}/finals/settlement"
        with graded.app.app_context():
            seen, _incomplete = queries.unsettled_of(desk(graded).book)
            day = clock.now().astimezone(clock.TAIPEI).date()
            db.session.commit()
        whole = {"seen": seen, "looked-at": "1", "until": day.replace(year=day.year + 1)}
        assert graded.browser("ping").post(address, data=whole).status_code == 404
        with graded.app.app_context():
            with pytest.raises(NotVisible):
                settle(graded, "ping")
            assert counts() == [0, 0, 0, 0]

    def test_does_not_correct_complete_or_export(self, settled):
        ping, address = settled.browser("ping"), f"/teaching/{settled.code}/finals"
        mei, hao = people(settled)
        with settled.app.app_context():
            before = counts()
        for path, form in (
            (f"{address}/students/{mei}/corrections", CORRECTION),
            (f"{address}/students/{hao}/completion", CORRECTION),
            (f"{address}/exports", {"kind": "csv", "layout": "registrar"}),
        ):
            assert ping.post(path, data=form).status_code == 404, path
        with settled.app.app_context():
            for handle, does in (("mei", operations.propose), ("hao", operations.complete)):
                more = {"attachment": ""} if does is operations.propose else {}
                with pytest.raises(NotVisible):
                    does(
                        settled.person("ping"), standing(settled, handle).final,
                        percent=Decimal(70), reason="x", **more,
                    )  # fmt: skip
            assert counts() == before

    def test_does_not_decide_or_take_back_what_was_proposed(self, settled):
        page = f"/finals/corrections/{proposed(settled)}"
        ping = settled.browser("ping")
        for path, form in (
            (f"{page}/decision", {"decision": "approve"}),
            (f"{page}/decision", {"decision": "refuse", "words": "No"}),
            (f"{page}/withdrawal", {}),
        ):
            assert ping.post(path, data=form).status_code == 404, path
        with settled.app.app_context():
            made = db.session.scalars(select(FinalCorrection)).one()
            with pytest.raises(NotVisible):
                operations.decide(settled.person("ping"), made, approve=True, words="")
            assert standing(settled, "mei").grade == Grade(Decimal(100), None, True, False)


class TestOfAnotherSection:
    @pytest.fixture
    def elsewhere(self, settled):
        """ping assists in another section of the same offering; a correction of this one waits."""
        with settled.app.app_context():
            other = assistant_elsewhere(settled)
            db.session.commit()
        return settled, other, proposed(settled)

    def test_sees_nothing_of_it(self, elsewhere):
        cast, other, correction = elsewhere
        mei, _hao = people(cast)
        ping, address = cast.browser("ping"), f"/teaching/{cast.code}/finals"
        for path in (address, f"{address}/students/{mei}", f"/finals/corrections/{correction}"):
            answer = ping.get(path)
            assert answer.status_code == 404 and "林小梅" not in answer.text, path
        listed = ping.get("/finals/corrections").text
        assert str(correction) not in listed and "林小梅" not in listed
        assert "林小梅" not in ping.get(f"/teaching/{other}/finals").text

    def test_changes_nothing_of_it(self, elsewhere):
        cast, _other, correction = elsewhere
        mei, hao = people(cast)
        ping, address = cast.browser("ping"), f"/teaching/{cast.code}/finals"
        with cast.app.app_context():
            before = counts()
        for path, form in (
            (f"{address}/settlement", {"seen": "x", "looked-at": "1"}),
            (f"{address}/exports", {"kind": "csv"}),
            (f"{address}/students/{mei}/corrections", CORRECTION),
            (f"{address}/students/{hao}/completion", CORRECTION),
            (f"/finals/corrections/{correction}/decision", {"decision": "approve"}),
            (f"/finals/corrections/{correction}/withdrawal", {}),
        ):
            assert ping.post(path, data=form).status_code == 404, path
        with cast.app.app_context():
            assert counts() == before
            assert standing(cast, "mei").grade == Grade(Decimal(100), None, True, False)


def test_what_was_corrected_and_why_is_read_by_the_sections_assistant_alone(settled):
    with settled.app.app_context():
        corrected(settled)
        db.session.commit()
    mei, _hao = people(settled)
    page = f"/teaching/{settled.code}/finals/students/{mei}"
    assert "A page was overlooked" in settled.browser("ping").get(page).text
    with settled.app.app_context():
        assistant_elsewhere(settled)
        db.session.commit()
    assert settled.browser("ping").get(page).status_code == 404
