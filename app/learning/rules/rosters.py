"""What becomes of each line of a section's roster. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.accounts.rules.rosters import RosterLine
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = ["FATE_NAMES", "Fate", "Fated", "Known", "count", "fates"]


class Fate(StrEnum):
    ENROL = "enrol"
    GUEST = "guest"
    WAIT = "wait"
    INVITE = "invite"
    ALREADY = "already"
    TEACHES = "teaches"
    SUSPENDED = "suspended"


FATE_NAMES: dict[Fate, LazyText] = {
    Fate.ENROL: _l("Enrolled"),
    Fate.GUEST: _l("Enrolled as a guest from another school, whose credit needs recognition there"),
    Fate.WAIT: _l("On the waitlist, because the places are taken"),
    Fate.INVITE: _l("Invited by mail; enrolled on joining the school"),
    Fate.ALREADY: _l("Takes the section or waits for it already"),
    Fate.TEACHES: _l("Left out: teaches this section"),
    Fate.SUSPENDED: _l("Left out: the account is suspended"),
}


@dataclass(frozen=True)
class Known:
    """What is known of somebody whose proven address is on the roster."""

    is_student_here: bool
    is_student_elsewhere: bool
    is_in: bool = False
    """Takes the section, or has asked for a place."""
    teaches: bool = False
    is_suspended: bool = False


@dataclass(frozen=True)
class Fated:
    line: RosterLine
    fate: Fate


def fates(lines: Sequence[RosterLine], known: Mapping[str, Known], free: int) -> list[Fated]:
    """What loading LINES does with FREE places, in the order of the lines.

    KNOWN maps lower-case mail addresses to people; who is not in it is invited.
    """
    found: list[Fated] = []
    for line in lines:
        fate = _fate(known.get(line.email.lower()))
        if fate in (Fate.ENROL, Fate.GUEST):
            if free <= 0:
                fate = Fate.WAIT
            free -= 1
        found.append(Fated(line, fate))
    return found


def _fate(known: Known | None) -> Fate:
    if known is None:
        return Fate.INVITE
    if known.is_suspended:
        return Fate.SUSPENDED
    if known.teaches:
        return Fate.TEACHES
    if known.is_in:
        return Fate.ALREADY
    if known.is_student_here:
        return Fate.ENROL
    return Fate.GUEST if known.is_student_elsewhere else Fate.INVITE


def count(found: Collection[Fated]) -> dict[Fate, int]:
    """How many lines meet each fate."""
    return {fate: sum(row.fate is fate for row in found) for fate in Fate}
