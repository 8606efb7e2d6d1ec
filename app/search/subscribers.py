"""Organisations, for those who look after them: the room below does not know the search."""

from collections.abc import Iterator

from sqlalchemy import select

from app.accounts.events import OrganisationMade
from app.accounts.models import Organisation
from app.kernel.database import db
from app.kernel.events import subscribe
from app.kernel.i18n import lazy_gettext as _l
from app.search import operations
from app.search.rules import Document, Kind, register

register(Kind("organisation", _l("Organisation"), 55))


def _document(organisation: Organisation) -> Document:
    return Document(
        kind="organisation",
        key=f"organisation:{organisation.id}",
        title=organisation.name,
        path=f"/organisations/{organisation.slug}",
        audience=frozenset({"operators", f"desk:{organisation.id}"}),
        hidden_words=" ".join(
            filter(None, (organisation.slug, organisation.tax_id, organisation.county))
        ),
    )


def _documents() -> Iterator[Document]:
    for organisation in db.session.scalars(select(Organisation)):
        yield _document(organisation)


operations.add_source("organisations", _documents)


@subscribe(OrganisationMade)
def find_an_organisation(event: OrganisationMade) -> None:
    operations.put_all([_document(db.session.get_one(Organisation, event.organisation_id))])
