"""Groups of a section: sets, who is where, by hand, by lot and from a list."""

import secrets
import uuid
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.kernel import blobs
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.learning import operations, queries
from app.learning.models import Section
from app.learning.queries import SectionDesk
from app.learning.rules.groups import FATE_NAMES, MOST_GROUPS, Fate, parse_groups
from app.learning.views.blueprint import bp, managers, say
from app.learning.views.desk import tabs_of

UPLOAD_LASTS_SECONDS = 3600
SHOWN_LINES = 200
DONE = (Fate.PLACED, Fate.MOVED)


@bp.route("/teaching/<code>/groups", methods=["GET", "POST"])
@managers
def groups(code: str) -> Any:
    """The sets of a section; a POST makes one, with as many groups as were asked for."""
    desk = queries.section_desk(me(), code)
    if request.method == "POST":
        name = request.form.get("name", "")
        count = min(max(request.form.get("count", 2, int), 1), MOST_GROUPS)
        try:
            operations.make_group_set(
                me(), desk.section, name, [f"{name.strip()} {n}" for n in range(1, count + 1)]
            )
        except Refused as error:
            say(error)
        return _back(code)
    return render_template(
        "learning/groups.html",
        boards=queries.board_of(desk.section),
        students=queries.roster(desk.section),
        number_of=queries.student_number,
        **tabs_of(desk),
    )


def _back(code: str, set_id: uuid.UUID | None = None) -> Response:
    return redirect(url_for("learning.groups", code=code) + (f"#set-{set_id}" if set_id else ""))


def _set(code: str, set_id: uuid.UUID) -> tuple[SectionDesk, queries.GroupBoard]:
    desk = queries.section_desk(me(), code)
    return desk, queries.group_set_in(desk.section, set_id)


@bp.post("/teaching/<code>/groups/<uuid:set_id>/places")
@managers
def place_in_groups(code: str, set_id: uuid.UUID) -> Response:
    desk, board = _set(code, set_id)
    changed = operations.place_in_groups(me(), desk.section, board.set, _typed_places())
    flash(_("Saved: %(count)s people changed their group.", count=changed), "success")
    return _back(code, set_id)


def _typed_places() -> dict[uuid.UUID, uuid.UUID | None]:
    """What the form says of each student; what cannot be read is passed over."""
    found: dict[uuid.UUID, uuid.UUID | None] = {}
    for name, value in request.form.items():
        kind, _colon, person = name.partition(":")
        if kind == "place":
            try:
                found[uuid.UUID(person)] = uuid.UUID(value) if value else None
            except ValueError:
                continue
    return found


@bp.post("/teaching/<code>/groups/<uuid:set_id>/lots")
@managers
def divide_by_lot(code: str, set_id: uuid.UUID) -> Response:
    desk, board = _set(code, set_id)
    seed = request.form.get("seed", "").strip()[:60] or secrets.token_hex(4)
    changed = operations.divide_by_lot(
        me(),
        desk.section,
        board.set,
        seed=seed,
        everybody=request.form.get("who") == "everybody",
    )
    flash(
        _(
            "Divided by lot: %(count)s people changed their group. The seed was “%(seed)s”: the "
            "same people and seed give the same groups again.",
            count=changed,
            seed=seed,
        ),
        "success",
    )
    return _back(code, set_id)


@bp.post("/teaching/<code>/groups/<uuid:set_id>/group")
@managers
def add_group(code: str, set_id: uuid.UUID) -> Response:
    desk, board = _set(code, set_id)
    try:
        operations.add_group(me(), desk.section, board.set, request.form.get("name", ""))
    except Refused as error:
        say(error)
    return _back(code, set_id)


@bp.post("/teaching/<code>/groups/<uuid:set_id>/edit")
@managers
def edit_group_set(code: str, set_id: uuid.UUID) -> Response:
    """Rename a set, or end it."""
    desk, board = _set(code, set_id)
    try:
        if request.form.get("action") == "end":
            operations.end_group_set(me(), desk.section, board.set)
            flash(_("The groups of “%(name)s” have ended.", name=board.set.name), "success")
            return _back(code)
        operations.rename_group_set(me(), board.set, request.form.get("name", ""))
    except Refused as error:
        say(error)
    return _back(code, set_id)


@bp.post("/teaching/<code>/group/<uuid:group_id>/edit")
@managers
def edit_group(code: str, group_id: uuid.UUID) -> Response:
    """Rename a group, or end it."""
    desk = queries.section_desk(me(), code)
    group = queries.group_in(desk.section, group_id)
    try:
        if request.form.get("action") == "end":
            operations.end_group(me(), desk.section, group)
            flash(_("The group “%(name)s” has ended.", name=group.name), "success")
        else:
            operations.rename_group(me(), desk.section, group, request.form.get("name", ""))
    except Refused as error:
        say(error)
    return _back(code, group.set_id)


def _uploads(section: Section, set_id: uuid.UUID) -> URLSafeTimedSerializer:
    # Bound to person, section and set, so that nobody can have another's stored file applied.
    return URLSafeTimedSerializer(
        current_app.extensions["config"].secret_key,
        salt=f"learning.groups.{section.id}.{set_id}.{me().id}",
    )


@bp.post("/teaching/<code>/groups/<uuid:set_id>/list")
@managers
def preview_groups(code: str, set_id: uuid.UUID) -> Any:
    """Read a list; the answer shows what it would do, line by line, and does nothing."""
    desk, board = _set(code, set_id)
    file = request.files.get("file")
    content = file.read() if file else b""
    lines, problem = parse_groups(content)
    if problem is not None:
        flash(str(problem), "error")
        return _back(code, set_id)
    rows = operations.preview_groups(desk.section, board.set, lines)
    return render_template(
        "learning/groups_preview.html",
        board=board,
        rows=rows[:SHOWN_LINES],
        row_count=len(rows),
        change_count=sum(row.fate in DONE for row in rows),
        fate_counts=[
            (name, count)
            for fate, name in FATE_NAMES.items()
            if (count := sum(row.fate is fate for row in rows))
        ],
        fate_names=FATE_NAMES,
        upload=_uploads(desk.section, set_id).dumps(blobs.put(content)),
        **tabs_of(desk),
    )


@bp.post("/teaching/<code>/groups/<uuid:set_id>/list/apply")
@managers
def load_groups(code: str, set_id: uuid.UUID) -> Response:
    desk, board = _set(code, set_id)
    try:
        address = _uploads(desk.section, set_id).loads(
            request.form.get("upload", ""), max_age=UPLOAD_LASTS_SECONDS
        )
        lines, _problem = parse_groups(blobs.get(address))
        changed = operations.load_groups(me(), desk.section, board.set, lines)
    except (BadData, blobs.BlobMissing):
        flash(_("The uploaded file is gone. Please upload it again."), "error")
    except Refused as error:
        say(error)
    else:
        flash(_("Saved: %(count)s people changed their group.", count=changed), "success")
    return _back(code, set_id)
