"""Results are released below: achievements are awarded, in the same transaction."""

from app.credentials import operations
from app.evidence.events import EvidenceRecorded, EvidenceWithdrawn
from app.finals.events import FinalChanged, FinalsSettled
from app.finals.models import FinalCorrection, FinalSettlement
from app.kernel.database import db
from app.kernel.events import subscribe
from app.learning.events import CourseCompleted, GradesReleased, RecognitionDecided
from app.learning.models import Enrolment, RecognitionRequest, Section
from app.learning.rules import RecognitionState


@subscribe(FinalsSettled)
def when_finals_are_settled(event: FinalsSettled) -> None:
    """The release of a course's result: whoever passed has the course."""
    section = db.session.get_one(FinalSettlement, event.settlement_id).section
    operations.look_at_course(section)


@subscribe(FinalChanged)
def when_a_final_grade_changes(event: FinalChanged) -> None:
    final = db.session.get_one(FinalCorrection, event.correction_id).final
    operations.look_at_course(final.section, [final.person_id])


@subscribe(CourseCompleted)
def when_a_course_is_completed(event: CourseCompleted) -> None:
    """Her final grade may have been settled before the last lesson was read."""
    enrolment = db.session.get_one(Enrolment, event.enrolment_id)
    operations.look_at_course(enrolment.section, [enrolment.person_id])
    slug = enrolment.section.offering.course_version.course.slug
    operations.look_at_courses_clusters(slug, [enrolment.person_id])


@subscribe(GradesReleased)
def when_grades_are_released(event: GradesReleased) -> None:
    """Rules of clusters ask for points that students may know: now these count."""
    section = db.session.get_one(Section, event.section_id)
    operations.look_at_clusters_of_section(section)


@subscribe(RecognitionDecided)
def when_credit_is_recognised(event: RecognitionDecided) -> None:
    request = db.session.get_one(RecognitionRequest, event.request_id)
    if request.state is RecognitionState.RECOGNISED:
        slug = request.enrolment.section.offering.course_version.course.slug
        operations.look_at_courses_clusters(slug, [request.person_id])


@subscribe(EvidenceRecorded)
def when_evidence_is_recorded(event: EvidenceRecorded) -> None:
    operations.look_at_evidence(event.evidence_ids)


@subscribe(EvidenceWithdrawn)
def when_evidence_is_taken_back(event: EvidenceWithdrawn) -> None:
    operations.look_at_evidence(event.evidence_ids)
