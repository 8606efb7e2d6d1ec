"""Reading applications: one's own, the company's, and figures for everybody."""

from app.applications.queries.comparing import Compared, compared
from app.applications.queries.desk import (
    applicants_of,
    application_on_desk,
    board_of,
    brief_on_desk,
    is_read_blind,
    note_on_desk,
    people_on_desk,
)
from app.applications.queries.eligible import (
    Gap,
    Way,
    eligibilities,
    eligibility_of,
    gaps_of,
    held_in,
    skills_of,
    wanted_by,
)
from app.applications.queries.figures import Silence, answering_of, answerings_of, silences
from app.applications.queries.hers import (
    application_of,
    live_application,
    my_application,
    my_applications,
    my_counts,
    past_applications,
    saved_application,
)
from app.applications.queries.interviews import INTERVIEW, party_key, subject_key
from app.applications.queries.messages import application_id_in, place_key
from app.applications.queries.seen import Board, Seen, SeenFile
from app.applications.queries.waiting import (
    Waiting,
    acts_somewhere,
    waiting_by_brief,
    waits_for_her,
    wants_her,
)

__all__ = [
    "INTERVIEW", "Board", "Compared", "Gap", "Seen", "SeenFile", "Silence", "Waiting", "Way",
    "acts_somewhere", "answering_of", "answerings_of", "applicants_of", "application_id_in",
    "application_of", "application_on_desk", "board_of", "brief_on_desk", "compared",
    "eligibilities", "eligibility_of", "gaps_of", "held_in", "is_read_blind", "live_application",
    "my_application", "my_applications", "my_counts", "note_on_desk", "party_key",
    "past_applications", "people_on_desk", "place_key", "saved_application", "silences",
    "skills_of", "subject_key", "waiting_by_brief", "waits_for_her", "wanted_by", "wants_her",
]  # fmt: skip
