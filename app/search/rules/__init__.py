"""What is searched, how words are told apart, how hits are shown. No database."""

from app.search.rules.documents import (
    OFFICERS,
    PUBLIC,
    Document,
    Kind,
    kinds,
    label_of,
    register,
)
from app.search.rules.excerpts import excerpt, marked
from app.search.rules.markup import Text, text_of_html, text_of_markdown
from app.search.rules.questions import Question, read, ts_query
from app.search.rules.words import LONGEST_BODY, normalised, ts_vector

__all__ = [
    "LONGEST_BODY",
    "OFFICERS",
    "PUBLIC",
    "Document",
    "Kind",
    "Question",
    "Text",
    "excerpt",
    "kinds",
    "label_of",
    "marked",
    "normalised",
    "read",
    "register",
    "text_of_html",
    "text_of_markdown",
    "ts_query",
    "ts_vector",
]
