"""What can be achieved, in both languages; other words make another version."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import select, text

from app.catalog.models import Cluster, CourseVersion
from app.credentials.models import Achievement
from app.credentials.rules import AchievementKind, Condition
from app.kernel.database import db
from app.kernel.i18n import LOCALES, speaking
from app.kernel.i18n import gettext as _
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation

__all__ = ["both", "current", "of_cluster", "of_course"]


def both(compose: Callable[[], str]) -> LocalizedText:
    """What COMPOSE says, in each language."""
    texts = {}
    for code in LOCALES:
        with speaking(code):
            texts[code] = compose()
    return LocalizedText(texts)


@operation
def current(
    kind: AchievementKind,
    subject: str,
    *,
    title: LocalizedText,
    description: LocalizedText,
    criteria: LocalizedText,
    industry: str = "",
    level: int | None = None,
    credits: float | None = None,
    alignments: list[dict[str, Any]] | None = None,
) -> Achievement:
    """The achievement of KIND and SUBJECT in these words: the newest version, or the next one."""
    values = {
        "title": title, "description": description, "criteria": criteria, "industry": industry,
        "level": level, "credits": credits, "alignments": alignments or [],
    }  # fmt: skip
    plain = {key: dict(v) if isinstance(v, LocalizedText) else v for key, v in values.items()}
    digest = hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
    newest = _newest(kind, subject)
    if newest is None or newest.digest != digest:
        # Two that find new words at once make one version of them.
        lock = hashlib.sha256(f"achievement {kind.value} {subject}".encode()).digest()[:8]
        db.session.execute(
            text("SELECT pg_advisory_xact_lock(:key)"),
            {"key": int.from_bytes(lock, "big", signed=True)},
        )
        newest = _newest(kind, subject)
    if newest is not None and newest.digest == digest:
        return newest
    made = Achievement(
        kind=kind,
        subject=subject,
        number=newest.number + 1 if newest else 1,
        digest=digest,
        **values,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _newest(kind: AchievementKind, subject: str) -> Achievement | None:
    return db.session.scalar(
        select(Achievement)
        .where(Achievement.kind == kind, Achievement.subject == subject)
        .order_by(Achievement.number.desc())
        .limit(1)
    )


def of_course(version: CourseVersion, condition: Condition) -> Achievement:
    """Having completed the course of VERSION by CONDITION."""

    def criteria() -> str:
        if condition.least_percent is not None:
            grade = _("a final grade of at least %(percent)s %%", percent=condition.least_percent)
        else:
            grade = _("a passing final grade")
        if condition.needs_every_item:
            return _(
                "Every lesson, lab and quiz of the course is done, with %(grade)s.", grade=grade
            )
        return _("The course was taken, with %(grade)s.", grade=grade)

    return current(
        AchievementKind.COURSE,
        version.course.slug,
        title=version.title,
        description=version.summary,
        criteria=both(criteria),
        industry=version.course.cluster.industry,
        credits=version.credits,
    )


def of_cluster(cluster: Cluster) -> Achievement:
    """Having completed CLUSTER by its rules."""
    return current(
        AchievementKind.CLUSTER,
        cluster.slug,
        title=cluster.title,
        description=cluster.summary,
        criteria=both(
            lambda: _("Everything that the rules of the course cluster ask for is there.")
        ),
        industry=cluster.industry,
    )
