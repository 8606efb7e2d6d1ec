"""Course pages, sections, lessons, my courses."""

from datetime import timedelta

from flask import abort, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.catalog import queries as catalog
from app.catalog.queries.outlines import outlines
from app.catalog.rules import LEVELS, ItemKind
from app.kernel.localized import LocalizedText
from app.learning import operations, policies, queries
from app.learning.queries import SectionView, announcements
from app.learning.rules import EnrolledVia
from app.learning.views.blueprint import bp
from app.learning.views.discussions import said_in
from app.learning.views.links import item_url
from app.web.doors import public, signed_in

NEWS_LASTS = timedelta(days=14)
OPENED_AGAIN = timedelta(minutes=1)


@bp.get("/courses/<slug>")
@public
def course(slug: str) -> str:
    version = catalog.newest_version(slug) or abort(404)
    person = me() if current_user.is_authenticated else None
    return render_template(
        "learning/course.html",
        version=version,
        modules=outlines([version.id])[version.id].modules,
        cluster=version.course.cluster,
        level=LEVELS.get(version.level, version.level),
        outcomes=[LocalizedText(text) for text in version.outcomes],
        prerequisites=[LocalizedText(text) for text in version.prerequisites],
        sections=queries.sections_of_course(person, version.course_id),
    )


@bp.get("/learn")
@signed_in
def index() -> str:
    views = queries.my_enrolments(me())
    return render_template(
        "learning/index.html",
        views=views,
        requests=queries.my_requests(me()),
        news=[view for view in views if _is_new_place(view)],
    )


def _is_new_place(view: SectionView) -> bool:
    """Whether she got the place without pressing a button, and has not begun yet."""
    return (
        view.enrolment is not None
        and view.enrolment.via in (EnrolledVia.WAITLIST, EnrolledVia.APPROVAL, EnrolledVia.ROSTER)
        and not view.progress
        and view.now - view.enrolment.enrolled_at < NEWS_LASTS
    )


@bp.get("/learn/<code>")
@signed_in
def section(code: str) -> str:
    view = queries.section_for(me(), code)
    upgrades = queries.upgrades_of(view.section.offering_id)
    return render_template(
        "learning/section.html",
        view=view,
        upgrade=next((u for u in upgrades if view.now - u.at < NEWS_LASTS), None),
        sessions=queries.coming_sessions(view.section),
        marked=queries.bookmarked_keys(me(), view.section),
        my_groups=queries.my_groups(me(), view.section) if view.enrolment else [],
        announced=announcements.latest_in(me(), view.section),
        **said_in(view),
        may_see_people=policies.can_see_people(me(), view.section),
    )


@bp.get("/learn/<code>/lessons/<slug>")
@signed_in
def lesson(code: str, slug: str) -> str:
    view = queries.section_for(me(), code)
    item = queries.lesson_body(view.item(ItemKind.LESSON, slug))
    before, after = view.neighbours(item)
    marked = item.key in queries.bookmarked_keys(me(), view.section)
    page = render_template(
        "learning/lesson.html", view=view, item=item, before=before, after=after, marked=marked
    )
    # Last, because a commit forgets what was read; and not again when she only reloads the page.
    opened = view.progress.get(item.key)
    last = opened.last_opened_at if opened is not None else None
    if view.enrolment is not None and (last is None or view.now - last > OPENED_AGAIN):
        operations.note_opened(view.section.id, me().id, item.kind, item.slug)
    return page


@bp.post("/learn/<code>/lessons/<slug>/completion")
@signed_in
def create_completion(code: str, slug: str) -> Response:
    view = queries.section_for(me(), code)
    item = view.item(ItemKind.LESSON, slug)
    if view.enrolment is not None:
        operations.complete_lesson(me(), view.section, slug)
    _before, after = view.neighbours(item)
    if after is None:
        return redirect(url_for("learning.section", code=code))
    return redirect(item_url(view.section, after))
