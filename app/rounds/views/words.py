"""Words of results and of what changes broke."""

from datetime import datetime
from typing import Any

from app.kernel import clock
from app.kernel.i18n import gettext as _
from app.matching import Reason
from app.rounds.models import Round
from app.rounds.queries import Drawn, MyReason
from app.rounds.rules import CHANGE_NAMES, OFFER_NAMES, STATE_NAMES, State

__all__ = ["broken", "helpers", "reason_words"]

TONES = {
    State.DRAFT: "draft", State.ANNOUNCED: "waiting", State.OPEN: "open", State.CLOSED: "closed",
    State.DRAWN: "running", State.PUBLISHED: "published", State.ENDED: "closed",
    State.CANCELLED: "withdrawn",
}  # fmt: skip


def reason_words(mine: MyReason) -> str:
    """Why she did not receive a choice, in her language, without anybody's name."""
    one = mine.explained
    match one.reason:
        case Reason.FULL:
            return _("Full: everyone admitted is ranked above you.")
        case Reason.SUPERVISOR_LIMIT:
            return _(
                "Its supervisor has no place left, and everyone with the supervisor is ranked"
                " above you."
            )
        case Reason.LOTTERY:
            return _(
                "A tie, decided by the lottery: the last one admitted is ranked as high as you and"
                " was drawn before you. You were drawn in place %(drawn)s.",
                drawn=one.drawn,
            )
        case Reason.NOT_ELIGIBLE:
            if mine.barrier:
                return _("Not possible: %(reason)s", reason=mine.barrier)
            return _("When the ranking closed, something that is required was missing.")
        case Reason.NOT_RANKED:
            return _("The company did not put you on its list.")
        case Reason.CLOSED:
            return _("Closed: fewer than its minimum would have taken part.")
        case Reason.CHANGED:
            return _(
                "It would take you now: since the result a place was given by hand or has become"
                " free. Free places go to the first in line."
            )


def broken(looked: Any) -> list[str]:
    """What a change by hand breaks, one sentence each; empty when nothing."""
    checked, found = looked.checked, looked.found
    lines = []
    if checked.unfit:
        lines.append(_("This applicant did not choose that project, or cannot be taken there."))
    if checked.new_pairs:
        lines.append(
            _(
                "%(count)s pairs of applicant and project would rather have each other.",
                count=len(checked.new_pairs),
            )
        )
    lines += [_("More than its limit: %(name)s", name=_name(found, key)) for key in checked.over]
    lines += [
        _("Fewer than its minimum: %(name)s", name=_name(found, key)) for key in checked.under
    ]
    return lines


def _name(found: Drawn, key: str) -> str:
    if key in found.projects:
        return str(found.projects[key].name)
    return found.supervisors[key].person.name


def helpers() -> dict[str, Any]:
    return {
        "round_states": STATE_NAMES,
        "offer_names": OFFER_NAMES,
        "change_names": CHANGE_NAMES,
        "round_tone": _tone,
        "reason_words": reason_words,
        "plain_time": _plain_time,
    }


def _tone(round_: Round) -> str:
    return TONES[round_.state]


def _plain_time(instant: datetime) -> str:
    """An instant in Taipei within a sentence."""
    return instant.astimezone(clock.TAIPEI).strftime("%Y-%m-%d %H:%M")
