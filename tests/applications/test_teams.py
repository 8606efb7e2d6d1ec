"""A team applies as one, each member consents for herself, and it stays as it applied."""

import pytest

from app.applications import operations, queries
from app.applications.operations import Words
from app.applications.rules import State
from app.briefs.rules import Takes
from app.kernel.database import db
from app.teams import operations as teams
from app.teams import queries as known_teams
from app.teams.models import Team
from tests.applications.conftest import prepare, show


@pytest.fixture
def together(enrolled, in_app):
    """A brief for teams of two or three, and a team of mei (who leads) and hao."""
    with in_app():
        field = prepare(enrolled, takes=Takes.TEAMS, team_min=2, team_max=3)
        team = teams.form_team(
            enrolled.person("mei"), teams.TeamWords("Night owls", least=2, most=3),
            consents_now=True,
        )  # fmt: skip
        teams.join(enrolled.person("hao"), team, consents_now=True)
        field.team_id = team.id
    return field


def team_of(field):
    found = known_teams.team_by_id(field.team_id)
    assert found is not None
    return found


def apply(field, handle="mei"):
    return operations.apply(
        field.cast.person(handle), field.brief, Words("We are two."), consents_now=True,
        team=team_of(field),
    )  # fmt: skip


def test_only_the_lead_applies_and_only_for_a_team_that_fits(together, in_app):
    with in_app():
        cast = together.cast
        with pytest.raises(operations.LeadApplies):
            apply(together, "hao")
        with pytest.raises(operations.TeamNeeded):
            operations.apply(cast.person("mei"), together.brief, Words("Me"), consents_now=True)
        alone = teams.form_team(cast.person("hao"), teams.TeamWords("One"), consents_now=True)
        with pytest.raises(operations.WrongSize):
            operations.apply(
                cast.person("hao"), together.brief, Words("Me"), consents_now=True, team=alone
            )


def test_the_company_sees_of_the_team_who_agrees(together, in_app):
    with in_app():
        made_id = apply(together).id
    yun = together.cast.browser("yun")
    desk = f"/company/applications/{made_id}"
    page = yun.get(desk).text
    assert "Night owls" in page
    assert "林小梅" in page
    assert "陳柏豪" not in page
    assert "One more member has not agreed that you see her." in page
    hao = together.cast.browser("hao")
    assert "We are two." in hao.get(f"/me/applications/{made_id}").text
    assert hao.post(f"/me/applications/{made_id}/consent").status_code == 303
    assert "陳柏豪" in yun.get(desk).text
    assert hao.post(f"/me/applications/{made_id}/withdrawal").status_code == 404


def test_a_team_stays_as_it_applied_until_it_withdraws(together, in_app):
    with in_app():
        made = apply(together)
        show(together.cast, "yian")
        with pytest.raises(teams.Frozen):
            teams.join(together.cast.person("yian"), team_of(together), consents_now=True)
        operations.withdraw(together.cast.person("mei"), made)
        teams.join(together.cast.person("yian"), team_of(together), consents_now=True)
        # Nobody of it stands in anything now, so the team may apply again.
        assert queries.live_application(together.cast.person("hao").id, together.brief_id) is None
        assert len(apply(together).people) == 3


def test_when_too_few_remain_the_application_ends(together, in_app):
    with in_app():
        made_id = apply(together).id
        teams.leave(together.cast.person("hao"), team_of(together))
    with in_app():
        mei = together.cast.person("mei")
        assert queries.my_application(mei, made_id).state is State.WITHDRAWN
        assert not db.session.get_one(Team, together.team_id).is_frozen
    page = together.cast.browser("mei").get(f"/me/applications/{made_id}").text
    assert "The team is not the one any more that applied." in page
