"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Fate, Table, declare

declare(
    "needs",
    # A record is about a company; it is somebody's where she was the one who was asked.
    Table(
        name="interviews",
        title=_l("Interviews in which you were asked"),
        fate=Fate.CUT,
        also=(
            "interviews.contact_email <> '' AND lower(interviews.contact_email) = lower(:email)",
        ),
        by=("recorded_by_id", "removed_by_id"),
        secret=("key",),
        files=(("recording_blob", "recording_name"),),
        cut={
            "contact_name": "",
            "contact_title": "",
            "contact_email": "",
            "notes": "",
            "recording_blob": None,
            "recording_name": None,
        },
        words=(
            *("source", "company_name", "tax_id", "place", "industry", "county", "process"),
            "recording_consent",
        ),
        reason=_l("What a company needs stays with the company, without your name."),
    ),
    Table(
        name="interview_figures",
        title=_l("Numbers that you named in an interview"),
        fate=Fate.CUT,
        via=(("interview_id", "interviews"),),
        words=("label", "unit"),
        reason=_l("What a company needs stays with the company, without your name."),
    ),
    Table(name="pain_points", by=("recorded_by_id", "removed_by_id")),
    Table(name="pain_point_merges", by=("merged_by_id", "undone_by_id")),
    Table(name="need_changes", by=("by_id",)),
)
