"""Teams over HTTP: a whole road, and who meets which closed door."""

import re

import pytest

from app.kernel.database import db
from app.skills import operations as skills
from app.skills.models import Skill
from app.teams import operations, queries, subjects
from app.teams.operations import TeamWords
from app.teams.rules import Wanted
from app.teams.subjects import Subject
from tests.teams.test_teams import student


class Wants:
    """A subject of the tests that wants one skill of teams of two or three."""

    name = "test-brief"

    def __init__(self, skill_id):
        self.skill_id = skill_id

    def subject(self, person, key):
        return Subject(key, "Count bananas", "/courses", 2, 3, (Wanted(self.skill_id, 1),))


@pytest.fixture
def subject(cast, in_app):
    with in_app():
        skills.load_own()
        found = db.session.query(Skill).filter(Skill.is_claimed).order_by(Skill.key).first()
        subjects.register(Wants(found.id))
    yield "test-brief:1"
    subjects.KINDS.pop("test-brief")


def test_the_road_from_an_idea_to_a_team(cast, in_app, subject):
    mei, hao = cast.browser("mei"), cast.browser("hao")
    assert "You are in no team yet" in mei.get("/teams").text
    page = mei.get(f"/teams/new?for={subject}").text
    assert "2 to 3 members" in page and 'name="consent"' in page
    sent = {"name": "Banana counters", "subject": subject}
    assert mei.post("/teams", data=sent).status_code == 422
    made = mei.post("/teams", data=sent | {"consent": "y"})
    assert made.status_code == 303
    html = mei.get(made.location).text
    assert "1 member is missing" in html and "Missing" in html and "nobody" in html
    # hao says that he looks for a team, and is found by it.
    assert hao.post("/teams/looking", data={"words": "I count"}).status_code == 422
    found = hao.post("/teams/looking", data={"words": "I count", "consent": "y"})
    assert found.status_code == 303
    assert "I count" in mei.get(made.location).text
    mei.post(f"{made.location}/invitations", data={"handle": "hao", "words": "Come"})
    home = hao.get("/").text
    assert "asks you to join" in home
    page = hao.get("/teams").text
    assert "Come" in page and "Banana counters" in page
    answer = re.search(r"/teams/mine/invitations/[0-9a-f-]+/yes", page).group()
    refused = hao.post(answer, follow_redirects=True).text
    assert "consent to that below" in refused
    joined = hao.post(answer, data={"consent": "y"})
    assert joined.location == made.location
    assert "Banana counters" in hao.get(joined.location).text
    # A link; shown once.
    link = mei.post(f"{made.location}/link")
    assert link.headers["Cache-Control"] == "no-store"
    token = re.search(r"/teams/invitations/([\w-]+)", link.text).group(1)
    assert token not in mei.get(made.location).text
    with in_app():
        student(cast, "anna")
    anna = cast.browser("anna")
    assert "Banana counters" in anna.get(f"/teams/invitations/{token}").text
    assert anna.get(made.location).status_code == 404
    anna.post(f"/teams/invitations/{token}", data={"consent": "y"})
    with in_app():
        anna_id = cast.person("anna").id
        hao_id = cast.person("hao").id
    assert "leads the team now" not in hao.get(made.location).text
    anna.post(f"{made.location}/vote/{hao_id}")
    assert (
        "leads the team now"
        in mei.post(f"{made.location}/vote/{hao_id}", follow_redirects=True).text
    )
    assert mei.post(f"{made.location}/lead/{anna_id}").status_code == 404
    hao.post(f"{made.location}/members/{anna_id}/end")
    assert anna.get(made.location).status_code == 404
    mei.post(f"{made.location}/leaving")
    assert "Teams that you were in" in mei.get("/teams").text
    hao.post(f"{made.location}/dissolution")
    assert hao.get(made.location).status_code == 404


def test_doors_are_closed_to_everybody_else(cast, in_app):
    with in_app():
        team = operations.form_team(cast.person("mei"), TeamWords("Bananas"), consents_now=True)
        token, path = operations.make_link(cast.person("mei"), team), f"/teams/{team.id}"
    for handle in ("lin", "ping", "yun", "guo", "fang", "ting"):
        browser = cast.browser(handle)
        for page in ("/teams", "/teams/new", "/teams/open", "/teams/looking", path,
                     f"/teams/invitations/{token}"):  # fmt: skip
            assert browser.get(page).status_code == 404, (handle, page)
        assert browser.post("/teams", data={"name": "x", "consent": "y"}).status_code == 404
    hao = cast.browser("hao")
    assert hao.get(path).status_code == 404
    for act in ("invitations", "link", "leaving", "call", "call/end", "dissolution"):
        assert hao.post(f"{path}/{act}").status_code == 404, act
    assert hao.post(path, data={"name": "x"}).status_code == 404


def test_teams_with_room_are_found_without_their_members_names(cast, in_app):
    with in_app():
        mei = cast.person("mei")
        team = operations.form_team(mei, TeamWords("Bananas"), consents_now=True)
        operations.call_for_members(mei, team, "Somebody who counts")
        name, team_id = mei.name, team.id
    hao = cast.browser("hao")
    html = hao.get("/teams/open?q=bana").text
    assert "Somebody who counts" in html and name not in html
    assert "Nothing matches" in hao.get("/teams/open?q=zzz").text
    asked = hao.post(f"/teams/open/{team_id}/requests", data={"words": "Me"})
    assert asked.status_code == 303
    assert "You have asked" in hao.get("/teams/open").text
    page = cast.browser("mei").get(f"/teams/{team_id}").text
    assert "Me" in page
    yes = re.search(rf"/teams/{team_id}/requests/[0-9a-f-]+/yes", page).group()
    cast.browser("mei").post(yes)
    with in_app():
        assert len(queries.invitations_to(cast.person("hao"))) == 1


def test_many_members_and_invitations_cost_no_more_statements(cast, in_app, count_queries):
    with in_app():
        mei = cast.person("mei")
        team = operations.form_team(mei, TeamWords("Bananas", "", 1, 9), consents_now=True)
        team_id = team.id
        path = f"/teams/{team_id}"
        joining = operations.make_link(mei, team)

    def join(handle):
        person = student(cast, handle)
        operations.accept(person, queries.invitation_by_token(joining), consents_now=True)

    def seen(page):
        browser.get(page)
        with count_queries() as statements:
            assert browser.get(page).status_code == 200
        return len(statements)

    with in_app():
        join("anna")
        operations.invite_by_handle(cast.person("mei"), queries.team_by_id(team_id), "hao")
    browser = cast.browser("mei")
    few = [seen(page) for page in (path, "/teams")]
    with in_app():
        for handle in ("bert", "cora", "dora"):
            join(handle)
        for handle in ("emil", "fred", "gina"):
            student(cast, handle)
            operations.invite_by_handle(cast.person("mei"), queries.team_by_id(team_id), handle)
    assert [seen(page) for page in (path, "/teams")] == few
