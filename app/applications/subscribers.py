"""What happens elsewhere and ends applications."""

from app.applications.events import ApplicationMoved
from app.applications.operations import answering, ending
from app.applications.queries.messages import application_id_in
from app.applications.rules import ENDED, TO_COMPANY
from app.briefs.events import BriefChanged, BriefClosed
from app.conversations.events import PostWritten
from app.kernel.events import subscribe
from app.privacy.events import ConsentWithdrawn
from app.teams.events import MemberLeft, TeamDissolved


@subscribe(ConsentWithdrawn)
def consent_withdrawn(event: ConsentWithdrawn) -> None:
    if event.purpose == TO_COMPANY.name and event.organisation_id is not None:
        ending.consent_ended(event.person_id, event.organisation_id)


@subscribe(MemberLeft)
def member_left(event: MemberLeft) -> None:
    ending.member_left(event.team_id, event.person_id)


@subscribe(TeamDissolved)
def team_dissolved(event: TeamDissolved) -> None:
    ending.team_ended(event.team_id)


@subscribe(PostWritten)
def message_written(event: PostWritten) -> None:
    """The company's first message is an answer."""
    application_id = application_id_in(event.place)
    if application_id is not None:
        answering.note_message(application_id, event.author_id)


@subscribe(ApplicationMoved)
def interview_falls_away(event: ApplicationMoved) -> None:
    """Who is out of the selection does not come to the interview that she booked."""
    if event.state in ENDED:
        answering.cancel_interview(event.application_id, event.brief_id)


@subscribe(BriefChanged)
def brief_changed(event: BriefChanged) -> None:
    answering.tell_of_change(event.brief_id, event.version_number)


@subscribe(BriefClosed)
def brief_closed(event: BriefClosed) -> None:
    answering.tell_of_closing(event.brief_id)
