"""Clusters themselves: what they say, the order of their courses, the rules that complete them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import Organisation, Person
from app.catalog.models import Cluster, ClusterRules, Course
from app.catalog.operations import finding
from app.catalog.operations.publishing import rendered
from app.catalog.operations.uploads import checked_picture
from app.catalog.rules import INDUSTRIES, picture_type
from app.catalog.rules.completion import (
    Completion,
    completion_of,
    digest_of,
    document_of,
    problems,
)
from app.catalog.rules.partners import partner_problems
from app.kernel import audit, blobs, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import LOCALES
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation

ONE_DAY = timedelta(days=1)
"""A date of today was some hours ago."""


class ClusterSlugTaken(Refused):
    message = _l("Another cluster has this address already. Choose a different one.")


class BadCluster(Refused):
    """Something in the plan cannot be: the message says what."""


class EditedMeanwhile(Refused):
    message = _l(
        "Somebody else saved this cluster while you wrote. Nothing of yours is lost: it stands "
        "below. Open the page in another tab, compare, and save again."
    )


class RulesBroken(Refused):
    """The rules cannot hold; the message says why."""


class RulesTooEarly(Refused):
    message = _l(
        "Rules hold from today or a later day on, and not before those of the version before."
    )


class RulesUnchanged(Refused):
    message = _l("These are the rules that hold already.")


class NamedByRules(Refused):
    message = _l(
        "The rules of its cluster name this course. A programme officer can move it, or change "
        "the rules first."
    )


@dataclass(frozen=True, kw_only=True)
class ClusterPlan:
    """What a cluster says. Texts by language; PICTURE is (file name, content) when it is new."""

    titles: Mapping[str, str]
    summaries: Mapping[str, str]
    bodies: Mapping[str, str]
    industry: str
    outcomes: tuple[Mapping[str, str], ...] = ()
    partners: tuple[Mapping[str, Any], ...] = ()
    """As ``rules.partners`` says."""
    picture: tuple[str, bytes] | None = None
    picture_alt: Mapping[str, str] | None = None


@operation
def create_cluster(person: Person, slug: str, plan: ClusterPlan) -> Cluster:
    """A cluster without courses. Raises ClusterSlugTaken, BadCluster, or as ``add_picture``."""
    if db.session.scalar(select(Cluster.id).where(Cluster.slug == slug)) is not None:
        raise ClusterSlugTaken
    last = db.session.scalar(select(func.max(Cluster.position)))
    cluster = Cluster(slug=slug, position=(last or 0) + 1, revision=0)
    _say(cluster, person, plan)
    db.session.add(cluster)
    db.session.flush()
    audit.record(person.id, "cluster.begun", "cluster", cluster.id, slug=slug)
    return cluster


@operation
def edit_cluster(person: Person, cluster: Cluster, plan: ClusterPlan, *, revision: int) -> None:
    """Change what CLUSTER says. REVISION is the one that PERSON saw.

    Raises EditedMeanwhile, BadCluster, or as ``add_picture``.
    """
    locked = _locked(cluster)
    if locked.revision != revision:
        raise EditedMeanwhile
    _say(locked, person, plan)
    audit.record(person.id, "cluster.edited", "cluster", cluster.id, revision=locked.revision)
    db.session.flush()
    finding.cluster_changed(cluster.id)


def _say(cluster: Cluster, person: Person, plan: ClusterPlan) -> None:
    wrong = partner_problems(plan.partners)
    if plan.industry not in INDUSTRIES:
        wrong.append(_l("Choose one of the list."))
    for texts in (plan.titles, plan.summaries, plan.bodies):
        if any(not texts.get(code, "").strip() for code in LOCALES):
            wrong.append(_l("Title, summary and text are needed in both languages."))
            break
    known = set(
        db.session.scalars(
            select(Organisation.slug).where(
                Organisation.slug.in_([row["organisation"] for row in plan.partners])
            )
        )
    )
    for number, row in enumerate(plan.partners, 1):
        if row["organisation"] and row["organisation"] not in known:
            wrong.append(
                _l("The organisation of partner %(number)s is not one here.", number=number)
            )
    if wrong:
        raise BadCluster(str(wrong[0]))
    if plan.picture is not None:
        name, data = plan.picture
        name = checked_picture(name, data)
        cluster.picture_blob, cluster.picture_type = blobs.put(data), picture_type(name)
    if plan.picture_alt is not None:
        cluster.picture_alt = LocalizedText(plan.picture_alt)
    cluster.title = LocalizedText(plan.titles)
    cluster.summary = LocalizedText(plan.summaries)
    cluster.industry = plan.industry
    cluster.body_markdown = LocalizedText(plan.bodies)
    cluster.body_html = rendered(dict(cluster.body_markdown), lambda target: target)
    cluster.outcomes = [dict(text) for text in plan.outcomes]
    cluster.partners = [dict(row) for row in plan.partners]
    cluster.revision += 1
    cluster.updated_at, cluster.updated_by_id = clock.now(), person.id


@operation
def set_rules(
    person: Person,
    cluster: Cluster,
    rules: Completion,
    *,
    note: str = "",
    holds_from: datetime | None = None,
) -> ClusterRules:
    """The next version of what completes CLUSTER, for who begins from HOLDS_FROM (now) on.

    Raises RulesBroken, RulesUnchanged, RulesTooEarly.
    """
    locked = _locked(cluster)
    newest = _newest_rules(locked)
    if newest is not None and newest.digest == digest_of(rules):
        raise RulesUnchanged
    now = clock.now()
    start = max(holds_from or now, now)
    if holds_from is not None and holds_from < now - ONE_DAY:
        raise RulesTooEarly
    if newest is not None and start < newest.holds_from:
        raise RulesTooEarly
    return _add_rules(locked, newest, rules, by=person, note=note, holds_from=start)


def take_over_rules(cluster: Cluster, document: Mapping[str, Any]) -> ClusterRules | None:
    """The rules of a file as the next version; None when some version says the same already.

    As with courses, a file that says what an older version said is old. Raises RulesBroken.
    """
    rules = completion_of(document)
    known = db.session.scalar(
        select(ClusterRules.id).where(
            ClusterRules.cluster_id == cluster.id, ClusterRules.digest == digest_of(rules)
        )
    )
    if known is not None:
        return None
    newest = _newest_rules(cluster)
    start = max(clock.now(), newest.holds_from) if newest else clock.now()
    return _add_rules(cluster, newest, rules, by=None, note="", holds_from=start)


def _add_rules(
    cluster: Cluster,
    newest: ClusterRules | None,
    rules: Completion,
    *,
    by: Person | None,
    note: str,
    holds_from: datetime,
) -> ClusterRules:
    known = set(db.session.scalars(select(Course.slug).where(Course.slug.in_(rules.courses))))
    wrong = problems(rules, known)
    if wrong:
        raise RulesBroken(" ".join(str(problem) for problem in wrong))
    made = ClusterRules(
        cluster_id=cluster.id,
        number=(newest.number if newest else 0) + 1,
        document=document_of(rules),
        digest=digest_of(rules),
        holds_from=holds_from,
        note=note.strip()[:500],
        made_by_id=by.id if by else None,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        by.id if by else None, "cluster.rules_set", "cluster", cluster.id, number=made.number
    )
    return made


def _newest_rules(cluster: Cluster) -> ClusterRules | None:
    return db.session.scalar(
        select(ClusterRules)
        .where(ClusterRules.cluster_id == cluster.id)
        .order_by(ClusterRules.number.desc())
        .limit(1)
    )


@operation
def move_course(
    person: Person, course: Course, cluster: Cluster, *, may_break_rules: bool = False
) -> None:
    """Put COURSE at the end of CLUSTER. Raises NamedByRules unless MAY_BREAK_RULES: the rules of
    the cluster that it leaves keep naming it."""
    if course.cluster_id == cluster.id:
        return
    if not may_break_rules:
        newest = _newest_rules(course.cluster)
        if newest is not None and course.slug in completion_of(newest.document).courses:
            raise NamedByRules
    last = db.session.scalar(
        select(func.max(Course.position)).where(Course.cluster_id == cluster.id)
    )
    before = course.cluster.slug
    course.cluster = cluster
    course.position = (last or 0) + 1
    db.session.flush()
    audit.record(person.id, "course.moved", "course", course.id, before=before, now=cluster.slug)


@operation
def order_courses(person: Person, cluster: Cluster, course_id: uuid.UUID, position: int) -> int:
    """Move a course of CLUSTER to POSITION (from 0) among its courses; answers where it is now,
    or -1 when it is not one of them."""
    _locked(cluster)
    courses = list(
        db.session.scalars(
            select(Course)
            .where(Course.cluster_id == cluster.id, Course.withdrawn_at.is_(None))
            .order_by(Course.position, Course.slug)
            .execution_options(populate_existing=True)
        )
    )
    moved = next((course for course in courses if course.id == course_id), None)
    if moved is None:
        return -1
    courses.remove(moved)
    courses.insert(max(0, min(position, len(courses))), moved)
    for number, course in enumerate(courses):
        course.position = number
    db.session.flush()
    audit.record(person.id, "cluster.ordered", "cluster", cluster.id, course=moved.slug)
    return courses.index(moved)


def _locked(cluster: Cluster) -> Cluster:
    return db.session.scalars(
        select(Cluster)
        .where(Cluster.id == cluster.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
