"""The grid: its page, windows of its rows, and what is typed into it."""

import uuid
from collections import defaultdict
from typing import Any

from flask import Response, jsonify, render_template, request

from app.accounts.session import me
from app.gradebook import operations, policies, queries
from app.gradebook.operations import CellEdit, Conflict, Outcome
from app.gradebook.queries import WINDOW, Asked, Book, Column, Open, Scope
from app.gradebook.rules.entries import EMPTY, Entry, TypedWrong, Way, plain, read
from app.gradebook.rules.fitting import uncounted
from app.gradebook.views.blueprint import asked_of, bp, opened, teachers
from app.gradebook.views.rendering import attention, render_rows, total_text
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l

MOST_CELLS = 2_000
STATE_NAMES = {
    "missing": _l("Something missing"),
    "late": _l("Something late"),
    "waiting": _l("Waits for points"),
    "failed": _l("Below the pass mark"),
    "falling": _l("Falling: the newest works are much worse"),
    "conflict": _l("In conflict: scored anew since it was set by hand"),
    "risk": _l("At risk: two missing, or below the pass mark"),
}


@bp.get("/teaching/<code>/gradebook")
@teachers
def section(code: str) -> str:
    asked = asked_of()
    scope = opened(code, asked)
    total = queries.count_rows(scope, asked)
    pages = max(1, -(-total // WINDOW))
    page = min(max(1, request.args.get("page", 1, int)), pages)
    first = (page - 1) * WINDOW
    found = queries.rows(scope, asked, first)
    home = next((b for b in scope.books if b.section.code == code), scope.books[0])
    columns, open_columns = _columns(scope, asked)
    beside = queries.sections_beside(me(), home.section)
    return render_template(
        "gradebook/grid.html",
        code=code,
        book=home,
        scope=scope,
        asked=asked,
        columns=columns,
        beside=beside,
        schools={s.school.slug: s.school.name for s in beside},
        open_columns=open_columns,
        uncounted=uncounted(home.scheme, home.gradables) if home.version else [],
        may_set_up=policies.can_set_scheme(me(), home.section),
        summary=queries.summary(scope),
        state_names=STATE_NAMES,
        found=found,
        held=queries.held_columns(home)[0],
        first=first,
        total=total,
        page=page,
        pages=pages,
        rows_html=render_rows(scope, found, columns, first),
        attention=attention,
        total_text=total_text,
        here=here(asked),
    )


def _columns(scope: Scope, asked: Asked) -> tuple[tuple[Column, ...], dict[str, Open]]:
    """The columns that ASKED shows; when it asks for what is open, also how much of it."""
    if not asked.columns:
        return scope.columns, {}
    found = queries.open_columns(scope)
    return tuple(column for column in scope.columns if column.key in found), found


def here(asked: Asked) -> dict[str, str]:
    """The query string that names these rows, without what is usual."""
    named = {
        "q": asked.search,
        "state": asked.state,
        "section": asked.section,
        "school": asked.school,
        "columns": asked.columns,
        "sort": asked.sort if asked.sort != "name" else "",
        "direction": "desc" if asked.descending else "",
    }
    return {name: value for name, value in named.items() if value}


@bp.get("/teaching/<code>/gradebook/rows")
@teachers
def rows(code: str) -> Response:
    """A window of rows as HTML; ``first`` is 0-based."""
    asked = asked_of()
    scope = opened(code, asked)
    first = max(0, min(request.args.get("first", 0, int), 1_000_000))
    found = queries.rows(scope, asked, first)
    columns = _columns(scope, asked)[0]
    return Response(render_rows(scope, found, columns, first), mimetype="text/html")


@bp.post("/teaching/<code>/gradebook/cells")
@teachers
def set_cells(code: str) -> Any:
    """What was typed or pasted, as JSON; answers the rows that changed.

    409 when somebody else changed some of the cells meanwhile: the others are written.
    """
    asked = asked_of()
    body = request.get_json(silent=True)
    try:
        reason, changes = _read_changes(body)
    except (KeyError, TypeError, ValueError):
        return _wrong("unreadable", _("This could not be read. Nothing was changed.")), 400
    books = {book.section.code: book for book in opened(code, asked).books}
    try:
        done = [
            operations.set_cells(me(), book, edits, way=Way.GRID, reason=reason)
            for book, edits in _edits(books, changes, reason)
        ]
    except TypedWrong as wrong:
        return _wrong("typed", _("“%(text)s” is no number of points.", text=str(wrong))), 422
    except operations.ReasonNeeded as error:
        return _wrong("reason", str(error.message)), 422
    except Refused as error:
        return _wrong("refused", str(error.message)), 422
    return _answer(code, asked, done)


def _wrong(kind: str, message: str) -> Response:
    return jsonify({"error": kind, "message": message})


Change = tuple[str, uuid.UUID, str, str, int]
"""(section's code, person, item key, what was typed, the revision that was seen)"""


def _read_changes(body: Any) -> tuple[str, list[Change]]:
    """Raises KeyError, TypeError, ValueError when BODY is not what the grid sends."""
    rows = body["changes"]
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_CELLS:
        raise ValueError("no list of changes")
    reason = str(body.get("reason") or "").strip().replace("\0", "")[:500]
    return reason, [
        (
            str(row["section"]),
            uuid.UUID(str(row["person"])),
            str(row["key"])[:120],
            str(row["text"])[:200],
            int(row["revision"]),
        )
        for row in rows
    ]


def _edits(
    books: dict[str, Book], changes: list[Change], reason: str
) -> list[tuple[Book, list[CellEdit]]]:
    """Edits by section. Raises TypedWrong, NotVisible."""
    by_section: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_section[change[0]].append(change)
    found = []
    for code, rows_ in by_section.items():
        if code not in books:
            raise NotVisible(code)
        book = books[code]
        there = queries.entries_of(book.section, {row[1] for row in rows_})
        edits = []
        for _code, person, key, text, revision in rows_:
            row = there.get(person, {}).get(key)
            # Another's newer entry is not built upon: the edit then ends as a conflict.
            was = row.entry if row and row.revision == revision else EMPTY
            edits.append(CellEdit(person, key, was.typed(key, read(text), reason), revision))
        found.append((book, edits))
    return found


@bp.post("/teaching/<code>/gradebook/undo")
@teachers
def undo(code: str) -> Any:
    """Take back a batch that the grid made; answers the rows that changed."""
    asked = asked_of()
    try:
        batch = uuid.UUID(str((request.get_json(silent=True) or {}).get("batch")))
    except ValueError:
        return _wrong("unreadable", _("This could not be read. Nothing was changed.")), 400
    problem: Refused | None = None
    for book in opened(code, asked).books:
        try:
            return _answer(code, asked, [operations.undo(me(), book, batch_id=batch)])
        except operations.NotUndoable as error:
            problem = error
    return _wrong("refused", str(problem.message) if problem else ""), 422


def _answer(code: str, asked: Asked, done: list[Outcome]) -> Any:
    scope = opened(code, asked)
    people = {change.person_id for outcome in done for change in outcome.changes}
    conflicts = [conflict for outcome in done for conflict in outcome.conflicts]
    people |= {conflict.edit.person_id for conflict in conflicts}
    found = queries.row_of(scope, sorted(people)) if people else []
    columns = _columns(scope, asked)[0]
    names = {row.person_id: row.name for row in found}
    answer = {
        "batches": [str(outcome.batch_id) for outcome in done if outcome.changes],
        "count": sum(len(outcome.changes) for outcome in done),
        "rows": {str(row.person_id): render_rows(scope, [row], columns) for row in found},
        "conflicts": [_conflict(scope, conflict, names) for conflict in conflicts],
    }
    return answer, 409 if conflicts else 200


def _conflict(scope: Scope, conflict: Conflict, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    edit = conflict.edit
    title = next((str(c.title) for c in scope.columns if c.key == edit.item_key), edit.item_key)
    return {
        "person": str(edit.person_id),
        "key": edit.item_key,
        "revision": conflict.revision,
        "words": _(
            "%(name)s, %(title)s: %(by)s set %(theirs)s meanwhile; you typed %(mine)s.",
            name=names.get(edit.person_id, ""),
            title=title,
            by=conflict.by,
            theirs=_shown(conflict.theirs),
            mine=_shown(edit.entry),
        ),
        "mine": _typed(edit.entry),
    }


def _shown(entry: Entry) -> str:
    return _typed(entry) or _("nothing")


def _typed(entry: Entry) -> str:
    """ENTRY as one would type it."""
    if entry.is_excused:
        return "EX"
    value = entry.points if entry.points is not None else entry.override
    return plain(value) or ""
