"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Table, declare

declare(
    "search",
    Table(
        name="search_documents",
        title=_l("By which your school’s offices find you"),
        also=("search_documents.key = 'person:' || :person_text",),
        secret=("vector", "plain", "digest"),
    ),
)
