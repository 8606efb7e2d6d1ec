"""Writing: take frameworks in, version by version; retire them and bring them back."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select, text

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.skills import rules
from app.skills.models import Framework, FrameworkVersion, Skill

__all__ = ["NotAPackage", "SlugTaken", "adopt", "load_own", "read_package", "restore", "retire"]

DATA = Path(__file__).parent / "data"


class NotAPackage(Refused):
    """What was brought is no CASE package that can be kept; the message says why."""


class SlugTaken(Refused):
    message = _l("Another framework has this address already. Choose another one.")


def read_package(content: bytes) -> dict[str, Any]:
    """CONTENT as a CASE package. Raises NotAPackage."""
    if len(content) > rules.MOST_BYTES:
        raise NotAPackage(_l("The file is larger than 25 MB."))
    try:
        package = json.loads(content.decode("utf-8-sig"))
        rules.check_package(package)
    except (ValueError, RecursionError) as error:
        raise NotAPackage(_l("This is no CASE package: %(why)s", why=_why(error))) from error
    made: dict[str, Any] = package
    return made


def _why(error: ValueError | RecursionError) -> str:
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)


@operation
def load_own(site_url: str = "") -> list[FrameworkVersion]:
    """Take in the frameworks that come with the house, unless they are here as they are.

    SITE_URL, without a slash at its end, is where identifiers of theirs are served.
    """
    return [
        adopt(None, rules.package_of(source, site_url), slug=source["slug"])
        for source in map(_source, sorted(DATA.glob("*.yaml")))
    ]


@cache
def _source(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@operation
def adopt(actor: Person | None, package: dict[str, Any], *, slug: str = "") -> FrameworkVersion:
    """Make PACKAGE, which ``check_package`` has let pass, the newest version of its framework.

    The same content again changes nothing. Skills last across versions by their identifier; what
    the new version has no more is retired, and comes back with a later one. SLUG is for a framework
    that is new here. Raises SlugTaken.
    """
    made = rules.project(package)
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('frameworks', 0))"))
    framework = db.session.scalar(select(Framework).where(Framework.case_id == made.case_id))
    if framework is None:
        framework = Framework(
            id=new_id(), slug=_free_slug(slug or made.slug, bool(slug)), case_id=made.case_id
        )
    digest = rules.digest_of(package)
    newest = db.session.scalar(
        select(FrameworkVersion)
        .where(FrameworkVersion.framework_id == framework.id)
        .order_by(FrameworkVersion.number.desc())
        .limit(1)
    )
    if newest is not None and newest.digest == digest:
        return newest
    framework.title, framework.text = LocalizedText(made.title), LocalizedText(made.text)
    framework.publisher, framework.licence = made.publisher, made.licence
    framework.source_url = made.source_url
    framework.levels = [dict(row) for row in made.levels]
    framework.industries = [dict(row) for row in made.industries]
    framework.elsewhere = [dict(row) for row in made.elsewhere]
    db.session.add(framework)
    db.session.flush()
    version = FrameworkVersion(
        framework_id=framework.id,
        number=(newest.number if newest else 0) + 1,
        version=made.version,
        digest=digest,
        package=package,
        item_count=len(made.skills),
        imported_by_id=actor.id if actor else None,
    )
    db.session.add(version)
    _project(framework, made)
    audit.record(
        actor.id if actor else None,
        "framework.imported",
        "framework",
        framework.id,
        number=version.number,
        digest=digest,
    )
    return version


def _project(framework: Framework, made: rules.Projected) -> None:
    """Bring the rows of skills to what MADE says."""
    known = {
        row.case_id: row
        for row in db.session.scalars(select(Skill).where(Skill.framework_id == framework.id))
    }
    # Codes may change hands between two versions: nobody holds one while they do.
    for row in known.values():
        row.code = row.key = f"~{row.id}"
    db.session.flush()
    prefix = "" if framework.slug == rules.PROGRAMME else f"{framework.slug}:"
    for wanted in made.skills:
        if wanted.case_id not in known:
            known[wanted.case_id] = Skill(
                framework_id=framework.id, case_id=wanted.case_id, id=new_id()
            )
            db.session.add(known[wanted.case_id])
        row = known[wanted.case_id]
        row.code, row.key = wanted.code, prefix + wanted.code
        row.title, row.text = LocalizedText(wanted.title), LocalizedText(wanted.text)
        row.kind, row.position, row.is_claimed = wanted.kind, wanted.position, wanted.is_claimed
        row.aliases, row.industries = list(wanted.aliases), list(wanted.industries)
        row.links = [
            {"kind": link.kind, "url": link.url, "title": link.title} for link in wanted.links
        ]
        row.retired_at = None
    db.session.flush()
    now, here = clock.now(), {wanted.case_id: wanted.parent for wanted in made.skills}
    for case_id, row in known.items():
        if case_id in here:
            above = here[case_id]
            row.parent_id = known[above].id if above is not None else None
        else:
            row.code, row.key = f"retired-{row.id}", f"{framework.slug}:retired-{row.id}"
            row.retired_at = row.retired_at or now
    db.session.flush()


def _free_slug(wanted: str, is_chosen: bool) -> str:
    taken = set(db.session.scalars(select(Framework.slug)))
    if wanted not in taken:
        return wanted
    if is_chosen:
        raise SlugTaken
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"


@operation
def retire(actor: Person, framework: Framework) -> None:
    """Take FRAMEWORK out of lists and of the service; what was shown of its skills stays shown."""
    if framework.retired_at is None:
        framework.retired_at, framework.retired_by_id = clock.now(), actor.id
        audit.record(actor.id, "framework.retired", "framework", framework.id)


@operation
def restore(actor: Person, framework: Framework) -> None:
    if framework.retired_at is not None:
        framework.retired_at = framework.retired_by_id = None
        audit.record(actor.id, "framework.restored", "framework", framework.id)
