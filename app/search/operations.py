"""Writing documents: rooms do so in the transaction in which what they describe changes."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar
from typing import cast as cast_type

from sqlalchemy import Table, bindparam, cast, delete, func, literal_column, select
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import REGCONFIG, TSVECTOR, insert

from app.kernel import clock
from app.kernel.database import db
from app.kernel.ids import new_id
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.search.models import SearchDocument
from app.search.rules import Document, Text, normalised, ts_vector, words

__all__ = ["add_source", "put", "put_all", "rebuild", "remove", "remove_all"]

Source = Callable[[], Iterable[Document]]
_sources: dict[str, Source] = {}
_BATCH = 200
T = TypeVar("T")


def add_source(name: str, source: Source) -> None:
    """Let ``rebuild`` ask SOURCE for every document of one room."""
    _sources[name] = source


def put(
    kind: str,
    key: str,
    title: LocalizedText,
    texts: Mapping[str, Text | str],
    path: str,
    audience: Collection[str],
    *,
    course: str | None = None,
    hidden_words: str = "",
) -> None:
    """Let this be found from now on, in place of what KEY named before; see ``rules.Document``."""
    found = {code: t if isinstance(t, Text) else Text(t) for code, t in texts.items()}
    put_all([Document(kind, key, title, path, frozenset(audience), found, course, hidden_words)])


@operation
def put_all(documents: Iterable[Document]) -> int:
    """Put many; those that say what they said before are left alone. Returns how many were not."""
    written = 0
    for batch in _batches(documents, _BATCH):
        by_key = {document.key: document for document in batch}
        known = {
            key: digest
            for key, digest in db.session.execute(
                select(SearchDocument.key, SearchDocument.digest).where(
                    SearchDocument.key.in_(by_key)
                )
            )
        }
        # In one order, so that two transactions that put the same documents do not lock crosswise.
        rows = [
            _row(document)
            for key, document in sorted(by_key.items())
            if known.get(key) != document.digest
        ]
        if rows:
            db.session.execute(_UPSERT, rows)
        written += len(rows)
    return written


@operation
def remove(*keys: str) -> None:
    """Let these not be found any more; unknown keys are left alone."""
    db.session.execute(delete(SearchDocument).where(SearchDocument.key.in_(keys)))


@operation
def remove_all(beginning: str, *, but: Collection[str] = ()) -> None:
    """Remove every document whose key begins with BEGINNING, except those in BUT."""
    db.session.execute(
        delete(SearchDocument).where(
            SearchDocument.key.startswith(beginning, autoescape=True),
            SearchDocument.key.not_in(list(but)),
        )
    )


@operation
def rebuild() -> tuple[int, int, int]:
    """Make the index say what the rooms say: (documents, written anew, removed).

    Doing it again changes nothing; whoever searches meanwhile finds what was there before.
    """
    kept: set[str] = set()
    written = 0
    for source in _sources.values():
        for batch in _batches(source(), _BATCH):
            kept.update(document.key for document in batch)
            written += put_all(batch)
    gone = set(db.session.scalars(select(SearchDocument.key))) - kept
    for keys in _batches(sorted(gone), 1000):
        remove(*keys)
    return len(kept), written, len(gone)


def _batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch


def _row(document: Document) -> dict[str, Any]:
    title = "\n".join(normalised(text) for text in document.title.values())
    hidden = normalised(document.hidden_words)
    headings = "\n".join(normalised(text.headings) for text in document.texts.values())
    body = "\n".join(
        normalised(text.body[: words.LONGEST_BODY]) for text in document.texts.values()
    )
    return {
        "new_id": new_id(),
        "new_key": document.key,
        "new_kind": document.kind,
        "new_course": document.course,
        "new_title": document.title,
        "new_texts": {code: _shown(text) for code, text in document.texts.items() if _shown(text)},
        "new_path": document.path,
        "new_audience": sorted(document.audience),
        "new_plain": "\n".join(part for part in (title, headings, body, hidden) if part),
        "new_digest": document.digest,
        "new_changed_at": clock.now(),
        "literal": ts_vector(((title, "A"), (headings, "B"), (body, "D"), (hidden, "D"))),
        "stem_a": words.latin(title),
        "stem_b": words.latin(headings),
        "stem_d": words.latin(body),
    }


def _shown(text: Text) -> str:
    return "\n\n".join(part for part in (text.headings, text.body) if part)


def _stemmed(name: str, weight: str) -> Any:
    english = func.to_tsvector(cast("english", REGCONFIG), bindparam(name, type_=SqlText))
    return func.setweight(english, literal_column(f"'{weight}'"))


def _upsert() -> Any:
    vector = (
        cast(bindparam("literal", type_=SqlText), TSVECTOR)
        .op("||")(_stemmed("stem_a", "A"))
        .op("||")(_stemmed("stem_b", "B"))
        .op("||")(_stemmed("stem_d", "D"))
    )
    columns = (
        *("id", "key", "kind", "course", "title", "texts", "path", "audience", "plain"),
        *("digest", "changed_at"),
    )
    table = SearchDocument.__table__
    statement = insert(cast_type(Table, table)).values(
        {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
        | {"vector": vector}
    )
    new = {name: statement.excluded[name] for name in (*columns[2:], "vector")}
    return statement.on_conflict_do_update(index_elements=["key"], set_=new)


_UPSERT = _upsert()
