"""What conversations tell the search."""

from app.conversations.operations.finding import thread_documents
from app.kernel.i18n import lazy_gettext as _l
from app.search.operations import add_source
from app.search.rules import Kind, register

register(Kind("thread", _l("Discussion"), 40))
add_source("conversations", thread_documents)
