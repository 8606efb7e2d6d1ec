"""What this room does when something happens below it, and what it lets people find."""

from collections.abc import Iterator

from app.accounts.events import CompanyApproved, CompanySuspended
from app.briefs import operations
from app.briefs.queries import documents
from app.briefs.queries.for_teams import BriefSubject
from app.kernel.events import subscribe
from app.kernel.i18n import lazy_gettext as _l
from app.search import operations as search
from app.search.rules import Document, Kind, register
from app.teams import subjects

register(Kind("brief", _l("Project or internship"), 25))


def _documents() -> Iterator[Document]:
    yield from documents.documents_of()


search.add_source("briefs", _documents)
subjects.register(BriefSubject())


@subscribe(CompanyApproved)
def approved(event: CompanyApproved) -> None:
    operations.company_changed(event.organisation_id)


@subscribe(CompanySuspended)
def suspended(event: CompanySuspended) -> None:
    operations.company_changed(event.organisation_id)
