"""What the catalogue tells the search: its documents, and who may find drafts."""

from collections.abc import Iterator

from app.accounts.models import Person
from app.accounts.rules import Role
from app.catalog.policies import instructs_somewhere
from app.catalog.queries import finding
from app.kernel.i18n import lazy_gettext as _l
from app.search import operations as search
from app.search.policies import Keys, add_provider
from app.search.rules import Document, Kind, register

register(Kind("cluster", _l("Cluster"), 10))
register(Kind("course", _l("Course"), 20))
register(Kind("lesson", _l("Lesson"), 30))
register(Kind("lab", _l("Lab"), 31))
register(Kind("quiz", _l("Quiz"), 32))
register(Kind("file", _l("File"), 33))
register(Kind("draft", _l("Draft"), 60))


def _documents() -> Iterator[Document]:
    yield from finding.cluster_documents()
    yield from finding.course_documents()
    yield from finding.item_documents()
    yield from finding.draft_documents()


search.add_source("catalog", _documents)


@add_provider
def keys_of_a_writer(person: Person, keys: Keys) -> None:
    """As ``policies.can_edit`` says."""
    if not instructs_somewhere(person):
        return
    keys.add(f"instructors:{school}" for school in person.organisations_as(Role.INSTRUCTOR))
    keys.add(f"editor:{course}" for course in finding.courses_written_by(person.id))
