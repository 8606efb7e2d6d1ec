"""Offerings, sections, who teaches and who takes them, and what each person has done."""

from app.learning.models.announcements import Announcement, AnnouncementReading
from app.learning.models.calendars import CalendarFeed
from app.learning.models.enrolments import Enrolment, Extension, PlaceRequest, RosterInvitation
from app.learning.models.groups import Group, GroupPlace, GroupSet
from app.learning.models.offerings import Offering, OfferingUpgrade, Section, SectionStaff
from app.learning.models.progress import Bookmark, ItemPlan, ItemProgress
from app.learning.models.recognition import RecognitionRequest
from app.learning.models.releases import GradeRelease
from app.learning.models.sessions import Attendance, LiveSession

__all__ = [
    "Announcement",
    "AnnouncementReading",
    "Attendance",
    "Bookmark",
    "CalendarFeed",
    "Enrolment",
    "Extension",
    "GradeRelease",
    "Group",
    "GroupPlace",
    "GroupSet",
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
