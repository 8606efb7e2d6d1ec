"""Offerings, sections, who teaches and who takes them, and what each person has done."""

from app.learning.models.enrolments import Enrolment, Extension, PlaceRequest, RosterInvitation
from app.learning.models.offerings import Offering, OfferingUpgrade, Section, SectionStaff
from app.learning.models.progress import Bookmark, ItemPlan, ItemProgress
from app.learning.models.recognition import RecognitionRequest
from app.learning.models.sessions import Attendance, LiveSession

__all__ = [
    "Attendance",
    "Bookmark",
    "Enrolment",
    "Extension",
    "ItemPlan",
    "ItemProgress",
    "LiveSession",
    "Offering",
    "OfferingUpgrade",
    "PlaceRequest",
    "RecognitionRequest",
    "RosterInvitation",
    "Section",
    "SectionStaff",
]
