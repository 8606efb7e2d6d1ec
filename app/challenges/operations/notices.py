"""What people are told of challenges."""

from sqlalchemy import select

from app.accounts.models import Person
from app.challenges import queries
from app.challenges.models import (
    Challenge,
    ChallengeEntry,
    ChallengeEntryPerson,
    ChallengeEvaluation,
)
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.notifications import operations as notifications
from app.notifications import rules
from app.notifications.operations import Note
from app.notifications.rules import Delivery, Kind

ENDED = rules.register(
    Kind("challenges.ended", _l("The end of challenges I took part in"), Delivery.DIGEST)
)
BROKEN = rules.register(
    Kind("challenges.broken", _l("Evaluations of my challenges that fail"), Delivery.NOW)
)


def tell_of_breakage(challenge: Challenge, evaluation: ChallengeEvaluation) -> None:
    """Tell the section's staff, once for each version of an evaluation. Within an operation."""

    def note() -> Note:
        return Note(
            _("The evaluation of a challenge failed: %(title)s", title=str(challenge.title)),
            _("A submission could not be scored, through no fault of its own. The desk says why."),
        )

    for place in challenge.section.staff:
        if place.ended_at is None:
            notifications.tell(
                place.person,
                BROKEN,
                note,
                f"/teaching/{challenge.section.code}/challenges/{challenge.slug}",
                key=f"challenge-broken:{evaluation.id}",
            )


def tell_of_the_end(challenge: Challenge) -> None:
    """Tell everybody who took part that the ranking is final. Within an operation."""
    people = db.session.scalars(
        select(Person)
        .join(ChallengeEntryPerson, ChallengeEntryPerson.person_id == Person.id)
        .join(ChallengeEntry, ChallengeEntry.id == ChallengeEntryPerson.entry_id)
        .where(ChallengeEntry.challenge_id == challenge.id, ChallengeEntry.is_trial.is_(False))
        .distinct()
    ).all()
    for person in people:
        board = queries.board(person, challenge, final=True)
        mine = next((row for row in board.rows if row.is_mine), None)

        def note(rank: int | None = mine.rank if mine else None, of: int = len(board.rows)) -> Note:
            title = str(challenge.title)
            if rank is None:
                text = _("The ranking is final.")
            else:
                text = _("You came in at place %(rank)s of %(of)s.", rank=rank, of=of)
            return Note(_("The challenge is over: %(title)s", title=title), text)

        notifications.tell(
            person,
            ENDED,
            note,
            f"/learn/{challenge.section.code}/challenges/{challenge.slug}/leaderboard",
            key=f"challenge-ended:{challenge.id}",
        )
