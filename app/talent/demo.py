"""A student who agreed to be found, and a company that asked her."""

from collections.abc import Mapping

from app.accounts.models import Person
from app.accounts.queries import person_by_handle
from app.kernel.database import db
from app.kernel.transaction import operation
from app.talent import queries
from app.talent.models import ContactRequest
from app.talent.operations import ProfileWords, be_found, change_profile, save_search
from app.talent.rules import Query


@operation
def load(people: Mapping[str, Person]) -> None:
    """Make it, or nothing when it is there, or when the demo has no graded work."""
    student, asking = person_by_handle("yian"), people["xiuqin"]
    if student is None or queries.profile_of(student) is not None:
        return
    profile = change_profile(
        student,
        ProfileWords(
            headline="想做影像辨識的實習，週間可配合",
            statement="我完成了課程中的實作，喜歡把資料整理清楚。\nI finished the labs of the "
            "course and like data that is in order.",
            counties=("高雄市", "臺南市"),
            is_remote=True,
            languages=("zh", "nan", "en"),
            industries=("smart-business-services", "agriculture"),
            hours=12,
        ),
    )
    be_found(student)
    company = next(m.organisation for m in asking.live_memberships)
    db.session.add(
        ContactRequest(
            organisation_id=company.id,
            person_id=profile.person_id,
            by_id=asking.id,
            words="我們想用影像辨識減少廚餘，想和您聊聊實習的可能。",
        )
    )
    db.session.flush()
    save_search(asking, company.id, "高雄・影像", Query(county="高雄市"))
