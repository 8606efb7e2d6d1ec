"""Recordings of interviews: only of those who agreed, gone when consent is taken back."""

from datetime import timedelta
from pathlib import PurePath

from app.accounts.models import Person
from app.kernel import audit, blobs, clock
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.needs import policies, rules
from app.needs.models import Interview
from app.needs.operations import history
from app.needs.rules import RecordingConsent
from app.privacy.operations.leaving import GRACE, in_use

__all__ = [
    "NotARecording",
    "NotAgreed",
    "forget_file",
    "keep_recording",
    "let_go",
    "remove_recording",
]


class NotAgreed(Refused):
    message = _l(
        "Only the recording of somebody who agreed can be kept. Correct the interview first."
    )


class NotARecording(Refused):
    message = _l("Choose a file of sound, film or PDF of at most 25 MB.")


@operation
def keep_recording(actor: Person, interview: Interview, name: str, content: bytes) -> None:
    """Keep a recording or its transcript, in place of an earlier one.

    Raises NotVisible, NotAgreed, NotARecording.
    """
    if not policies.can_correct(actor, interview):
        raise NotVisible(str(interview.id))
    history.lock(interview)
    if interview.recording_consent is not RecordingConsent.GIVEN:
        raise NotAgreed
    ending = PurePath(name).suffix.lower()
    if not content or len(content) > rules.MOST_RECORDING_BYTES or ending not in rules.RECORDINGS:
        raise NotARecording
    before = interview.recording_name
    let_go(interview)
    interview.recording_blob = blobs.put(content)
    interview.recording_name = _plain_name(name)
    history.note(actor, interview, {"recording_name": (before, interview.recording_name)})
    audit.record(actor.id, "needs.recording.keep", "interview", interview.id)


@operation
def remove_recording(actor: Person, interview: Interview) -> None:
    if not policies.can_correct(actor, interview):
        raise NotVisible(str(interview.id))
    if interview.recording_blob is None:
        return
    before = interview.recording_name
    let_go(interview)
    history.note(actor, interview, {"recording_name": (before, None)})
    audit.record(actor.id, "needs.recording.remove", "interview", interview.id)


def let_go(interview: Interview) -> None:
    """Within an operation: the interview has no recording; its file goes once that is certain."""
    if interview.recording_blob is not None:
        defer(
            "needs.tasks.forget_recording",
            at=clock.now() + GRACE + timedelta(minutes=1),
            address=interview.recording_blob,
        )
    interview.recording_blob = interview.recording_name = None


def forget_file(address: str) -> bool:
    """Delete a file unless something refers to it; whether it is gone."""
    return not in_use({address}) and blobs.remove(address, unused_for=GRACE)


def _plain_name(name: str) -> str:
    """NAME without folders and control characters, with its ending."""
    plain = "".join(
        letter for letter in PurePath(name.replace("\\", "/")).name if letter.isprintable()
    )
    path = PurePath(plain)
    return path.stem[: 190 - len(path.suffix)] + path.suffix
