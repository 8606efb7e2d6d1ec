"""Reading frameworks and skills. They are for everybody; a retired framework is for officers."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, Text, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.localized import LocalizedText
from app.skills import rules
from app.skills.models import Framework, FrameworkVersion, Skill

__all__ = [
    "Branch",
    "claimed_skills",
    "framework",
    "frameworks",
    "newest_version",
    "package_with",
    "programme",
    "resolve",
    "served_documents",
    "skill",
    "skills_by_id",
    "tree",
    "unknown_keys",
]  # fmt: skip


@dataclass
class Branch:
    """A node of a tree with what is below it."""

    skill: Skill
    children: list["Branch"] = field(default_factory=list)

    def leaves(self) -> Iterable[Skill]:
        """Every skill at or below that somebody can show."""
        if self.skill.is_claimed:
            yield self.skill
        for child in self.children:
            yield from child.leaves()


def programme() -> Framework | None:
    """The programme's own framework; None before ``banyan skills load``."""
    return db.session.scalar(select(Framework).where(Framework.slug == rules.PROGRAMME))


def frameworks(*, retired: bool = False) -> Sequence[Framework]:
    """Every framework with its versions, the programme's first."""
    statement = (
        select(Framework)
        .options(selectinload(Framework.versions).joinedload(FrameworkVersion.imported_by))
        .order_by((Framework.slug != rules.PROGRAMME), Framework.slug)
    )
    if not retired:
        statement = statement.where(Framework.retired_at.is_(None))
    return db.session.scalars(statement).all()


def framework(slug: str, *, retired: bool = False) -> Framework:
    """Raises NotVisible."""
    found = db.session.scalar(select(Framework).where(Framework.slug == slug))
    if found is None or (found.retired_at is not None and not retired):
        raise NotVisible(slug)
    return found


def skill(key: str) -> Skill:
    """The skill with this address; also of a retired framework: it may have been shown.

    Raises NotVisible.
    """
    found = db.session.scalar(
        select(Skill)
        .where(Skill.key == key)
        .options(joinedload(Skill.framework), joinedload(Skill.parent))
    )
    if found is None:
        raise NotVisible(key)
    return found


def tree(of: Framework, *, search: str = "", industry: str = "") -> list[Branch]:
    """The tree of a framework; with SEARCH or INDUSTRY only the skills that match and their way."""
    rows = db.session.scalars(
        _live().where(Skill.framework_id == of.id).order_by(Skill.position, Skill.code)
    ).all()
    branches = {row.id: Branch(row) for row in rows}
    roots: list[Branch] = []
    for row in rows:
        above = branches.get(row.parent_id) if row.parent_id else None
        (above.children if above else roots).append(branches[row.id])
    words = search.lower().split()

    def keep(branch: Branch, found_above: bool) -> bool:
        found = found_above or _matches(branch.skill, words)
        branch.children = [child for child in branch.children if keep(child, found)]
        if branch.children:
            return True
        suits = not industry or industry in branch.skill.industries
        return found and suits and (branch.skill.is_claimed or not (words or industry))

    return [branch for branch in roots if keep(branch, not words)]


def _matches(row: Skill, words: Sequence[str]) -> bool:
    texts = [row.code, *row.title.values(), *row.text.values(), *row.aliases]
    whole = " ".join(texts).lower()
    return all(word in whole for word in words)


def _live() -> Select[Skill]:
    return select(Skill).where(Skill.retired_at.is_(None)).options(joinedload(Skill.framework))


def claimed_skills(search: str = "") -> Sequence[Skill]:
    """Every skill that can be shown now, in the order of the trees."""
    rows = db.session.scalars(
        _live()
        .join(Framework)
        .where(Skill.is_claimed, Framework.retired_at.is_(None))
        .options(joinedload(Skill.parent))
        .order_by((Framework.slug != rules.PROGRAMME), Framework.slug, Skill.key)
    ).all()
    words = search.lower().split()
    return [row for row in rows if _matches(row, words)]


def skills_by_id(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Skill]:
    """With their frameworks and the node above, in one statement."""
    rows = db.session.scalars(
        select(Skill)
        .where(Skill.id.in_(list(ids)))
        .options(joinedload(Skill.framework), joinedload(Skill.parent))
    )
    return {row.id: row for row in rows}


def resolve(keys: Iterable[str]) -> dict[str, Skill]:
    """The skills that labs name so: by key, or by what the programme's skills were called before.

    What nobody knows is left out. One statement.
    """
    wanted = set(keys)
    if not wanted:
        return {}
    rows = db.session.scalars(
        _live().where(
            Skill.is_claimed,
            or_(Skill.key.in_(wanted), Skill.aliases.bool_op("?|")(_texts(wanted))),
        )
    ).all()
    found = {
        alias: row
        for row in sorted(rows, key=lambda row: row.key)
        for alias in row.aliases
        if alias in wanted
    }
    return found | {row.key: row for row in rows if row.key in wanted}


def _texts(values: Iterable[str]) -> Any:
    return cast(array(sorted(values)), ARRAY(Text))


def unknown_keys(keys: Iterable[str]) -> list[str]:
    """Those of KEYS that name no skill."""
    wanted = list(keys)
    known = resolve(wanted)
    return [key for key in wanted if key not in known]


def titles(keys: Iterable[str]) -> Mapping[str, LocalizedText]:
    return {key: row.title for key, row in resolve(keys).items()}


def newest_version(of: Framework) -> FrameworkVersion:
    return db.session.scalars(
        select(FrameworkVersion)
        .where(FrameworkVersion.framework_id == of.id)
        .order_by(FrameworkVersion.number.desc())
        .limit(1)
    ).one()


def served_documents() -> list[dict[str, Any]]:
    """The CFDocument of every framework's newest version, in a lasting order."""
    newest = (
        select(FrameworkVersion.framework_id, func.max(FrameworkVersion.number).label("number"))
        .group_by(FrameworkVersion.framework_id)
        .subquery()
    )
    rows = db.session.scalars(
        select(FrameworkVersion.package["CFDocument"])
        .join(Framework, Framework.id == FrameworkVersion.framework_id)
        .join(
            newest,
            (newest.c.framework_id == FrameworkVersion.framework_id)
            & (newest.c.number == FrameworkVersion.number),
        )
        .where(Framework.retired_at.is_(None))
        .order_by((Framework.slug != rules.PROGRAMME), Framework.slug)
    )
    return list(rows)


def package_with(collection: str, identifier: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(package, the object) of the newest version of a served framework that has it.

    COLLECTION is one of rules.case.COLLECTIONS, or ``CFDocuments``. Raises NotVisible.
    """
    candidates = select(Framework.id).where(Framework.retired_at.is_(None))
    if collection == "CFDocuments":
        candidates = candidates.where(Framework.case_id == identifier)
    elif collection == "CFItems":
        candidates = candidates.join(Skill, Skill.framework_id == Framework.id).where(
            Skill.case_id == identifier, Skill.retired_at.is_(None)
        )
    for framework_id in db.session.scalars(candidates.order_by(Framework.slug)):
        package = db.session.scalars(
            select(FrameworkVersion.package)
            .where(FrameworkVersion.framework_id == framework_id)
            .order_by(FrameworkVersion.number.desc())
            .limit(1)
        ).one()
        if collection == "CFDocuments":
            return package, package["CFDocument"]
        for part in rules.parts_of(package, collection):
            if part.get("identifier") == identifier:
                return package, part
    raise NotVisible(identifier)
