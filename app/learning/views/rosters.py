"""Loading a roster into a section, after a look at what would happen."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer

from app.accounts.rules.rosters import parse_roster
from app.accounts.session import me
from app.kernel import blobs
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.learning import operations, queries
from app.learning.forms import SectionRosterForm
from app.learning.models import Section
from app.learning.rules.rosters import FATE_NAMES, Fate, count
from app.learning.views.blueprint import bp, managers, say, shown
from app.learning.views.desk import tabs_of

UPLOAD_LASTS_SECONDS = 3600
SHOWN_LINES = 200


def _uploads(section: Section) -> URLSafeTimedSerializer:
    # Bound to person and section, so that nobody can have another's stored file applied.
    return URLSafeTimedSerializer(
        current_app.extensions["config"].secret_key,
        salt=f"learning.roster.{section.id}.{me().id}",
    )


@bp.route("/teaching/<code>/roster", methods=["GET", "POST"])
@managers
def section_roster(code: str) -> Any:
    """Upload a roster; the answer shows what it would do, line by line, and does nothing."""
    desk = queries.section_managed_by(me(), code)
    form = SectionRosterForm()
    if not form.validate_on_submit():
        return shown(form, "learning/roster.html", **tabs_of(desk))
    content = form.file.data.read()
    parsed = parse_roster(content)
    rows = operations.preview_section_roster(desk.section, parsed.lines)
    return render_template(
        "learning/roster_preview.html",
        rows=rows[:SHOWN_LINES],
        row_count=len(rows),
        fate_counts=[(FATE_NAMES[fate], n) for fate, n in count(rows).items() if n],
        fate_names=FATE_NAMES,
        problems=parsed.problems[:SHOWN_LINES],
        problem_count=len(parsed.problems),
        upload=_uploads(desk.section).dumps(blobs.put(content)),
        **tabs_of(desk),
    )


@bp.post("/teaching/<code>/roster/apply")
@managers
def apply_section_roster(code: str) -> Any:
    desk = queries.section_managed_by(me(), code)
    try:
        address = _uploads(desk.section).loads(
            request.form.get("upload", ""), max_age=UPLOAD_LASTS_SECONDS
        )
        parsed = parse_roster(blobs.get(address))
    except (BadData, blobs.BlobMissing):
        flash(_("The uploaded file is gone. Please upload it again."), "error")
        return redirect(url_for("learning.section_roster", code=code))
    try:
        done, unsent = operations.load_section_roster(
            current_app.extensions["config"], me(), desk.section, parsed.lines
        )
    except Refused as error:
        say(error)
        return redirect(url_for("learning.section_roster", code=code))
    counts = count(done)
    flash(
        _(
            "Roster loaded: %(enrolled)s enrolled, %(waiting)s on the waitlist, %(invited)s "
            "invited, %(other)s left as they were.",
            enrolled=counts[Fate.ENROL] + counts[Fate.GUEST],
            waiting=counts[Fate.WAIT],
            invited=counts[Fate.INVITE] - unsent,
            other=counts[Fate.ALREADY] + counts[Fate.TEACHES] + counts[Fate.SUSPENDED],
        ),
        "success",
    )
    if unsent:
        flash(
            _(
                "%(count)s invitations could not be sent: the limit of letters per day is reached, "
                "or your role does not let you invite to this school. Load the file again "
                "tomorrow, or ask the department office.",
                count=unsent,
            ),
            "warning",
        )
    return redirect(url_for("learning.students", code=code))
