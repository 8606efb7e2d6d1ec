"""Skills that are shown: awarded, signed anew and taken back with the evidence that they rest on.

A badge is for a skill at a level, and says who vouches for it: of the ways of vouching under which
that level is shown, the strongest. New evidence alone changes nothing; a stronger way of vouching,
or evidence that was superseded or taken back, does.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.accounts.models import Organisation
from app.credentials import queries
from app.credentials.models import Achievement, Award, Issuer
from app.credentials.operations import achievements
from app.credentials.operations.awarding import Given, award_many, base_on
from app.credentials.operations.keys import issuer_for
from app.credentials.operations.revoking import end
from app.credentials.rules import AchievementKind, Condition, Reason, holds_for_skill
from app.evidence.models import Evidence
from app.evidence.queries import Standing, standings_of
from app.evidence.rules import RANK, SOURCE_NAMES, VOUCHING_NAMES
from app.kernel.database import db
from app.kernel.i18n import LOCALES, speaking
from app.kernel.i18n import gettext as _
from app.kernel.transaction import operation
from app.skills.models import Skill

__all__ = ["look_at_evidence"]


@dataclass(frozen=True)
class _Badge:
    """A skill at a level as somebody shows it now."""

    skill: Skill
    level: int
    best: Standing
    """Under the strongest way of vouching that reaches the level."""

    @property
    def subject(self) -> str:
        return subject_of(self.skill, self.level)


def subject_of(skill: Skill, level: int) -> str:
    return f"{skill.key}@{level}"


@operation
def look_at_evidence(evidence_ids: Collection[uuid.UUID]) -> None:
    """The ledger changed at these pieces: what they show is awarded or taken back, for each person
    and skill that they are of."""
    pairs = db.session.execute(
        select(Evidence.person_id, Evidence.skill_id)
        .where(Evidence.id.in_(list(evidence_ids)))
        .distinct()
    ).all()
    touched: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for person_id, skill_id in pairs:
        touched[person_id].add(skill_id)
    if not touched:
        return
    standings = standings_of(touched)
    skills = {
        row.id: row
        for row in db.session.scalars(
            select(Skill).where(Skill.id.in_({id for ids in touched.values() for id in ids}))
        )
    }
    conditions = {
        row.id: queries.condition_for(AchievementKind.SKILL, row.key) for row in skills.values()
    }
    live = queries.live_skill_awards(touched, [row.key for row in skills.values()])
    fresh: dict[tuple[uuid.UUID | None, uuid.UUID, int], list[Given]] = defaultdict(list)
    for person_id, skill_ids in touched.items():
        for skill_id in skill_ids:
            hers = [row for row in standings.get(person_id, ()) if row.skill.id == skill_id]
            skill, condition = skills[skill_id], conditions[skill_id]
            held = {row.subject: row for row in live.get(person_id, ()) if _is_of(row, skill)}
            badges = {row.level: row for row in _badges(skill, hers, condition)}
            _keep(skill, held, hers, condition)
            for level, badge in badges.items():
                if subject_of(skill, level) not in held:
                    place = (_school(badge.best), skill_id, level)
                    fresh[place].append(Given(person_id, _basis(badge)))
    for (school_id, skill_id, level), given in fresh.items():
        achievement = of_skill(skills[skill_id], level)
        award_many(_issuer(school_id), achievement, given)


def _is_of(award: Award, skill: Skill) -> bool:
    return award.subject.rpartition("@")[0] == skill.key


def _school(standing: Standing) -> uuid.UUID | None:
    return standing.best.section.school_id if standing.best.section else None


def _issuer(school_id: uuid.UUID | None) -> Issuer:
    return issuer_for(db.session.get_one(Organisation, school_id) if school_id else None)


def _badges(
    skill: Skill, standings: Sequence[Standing], condition: Condition | None
) -> Iterable[_Badge]:
    """The levels that STANDINGS reach under CONDITION; the highest under each way of vouching."""
    if condition is None:
        return
    enough = [
        row for row in standings
        if holds_for_skill(condition, level=row.level, vouching=row.vouching.value)
    ]  # fmt: skip
    for level in sorted({row.level for row in enough}):
        yield _Badge(skill, level, _strongest(enough, level))


def _strongest(standings: Iterable[Standing], level: int) -> Standing:
    reaching = [row for row in standings if row.level >= level]
    return max(reaching, key=lambda row: RANK[row.vouching])


def _keep(
    skill: Skill,
    held: Mapping[str, Award],
    standings: Sequence[Standing],
    condition: Condition | None,
) -> None:
    """Of the badges that she has: which still hold, and which of them say something else now."""
    for award in held.values():
        level = int(award.subject.rpartition("@")[2])
        asked = condition or Condition(AchievementKind.SKILL)
        enough = [
            row for row in standings
            if row.level >= level
            and holds_for_skill(asked, level=row.level, vouching=row.vouching.value)
        ]  # fmt: skip
        if not enough:
            end(award, Reason.WITHDRAWN, by_id=None)
            continue
        badge = _Badge(skill, level, _strongest(enough, level))
        there = {str(piece.id) for row in standings for piece in row.evidence}
        rested_on = {row["id"] for row in award.basis.get("evidence", ())}
        if award.basis.get("vouching") != badge.best.vouching.value or not rested_on <= there:
            base_on(award, _basis(badge))


def _basis(badge: _Badge) -> dict[str, Any]:
    standing = badge.best
    ends = [row.valid_until for row in standing.evidence if row.valid_until is not None]
    return {
        "skill": badge.skill.key,
        "level": badge.level,
        "vouching": standing.vouching.value,
        "vouched": {code: _said(code, standing) for code in LOCALES},
        "since": standing.since.isoformat(),
        "valid_until": min(ends).isoformat() if ends else None,
        "evidence": [_piece(row) for row in standing.evidence],
    }


def _said(code: str, standing: Standing) -> str:
    with speaking(code):
        return str(VOUCHING_NAMES[standing.vouching])


def _piece(row: Evidence) -> dict[str, Any]:
    narratives = {}
    for code in LOCALES:
        with speaking(code):
            narratives[code] = _(
                "%(source)s, %(score)s of %(possible)s points. %(vouching)s.",
                source=SOURCE_NAMES[row.source],
                score=f"{row.score.normalize():f}",
                possible=f"{row.max_score.normalize():f}",
                vouching=VOUCHING_NAMES[row.vouching],
            )
            for score in (cell for cell in row.cells if cell.get("metric")):
                narratives[code] += " " + _(
                    "%(metric)s %(score)s; asked was %(asked)s.",
                    metric=score["metric"],
                    score=f"{score['score']:.4g}",
                    asked=f"{'≥' if score['higher'] else '≤'} {score['reach']:.4g}",
                )
            if row.lab_version_number is not None:
                narratives[code] += " " + _(
                    "Version %(number)s of the lab, graded by %(grader)s.",
                    number=row.lab_version_number,
                    grader=row.grader,
                )
    return {
        "id": str(row.id),
        "digest": row.work_hash,
        "title": dict(row.title),
        "narrative": narratives,
        "genre": row.source.value,
        "environment": row.environment_digest,
    }


def of_skill(skill: Skill, level: int) -> Achievement:
    """Showing SKILL at LEVEL."""
    framework = skill.framework
    named = framework.level_title(level)

    def criteria() -> str:
        return _(
            "Shown at level %(level)s%(named)s by graded work: pieces with at least 60 %% of their "
            "points whose weights come to one or more.",
            level=level,
            named=f" ({named})" if len(named) else "",
        )

    alignments = [
        {
            "name": str(title or skill.code), "url": url, "code": code,
            "framework": framework_title, "kind": kind,
        }
        for title, url, code, framework_title, kind in (
            (skill.title.get("en") or skill.title, skill.identifier_url, skill.code,
             framework.title.get("en") or str(framework.title), "CFItem"),
            *((row.get("title"), row["url"], None, None, "ext:Link") for row in skill.links),
        )
    ]  # fmt: skip
    return achievements.current(
        AchievementKind.SKILL,
        subject_of(skill, level),
        title=skill.title,
        description=skill.text if len(skill.text) else skill.title,
        criteria=achievements.both(criteria),
        level=level,
        alignments=alignments,
    )
