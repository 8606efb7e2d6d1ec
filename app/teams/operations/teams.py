"""Forming a team, what it is called and for what, calling for members, dissolving it."""

from dataclasses import dataclass

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.teams.models import Team, TeamMember
from app.teams.operations.leading import install
from app.teams.operations.locking import locked
from app.teams.operations.members import Frozen, agree, close
from app.teams.policies import leads
from app.teams.rules import LARGEST, How
from app.teams.subjects import subject_for

__all__ = [
    "BadSizes", "TeamWords", "call_for_members", "change_team", "dissolve", "form_team",
    "stop_calling",
]  # fmt: skip


class BadSizes(Refused):
    """Sizes that cannot be."""


@dataclass(frozen=True)
class TeamWords:
    name: str
    about: str = ""
    least: int = 2
    most: int = 5
    subject_key: str = ""
    """What it forms for; its sizes are those of the subject then."""


@operation
def form_team(person: Person, words: TeamWords, *, consents_now: bool = False) -> Team:
    """A team of one, whom she leads.

    Raises NotAStudent, ConsentMissing, BadSizes, NotVisible (a subject that she does not see).
    """
    agree(person, consents_now=consents_now)
    team = Team(made_by_id=person.id)
    _write(person, team, words, members=1)
    db.session.add(team)
    db.session.flush()
    db.session.add(TeamMember(team_id=team.id, person_id=person.id))
    db.session.flush()
    install(team, person.id, How.FOUNDED)
    db.session.expire(team, ["members"])
    audit.record(person.id, "teams.formed", "team", team.id)
    return team


@operation
def change_team(lead: Person, team: Team, words: TeamWords) -> None:
    """Raises Frozen (for anything but words), BadSizes, NotVisible."""
    team = _led(lead, team)
    before = (team.least, team.most, team.subject_key)
    _write(lead, team, words, members=len(team.live_members))
    if team.is_frozen and before != (team.least, team.most, team.subject_key):
        raise Frozen
    db.session.flush()


@operation
def call_for_members(lead: Person, team: Team, words: str) -> None:
    """From now on students find TEAM among those that seek members. Raises Frozen, NotVisible."""
    team = _led(lead, team)
    if team.is_frozen:
        raise Frozen
    team.seeking_since, team.seeking_words = clock.now(), words
    audit.record(lead.id, "teams.calls", "team", team.id)


@operation
def stop_calling(lead: Person, team: Team) -> None:
    """Raises NotVisible."""
    _led(lead, team).seeking_since = None


@operation
def dissolve(lead: Person, team: Team) -> None:
    """End TEAM for everybody. Raises Frozen, NotVisible."""
    team = _led(lead, team)
    if team.is_frozen:
        raise Frozen
    now = clock.now()
    for member in team.live_members:
        # Each is put out by herself in the books: nobody was thrown out of a team that ended.
        member.left_at, member.left_by_id = now, member.person_id
    db.session.flush()
    close(lead, team)


def _led(lead: Person, team: Team) -> Team:
    team = locked(team)
    if not leads(lead, team):
        raise NotVisible(str(team.id))
    return team


def _write(person: Person, team: Team, words: TeamWords, *, members: int) -> None:
    least, most = words.least, words.most
    if words.subject_key and words.subject_key != team.subject_key:
        subject = subject_for(person, words.subject_key)
        least, most = subject.least, min(subject.most, LARGEST)
    elif words.subject_key:
        least, most = team.least, team.most
    if not 1 <= least <= most <= LARGEST:
        raise BadSizes(_l("A team has between 1 and %(most)s members.", most=LARGEST))
    if most < members:
        raise BadSizes(_l("The team has more members than that already."))
    team.name, team.about, team.subject_key = words.name, words.about, words.subject_key
    team.least, team.most = least, most
