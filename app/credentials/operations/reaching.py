"""Who has reached what: courses by their released final grade, clusters by their rules.

Everything here runs within the transaction in which the result is released, or in a run's job.
"""

import uuid
from collections.abc import Collection

from sqlalchemy import select

from app.accounts.models import Organisation
from app.catalog.models import Cluster
from app.credentials import queries
from app.credentials.operations import achievements
from app.credentials.operations.awarding import Given, award_many, base_on, take_back
from app.credentials.operations.keys import issuer_for
from app.credentials.rules import AchievementKind
from app.kernel.database import db
from app.kernel.transaction import operation
from app.learning.models import Enrolment, Section
from app.learning.queries.clusters import ClusterFrame, cluster_frames, standings_of_people

__all__ = [
    "look_at_clusters", "look_at_clusters_of_section", "look_at_course",
    "look_at_courses_clusters",
]  # fmt: skip


@operation
def look_at_course(
    section: Section,
    people: Collection[uuid.UUID] | None = None,
    *,
    run_id: uuid.UUID | None = None,
) -> int:
    """Award the course of SECTION to those (of PEOPLE) whose final grade is released and enough;
    sign it anew for whom the grade changed, take it back where it is not enough any more.

    Answers how many got it.
    """
    version = section.offering.course_version
    subject = version.course.slug
    condition = queries.condition_for(AchievementKind.COURSE, subject)
    if condition is None:
        return 0
    facts = queries.finals_reached(section, condition, people)
    if not facts:
        return 0
    reached = [fact for fact in facts if fact.is_reached]
    issuer = issuer_for(db.session.get_one(Organisation, section.school_id))
    live = queries.live_by_person(
        issuer.id, AchievementKind.COURSE, subject, [fact.person_id for fact in facts]
    )
    for fact in facts:
        found = live.get(fact.person_id)
        # She may have taken the course in another section of the school as well.
        if found is None or found.basis.get("section") != section.code:
            continue
        if fact.is_reached:
            base_on(found, fact.basis)
        else:
            take_back(fact.person_id, AchievementKind.COURSE, subject)
    fresh = [Given(fact.person_id, fact.basis) for fact in reached if fact.person_id not in live]
    if not fresh:
        return 0
    achievement = achievements.of_course(version, condition)
    return len(award_many(issuer, achievement, fresh, run_id=run_id))


@operation
def look_at_clusters(
    frame: ClusterFrame, people: Collection[uuid.UUID], *, run_id: uuid.UUID | None = None
) -> int:
    """Award FRAME's cluster to those of PEOPLE who have all that its rules ask for; the version of
    the rules is recorded with it. Answers how many got it."""
    if queries.condition_for(AchievementKind.CLUSTER, frame.slug) is None:
        return 0
    given = []
    for person_id, progress in standings_of_people(frame, people).items():
        if progress.remaining.is_complete and progress.completed:
            given.append(
                Given(
                    person_id,
                    {
                        "rules_number": progress.standing.number,
                        "courses": sorted(progress.completed),
                        "recognised": sorted(progress.recognised),
                    },
                )
            )
    if not given:
        return 0
    issuer = issuer_for(None)
    cluster = db.session.get_one(Cluster, frame.id)
    return len(award_many(issuer, achievements.of_cluster(cluster), given, run_id=run_id))


@operation
def look_at_courses_clusters(slug: str, people: Collection[uuid.UUID]) -> int:
    """Look at every cluster in which the course SLUG counts."""
    frames = [frame for frame in cluster_frames() if slug in frame.counted]
    return sum(look_at_clusters(frame, people) for frame in frames)


@operation
def look_at_clusters_of_section(section: Section) -> int:
    """Look at the clusters of everybody who has completed SECTION's course there."""
    people = db.session.scalars(
        select(Enrolment.person_id).where(
            Enrolment.section_id == section.id, Enrolment.completed_at.is_not(None)
        )
    ).all()
    if not people:
        return 0
    return look_at_courses_clusters(section.offering.course_version.course.slug, people)
