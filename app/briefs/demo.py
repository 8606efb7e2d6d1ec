"""Briefs to try the site with: of each kind, on every stretch of their way."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts.models import Organisation, Person
from app.accounts.operations.memberships import add_membership
from app.accounts.rules import Proof, Role
from app.briefs import operations, queries, rules
from app.briefs.models import Brief
from app.briefs.rules import Kind, Raw, Side
from app.kernel import clock
from app.kernel.database import db
from app.kernel.transaction import operation
from app.skills import queries as skills

FILE = Path(__file__).parent / "rules" / "data" / "demo.yaml"


@operation
def load(people: Mapping[str, Person]) -> None:
    """Make the demo's briefs, or what is missing of them. Without skills there is none."""
    if skills.programme() is None:
        return
    works = accounts.organisation_by_slug("rongguang")
    if works is not None:
        add_membership(people["yun"], works.id, Role.REPRESENTATIVE, Proof.OPERATOR)
    for row in yaml.safe_load(FILE.read_text(encoding="utf-8")):
        company = accounts.organisation_by_slug(row["company"])
        if company is not None and row["by"] in people:
            _brief(row, company, people)


def _brief(row: Mapping[str, Any], company: Organisation, people: Mapping[str, Person]) -> None:
    kind, title = Kind(row["kind"]), row["says"]["title"]
    is_there = db.session.scalar(
        select(Brief.id).where(
            Brief.organisation_id == company.id, Brief.title["en"].astext == title["en"]
        )
    )
    if is_there is not None:
        return
    writer = people[row["by"]]
    template = rules.template_of(row["template"]) if "template" in row else None
    made = operations.create_brief(writer, company, kind, template=template)
    raw = _document(made.draft or {}, row)
    made = operations.save_draft(writer, made, raw, revision=made.draft_revision)
    if row["way"] == "draft":
        return
    operations.submit(writer, made, revision=made.draft_revision)
    if row["way"] == "submitted":
        return
    number = made.submission
    operations.approve(
        people["lin"], made, Side.INSTRUCTOR, submission=number,
        supervises=kind is not Kind.CHALLENGE,
    )  # fmt: skip
    operations.approve(people["fang"], made, Side.OFFICER, submission=number)
    if row["way"] == "changing":
        _propose(writer, queries.brief_for(writer, made.id))


def _document(raw: Raw, row: Mapping[str, Any]) -> Raw:
    """RAW with what ROW says; its days are counted from today."""
    today = clock.now().astimezone(clock.TAIPEI).date()
    starts = today + timedelta(days=row["starts_in"])
    days: dict[str, date] = {
        "apply_on": today + timedelta(days=row["apply_in"]),
        "starts_on": starts,
        "ends_on": starts + timedelta(weeks=row["weeks"]) - rules.ONE_DAY,
    }
    return raw | row["says"] | {name: day.isoformat() for name, day in days.items()}


def _propose(writer: Person, brief: Brief) -> None:
    """The company would like one more team."""
    before = queries.document_of(brief.terms)
    operations.propose(
        writer,
        brief,
        before | {"quota": brief.terms.quota + 1},
        "第二個廠區也裝好感測器了，可以再收一隊。 Sensors are in place at the second works as well,"
        " so we could take one more team.",
        base=brief.version_number,
    )
