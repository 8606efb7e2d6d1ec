"""What happens in learning."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class Enrolled:
    enrolment_id: uuid.UUID


@dataclass(frozen=True)
class PlaceGiven:
    """Somebody got a place that she had waited for, or that was decided for her."""

    enrolment_id: uuid.UUID


@dataclass(frozen=True)
class PlaceAsked:
    """Somebody asks for a place that an instructor has to grant."""

    request_id: uuid.UUID


@dataclass(frozen=True)
class RequestDecided:
    """A request for a place was refused, or granted a place in the line."""

    request_id: uuid.UUID


@dataclass(frozen=True)
class Withdrawn:
    enrolment_id: uuid.UUID


@dataclass(frozen=True)
class CourseCompleted:
    """Every item of the course is done."""

    enrolment_id: uuid.UUID


@dataclass(frozen=True)
class OfferingUpgraded:
    """An offering teaches another version of its course from now on."""

    upgrade_id: uuid.UUID


@dataclass(frozen=True)
class SessionChanged:
    """A live session was planned or cancelled."""

    session_id: uuid.UUID


@dataclass(frozen=True)
class RecognitionAsked:
    request_id: uuid.UUID


@dataclass(frozen=True)
class RecognitionDecided:
    request_id: uuid.UUID


@dataclass(frozen=True)
class GradesHeld:
    """Students are not to know their points of these items of a section any more."""

    section_id: uuid.UUID
    item_keys: tuple[str, ...]


@dataclass(frozen=True)
class GradesReleased:
    """Students may know their points of these items of a section from now on."""

    section_id: uuid.UUID
    item_keys: tuple[str, ...]
    batch_id: uuid.UUID
    """What was released in one go has one."""
