"""Standing in line for a scarce profile, and being called."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning.models import Section
from app.operations import queries as runs
from app.operations.models import LabTurn
from app.operations.operations.runs import admit
from app.operations.operations.stopping import order_stop
from app.operations.queries import lines as queries
from app.workspaces import hub
from app.workspaces.gates import NotNow
from jupyter_config.profiles import Profile

__all__ = ["AnotherLabOpen", "ask_place", "join_line", "leave_line", "serve_lines"]

log = logging.getLogger(__name__)

PRESENT = timedelta(seconds=30)
"""Her page asks every three seconds; whoever is called has to be there."""

GIVEN_UP = timedelta(minutes=30)


class AnotherLabOpen(NotNow):
    message = _l(
        "You have a lab open. Close it first (File → Shut Down in JupyterLab): a person has one "
        "server, and its size is chosen when it starts."
    )

    def __init__(self) -> None:
        super().__init__(self.message)


@operation
def join_line(person: Person, section: Section, lab_slug: str, profile: Profile) -> LabTurn:
    """Let PERSON wait for PROFILE. Who waits already keeps her place. Raises AnotherLabOpen."""
    if runs.live_run_of(person.id) is not None:
        raise AnotherLabOpen
    turn = queries.turn_of(person)
    if turn is not None and turn.profile == profile.name:
        turn.section_id, turn.lab_slug, turn.seen_at = section.id, lab_slug, clock.now()
        return turn
    if turn is not None:
        turn.left_at = clock.now()
        db.session.flush()
    turn = LabTurn(
        person_id=person.id, section_id=section.id, lab_slug=lab_slug, profile=profile.name
    )
    db.session.add(turn)
    db.session.flush()
    return turn


@operation
def leave_line(person: Person) -> None:
    """Give her place to those behind her."""
    turn = queries.turn_of(person)
    if turn is not None:
        turn.left_at = clock.now()


@operation
def ask_place(person: Person) -> int | None:
    """Her place in the line, counted from 1; None when she stands in none. Notes that her page
    is open."""
    turn = queries.turn_of(person)
    if turn is None:
        return None
    turn.seen_at = clock.now()
    return queries.place_of(turn)


@operation
def serve_lines(profiles: Sequence[Profile]) -> int:
    """Start servers for those at the head of each line while there are places; how many.

    Whoever is not at her page is passed over and keeps her place; after half an hour she has left.
    Servers that have used their time are stopped with a word.
    """
    called = 0
    for profile in profiles:
        _end_expired(profile)
        called += _serve(profile)
    return called


def _serve(profile: Profile) -> int:
    assert profile.quota is not None
    now = clock.now()
    line = queries.line_of(profile.name)
    holders = queries.holders_of(profile.name)
    called = 0
    for turn in line:
        if turn.seen_at < now - GIVEN_UP:
            turn.left_at = now
            continue
        where = (turn.section.school_id, turn.section.offering.course_version.course_id)
        if len(holders) >= profile.quota.servers:
            break
        if turn.seen_at < now - PRESENT or not _has_room(profile, holders, where):
            continue
        try:
            run = admit(turn.person, turn.section, turn.lab_slug)
        except NotNow:
            continue  # labs are closed, or her course has no place: she keeps hers
        run.profile = profile.name
        hub.client().start(turn.person.handle, locale=turn.person.locale, profile=profile.name)
        turn.called_at = turn.left_at = now
        holders.append(where)
        called += 1
    return called


def _has_room(profile: Profile, holders: Sequence[tuple[object, object]], where: object) -> bool:
    assert profile.quota is not None and isinstance(where, tuple)
    for place, most in enumerate((profile.quota.per_school, profile.quota.per_course)):
        if most is not None and sum(held[place] == where[place] for held in holders) >= most:
            return False
    return True


def _end_expired(profile: Profile) -> None:
    assert profile.quota is not None
    since = clock.now() - timedelta(minutes=profile.quota.minutes)
    for run in queries.runs_with(profile.name):
        if run.asked_at < since and run.stop_at is None:
            order_stop(
                None,
                run,
                _(
                    "Your %(minutes)s minutes with this profile are over; others wait for it.",
                    minutes=profile.quota.minutes,
                ),
            )
