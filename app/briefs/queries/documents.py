"""What is found of briefs: what everybody reads, never what is confidential."""

import uuid
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from app.accounts.models import Organisation
from app.briefs.models import Brief, BriefVersion
from app.briefs.queries.finding import holds, shown
from app.briefs.rules import READABLE, State, text_of
from app.kernel.database import db
from app.kernel.i18n import LOCALES
from app.search.rules import PUBLIC, Document, Text

FOUND = ("context", "deliverables", "data_words")


def key_of(brief_id: uuid.UUID) -> str:
    return f"brief:{brief_id}"


def documents_of(brief_ids: Collection[uuid.UUID] | None = None) -> Iterator[Document]:
    """One for each brief that takes applications or ran (None: all of them)."""
    statement = (
        select(Brief, BriefVersion)
        .join(Brief.organisation)
        .join(BriefVersion, holds())
        .where(shown(), Brief.state == State.PUBLISHED)
        .options(contains_eager(Brief.organisation))
    )
    if brief_ids is not None:
        statement = statement.where(Brief.id.in_(list(brief_ids)))
    for brief, version in db.session.execute(statement).unique():
        yield _document(brief, version)


def _document(brief: Brief, version: BriefVersion) -> Document:
    company: Organisation = brief.organisation
    texts = {}
    for code in LOCALES:
        words = [text_of(version.content, name).get(code, "") for name in FOUND]
        texts[code] = Text(
            "\n\n".join(filter(None, [version.outcome.get(code, ""), *words])),
            company.name.get(code, ""),
        )
    return Document(
        kind="brief",
        key=key_of(brief.id),
        title=version.title,
        path=f"/briefs/{brief.id}",
        audience=frozenset({PUBLIC}),
        texts=texts,
        hidden_words=" ".join(filter(None, (version.county, version.industry))),
    )


def published_of(organisation_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The briefs of a company that were published once."""
    return db.session.scalars(
        select(Brief.id).where(Brief.organisation_id == organisation_id, Brief.state.in_(READABLE))
    ).all()
