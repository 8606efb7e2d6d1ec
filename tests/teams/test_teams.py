"""Forming, inviting, leading, leaving, holding as it is."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Membership, Person
from app.accounts.rules import Proof, Role
from app.kernel import clock, events
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.privacy import operations as privacy
from app.teams import operations, queries
from app.teams.events import MemberJoined, MemberLeft, TeamDissolved
from app.teams.models import TeamInvitation, TeamLead, TeamMember
from app.teams.operations import TeamWords
from app.teams.rules import TEAM, TEAM_SEARCH, Answer, How


def student(cast, handle: str) -> Person:
    """One more student of mei's school."""
    person = Person(
        handle=handle,
        email=f"{handle}@example.com",
        name=f"Name of {handle}",
        email_verified_at=clock.now(),
    )
    db.session.add(person)
    db.session.flush()
    school = cast.person("mei").live_memberships[0].organisation_id
    db.session.add(
        Membership(
            person_id=person.id,
            organisation_id=school,
            role=Role.STUDENT,
            proven_by=Proof.ROSTER,
        )
    )
    db.session.commit()
    return person


@pytest.fixture
def team_id(cast, in_app):
    """A team of mei alone, for one to three."""
    with in_app():
        return operations.form_team(
            cast.person("mei"), TeamWords("Bananas", "Ripe ones", 1, 3), consents_now=True
        ).id


def team_of(cast, team_id, handle="mei"):
    return queries.team_for(cast.person(handle), team_id)


def joined(cast, team_id, person):
    """PERSON joins by her invitation."""
    mei = cast.person("mei")
    operations.invite_by_handle(mei, team_of(cast, team_id), person.handle, "Come!")
    (invitation,) = queries.invitations_to(person)
    operations.accept(person, invitation, consents_now=True)


class TestForming:
    def test_makes_her_a_member_and_the_lead(self, cast, in_app, team_id):
        with in_app():
            team = team_of(cast, team_id)
            assert [m.name for m in queries.members_of(team)] == [cast.person("mei").name]
            assert team.lead_id == cast.person("mei").id
            assert [row.how for row in team.leads] == [How.FOUNDED]
            assert queries.teams_of(cast.person("mei"))[0].id == team_id
            assert queries.teams_of(cast.person("hao")) == []

    def test_needs_her_consent(self, cast, in_app):
        with in_app(), pytest.raises(operations.ConsentMissing):
            operations.form_team(cast.person("mei"), TeamWords("Bananas"))

    @pytest.mark.parametrize("handle", ["lin", "ping", "yun", "fang", "guo"])
    def test_is_for_students(self, cast, in_app, handle):
        with in_app(), pytest.raises(operations.NotAStudent):
            operations.form_team(cast.person(handle), TeamWords("Bananas"), consents_now=True)

    @pytest.mark.parametrize(("least", "most"), [(0, 3), (4, 3), (2, 13)])
    def test_refuses_sizes_that_cannot_be(self, cast, in_app, least, most):
        with in_app(), pytest.raises(operations.BadSizes):
            operations.form_team(
                cast.person("mei"), TeamWords("Bananas", "", least, most), consents_now=True
            )


class TestInviting:
    def test_by_handle_waits_for_her_answer(self, cast, in_app, team_id):
        with in_app():
            hao = cast.person("hao")
            operations.invite_by_handle(cast.person("mei"), team_of(cast, team_id), " @Hao ")
            (invitation,) = queries.invitations_to(hao)
            with pytest.raises(operations.ConsentMissing):
                operations.accept(hao, invitation)
            operations.accept(hao, invitation, consents_now=True)
            assert hao.id in team_of(cast, team_id).person_ids
            assert queries.invitations_to(hao) == []
            with pytest.raises(operations.InvitationOver):
                operations.accept(hao, invitation)

    @pytest.mark.parametrize("handle", ["nobody-there", "lin", "yun", "mei"])
    def test_of_who_cannot_come_says_the_same_and_does_nothing(self, cast, in_app, team_id, handle):
        with in_app():
            operations.invite_by_handle(cast.person("mei"), team_of(cast, team_id), handle)
            assert queries.open_invitations(team_of(cast, team_id)) == []

    def test_twice_is_one_invitation(self, cast, in_app, team_id):
        with in_app():
            for _n in range(2):
                operations.invite_by_handle(cast.person("mei"), team_of(cast, team_id), "hao")
            assert len(queries.invitations_to(cast.person("hao"))) == 1

    def test_declined_can_be_asked_again(self, cast, in_app, team_id):
        with in_app():
            hao, mei = cast.person("hao"), cast.person("mei")
            operations.invite_by_handle(mei, team_of(cast, team_id), "hao")
            operations.decline(hao, queries.invitations_to(hao)[0])
            assert queries.invitations_to(hao) == []
            operations.invite_by_handle(mei, team_of(cast, team_id), "hao")
            assert len(queries.invitations_to(hao)) == 1

    def test_a_link_lets_many_in_until_there_is_no_room(self, cast, in_app, team_id):
        with in_app():
            mei = cast.person("mei")
            old = operations.make_link(mei, team_of(cast, team_id))
            token = operations.make_link(mei, team_of(cast, team_id))
            with pytest.raises(NotVisible):
                queries.invitation_by_token(old)
            for handle in ("anna", "bert"):
                operations.accept(
                    student(cast, handle), queries.invitation_by_token(token), consents_now=True
                )
            with pytest.raises(operations.Full):
                operations.accept(
                    student(cast, "cora"), queries.invitation_by_token(token), consents_now=True
                )

    def test_a_letter_is_answered_once(self, cast, in_app, team_id, monkeypatch):
        sent = []
        monkeypatch.setattr("app.kernel.mail.send", lambda **mail: sent.append(mail))
        with in_app():
            operations.invite_by_mail(
                cast.person("mei"), team_of(cast, team_id), "A@b.example", "Hi", site_url="http://x"
            )
            token = sent[0]["text"].partition("/teams/invitations/")[2].split()[0]
            operations.accept(
                student(cast, "anna"), queries.invitation_by_token(token), consents_now=True
            )
            with pytest.raises(NotVisible):
                queries.invitation_by_token(token)

    def test_is_withdrawn_by_who_invited_or_the_lead(self, cast, in_app, team_id):
        with in_app():
            hao = cast.person("hao")
            joined(cast, team_id, hao)
            anna = student(cast, "anna")
            operations.invite_by_handle(cast.person("mei"), team_of(cast, team_id), "anna")
            (invitation,) = queries.invitations_to(anna)
            with pytest.raises(NotVisible):
                operations.withdraw_invitation(hao, team_of(cast, team_id, "hao"), invitation.id)
            operations.withdraw_invitation(
                cast.person("mei"), team_of(cast, team_id), invitation.id
            )
            assert queries.invitations_to(anna) == []

    def test_runs_out(self, cast, in_app, team_id, frozen):
        with in_app():
            hao = cast.person("hao")
            operations.invite_by_handle(cast.person("mei"), team_of(cast, team_id), "hao")
            (invitation,) = queries.invitations_to(hao)
            with frozen(invitation.expires_at):
                assert queries.invitations_to(hao) == []
                with pytest.raises(operations.InvitationOver):
                    operations.accept(hao, invitation, consents_now=True)


class TestAsking:
    def test_goes_to_the_lead_who_takes_her_in_with_her_consent(self, cast, in_app, team_id):
        with in_app():
            hao, mei = cast.person("hao"), cast.person("mei")
            with pytest.raises(NotVisible):
                queries.open_team(hao, team_id)
            operations.call_for_members(mei, team_of(cast, team_id), "Somebody who counts")
            assert [row.team.id for row in queries.open_teams(hao).rows] == [team_id]
            assert queries.open_teams(mei).rows == []
            operations.ask_to_join(hao, queries.open_team(hao, team_id), "Me")
            operations.ask_to_join(hao, queries.open_team(hao, team_id), "Me")
            (request,) = queries.open_requests(team_of(cast, team_id))
            operations.answer_request(mei, team_of(cast, team_id), request.id, takes=True)
            assert hao.id not in team_of(cast, team_id).person_ids
            operations.accept(hao, queries.invitations_to(hao)[0], consents_now=True)
            assert hao.id in team_of(cast, team_id).person_ids

    def test_may_be_answered_with_no(self, cast, in_app, team_id):
        with in_app():
            hao, mei = cast.person("hao"), cast.person("mei")
            operations.call_for_members(mei, team_of(cast, team_id), "")
            operations.ask_to_join(hao, queries.open_team(hao, team_id))
            (request,) = queries.open_requests(team_of(cast, team_id))
            operations.answer_request(mei, team_of(cast, team_id), request.id, takes=False)
            assert queries.requests_by(hao) == [] and request.answer is Answer.DECLINED


class TestLeading:
    def test_goes_to_whom_more_than_half_vote_for(self, cast, in_app, team_id):
        with in_app():
            mei, hao, anna = cast.person("mei"), cast.person("hao"), student(cast, "anna")
            joined(cast, team_id, hao)
            joined(cast, team_id, anna)
            assert not operations.vote(hao, team_of(cast, team_id), hao)
            assert team_of(cast, team_id).lead_id == mei.id
            assert operations.vote(anna, team_of(cast, team_id), hao)
            team = team_of(cast, team_id)
            assert team.lead_id == hao.id
            assert [row.how for row in team.leads] == [How.FOUNDED, How.VOTED]
            assert queries.votes_in(team) == []

    def test_is_handed_over_by_the_lead_alone(self, cast, in_app, team_id):
        with in_app():
            mei, hao = cast.person("mei"), cast.person("hao")
            joined(cast, team_id, hao)
            with pytest.raises(NotVisible):
                operations.appoint(hao, team_of(cast, team_id), hao)
            operations.appoint(mei, team_of(cast, team_id), hao)
            assert team_of(cast, team_id).lead_id == hao.id

    def test_follows_to_who_was_there_longest_when_the_lead_leaves(self, cast, in_app, team_id):
        with in_app():
            hao, anna = cast.person("hao"), student(cast, "anna")
            joined(cast, team_id, hao)
            joined(cast, team_id, anna)
            operations.leave(cast.person("mei"), team_of(cast, team_id))
            team = team_of(cast, team_id, "hao")
            assert team.lead_id == hao.id and team.leads[-1].how is How.FOLLOWED

    def test_is_of_one_at_a_time_in_the_database_too(self, cast, in_app, team_id):
        with in_app():
            db.session.add(
                TeamLead(team_id=team_id, person_id=cast.person("hao").id, how=How.VOTED)
            )
            with pytest.raises(IntegrityError, match="one_lead_at_a_time"):
                db.session.flush()


class TestLeaving:
    def test_is_dated_and_the_last_one_closes_the_team(self, cast, in_app, team_id):
        with in_app():
            mei = cast.person("mei")
            operations.leave(mei, team_of(cast, team_id))
            with pytest.raises(NotVisible):
                team_of(cast, team_id)
            (row,) = queries.past_teams_of(mei)
            assert row.left_by_id == mei.id and row.team.dissolved_at is not None

    def test_and_coming_back_is_another_row(self, cast, in_app, team_id):
        with in_app():
            hao = cast.person("hao")
            joined(cast, team_id, hao)
            operations.leave(hao, team_of(cast, team_id, "hao"))
            joined(cast, team_id, hao)
            rows = db.session.scalars(
                select(TeamMember).where(TeamMember.person_id == hao.id)
            ).all()
            assert sorted(row.left_at is None for row in rows) == [False, True]

    def test_is_made_by_the_lead_only_for_others(self, cast, in_app, team_id):
        with in_app():
            mei, hao = cast.person("mei"), cast.person("hao")
            joined(cast, team_id, hao)
            with pytest.raises(NotVisible):
                operations.put_out(hao, team_of(cast, team_id), mei)
            operations.put_out(mei, team_of(cast, team_id), hao)
            assert team_of(cast, team_id).person_ids == {mei.id}

    def test_is_heard_of_above(self, cast, in_app, team_id, monkeypatch):
        heard = []
        for kind in (MemberJoined, MemberLeft, TeamDissolved):
            monkeypatch.setitem(events._subscribers, kind, [heard.append])
        with in_app():
            hao = cast.person("hao")
            joined(cast, team_id, hao)
            operations.freeze(team_of(cast, team_id), "application:1")
            operations.leave(hao, team_of(cast, team_id, "hao"))
            operations.leave(cast.person("mei"), team_of(cast, team_id))
            hao_id, mei_id = hao.id, cast.person("mei").id
        assert heard == [
            MemberJoined(team_id, hao_id),
            MemberLeft(team_id, hao_id, ("application:1",)),
            TeamDissolved(team_id),
            MemberLeft(team_id, mei_id, ("application:1",)),
        ]


class TestAFrozenTeam:
    @pytest.fixture
    def frozen_team(self, cast, in_app, team_id):
        with in_app():
            joined(cast, team_id, cast.person("hao"))
            operations.invite_by_handle(
                cast.person("mei"), team_of(cast, team_id), student(cast, "anna").handle
            )
            operations.freeze(team_of(cast, team_id), "application:1")
            operations.freeze(team_of(cast, team_id), "application:1")
            operations.freeze(team_of(cast, team_id), "application:2")
        return team_id

    def test_takes_nobody_in_and_puts_nobody_out(self, cast, in_app, frozen_team):
        with in_app():
            from app.accounts.queries import person_by_handle

            mei, hao, anna = cast.person("mei"), cast.person("hao"), person_by_handle("anna")
            team = team_of(cast, frozen_team)
            assert team.is_frozen
            for act in (
                lambda: operations.accept(anna, queries.invitations_to(anna)[0], consents_now=True),
                lambda: operations.put_out(mei, team, hao),
                lambda: operations.invite_by_handle(mei, team, "yian"),
                lambda: operations.make_link(mei, team),
                lambda: operations.dissolve(mei, team),
                lambda: operations.call_for_members(mei, team, ""),
                lambda: operations.change_team(mei, team, TeamWords("Bananas", "", 1, 4)),
            ):
                with pytest.raises(operations.Frozen):
                    act()

    def test_lets_its_lead_change_and_its_members_go(self, cast, in_app, frozen_team):
        with in_app():
            mei, hao = cast.person("mei"), cast.person("hao")
            operations.appoint(mei, team_of(cast, frozen_team), hao)
            operations.leave(mei, team_of(cast, frozen_team))
            assert team_of(cast, frozen_team, "hao").person_ids == {hao.id}

    def test_is_free_when_everything_is_over(self, cast, in_app, frozen_team):
        with in_app():
            mei = cast.person("mei")
            operations.unfreeze(team_of(cast, frozen_team), "application:1")
            assert team_of(cast, frozen_team).is_frozen
            operations.unfreeze(team_of(cast, frozen_team), "application:2")
            operations.put_out(mei, team_of(cast, frozen_team), cast.person("hao"))

    @pytest.mark.parametrize(
        ("sql", "why"),
        [
            (
                "INSERT INTO team_members (id, team_id, person_id, joined_at)"
                " SELECT gen_random_uuid(), :team, id, now() FROM people WHERE handle = 'anna'",
                "frozen",
            ),
            (
                "UPDATE team_members SET left_at = now(), left_by_id ="
                " (SELECT id FROM people WHERE handle = 'mei') WHERE person_id ="
                " (SELECT id FROM people WHERE handle = 'hao')",
                "frozen",
            ),
            ("UPDATE teams SET most = 1 WHERE id = :team", "more members"),
        ],
    )
    def test_is_kept_by_the_database(self, cast, in_app, frozen_team, sql, why):
        with in_app(), pytest.raises(IntegrityError, match=why):
            db.session.execute(text(sql), {"team": frozen_team})


class TestLookingForATeam:
    def test_is_found_by_consent_and_no_more_without(self, cast, in_app, team_id):
        with in_app():
            hao = cast.person("hao")
            with pytest.raises(operations.ConsentMissing):
                operations.look_for_a_team(hao, "Anything")
            operations.look_for_a_team(hao, "Anything", consents_now=True)

            def found():
                return [
                    one.person.handle for one in queries.suggestions(team_of(cast, team_id), ())
                ]

            assert found() == ["hao"]
            privacy.withdraw(hao, TEAM_SEARCH.name)
            assert found() == []
            assert queries.seeker_of(hao).until is not None
            operations.look_for_a_team(hao, "Again", consents_now=True)
            assert found() == ["hao"]
            operations.stop_looking(hao)
            assert found() == []

    def test_skills_are_hidden_from_the_team_once_she_withdraws(self, cast, in_app, team_id):
        with in_app():
            mei = cast.person("mei")
            assert queries.skills_of(team_of(cast, team_id), None).silent == frozenset()
            privacy.withdraw(mei, TEAM.name)
            assert queries.skills_of(team_of(cast, team_id), None).silent == {mei.id}
            assert queries.standing_of_team(team_of(cast, team_id)) == {}


def test_only_invitations_of_hers_are_hers(cast, in_app, team_id):
    with in_app():
        operations.invite_by_handle(cast.person("mei"), team_of(cast, team_id), "hao")
        invitation = db.session.scalars(select(TeamInvitation)).one()
        with pytest.raises(NotVisible):
            queries.my_invitation(cast.person("mei"), invitation.id)
