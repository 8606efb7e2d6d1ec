"""The door of programs in people's labs: who asks, and how the exchange refuses."""

from functools import wraps
from typing import Any

from flask import Blueprint, Flask, g, request

from app.accounts import queries as accounts
from app.accounts.policies import may_use_labs
from app.catalog.models import CourseItem
from app.catalog.rules import ItemKind
from app.grading import operations
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.learning.models import Section
from app.learning.queries import SectionView
from app.web.doors import machine
from app.workspaces import hub

bp = Blueprint("exchange", __name__, url_prefix="/api/exchange/v1")

WITH_HUB_TOKEN = machine("the token of a person's server, checked with the Hub")


class Problem(Exception):
    """An answer other than success."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(message)


def init_app(app: Flask) -> None:
    app.extensions["csrf"].exempt(bp)

    @app.before_request
    def only_the_exchange_over_the_socket() -> Any:
        """The socket or port that labs can reach serves the exchange and nothing else."""
        here, port = request.environ, app.extensions["config"].exchange_port
        theirs = here.get("REMOTE_ADDR") in ("", None) or here["SERVER_PORT"] == port
        if theirs and not request.path.startswith(bp.url_prefix or "/"):
            return {"error": {"code": "not_here", "message": "Only the exchange is here."}}, 404
        return None


@bp.errorhandler(Problem)
def _problem(error: Problem) -> Any:
    return {"error": {"code": error.code, "message": error.message}}, error.status


@bp.errorhandler(NotVisible)
def _not_visible(error: NotVisible) -> Any:
    return _problem(Problem(404, "not_found", _("This lab is not open to you.")))


@bp.errorhandler(hub.HubUnavailable)
def _no_hub(error: hub.HubUnavailable) -> Any:
    return _problem(Problem(503, "hub_unavailable", str(error.message)))


REFUSALS: dict[type[Refused], tuple[int, str]] = {
    operations.SectionClosed: (409, "closed"),
    operations.TimeOver: (409, "closed"),
    learning.ItemLocked: (409, "locked"),
    operations.TooLarge: (413, "too_large"),
    operations.TooMany: (413, "too_many_files"),
    operations.BadPath: (422, "bad_path"),
    operations.NoNotebook: (422, "no_notebook"),
    operations.NotANotebook: (422, "not_a_notebook"),
    operations.NoTeam: (409, "no_team"),
    operations.NoneLeft: (409, "none_left"),
}


@bp.errorhandler(Refused)
def _refused(error: Refused) -> Any:
    status, code = REFUSALS.get(type(error), (409, "refused"))
    return _problem(Problem(status, code, str(error.message)))


def for_person(view: Any) -> Any:
    """Load the person whose server this is into ``g.person``."""

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Any:
        kind, _space, token = request.headers.get("Authorization", "").partition(" ")
        handle = (
            hub.client().whoami(token) if kind.lower() in ("token", "bearer") and token else None
        )
        person = accounts.person_by_handle(handle) if handle else None
        if person is None or not may_use_labs(person):
            raise Problem(401, "unknown_token", _("Sign in again: your lab is not known here."))
        g.person = person
        return view(*args, **kwargs)

    return run


def lab_of(course_id: str, assignment_id: str) -> tuple[SectionView, CourseItem]:
    view = learning.section_for(g.person, course_id)
    return view, view.item(ItemKind.LAB, assignment_id)


def taught_lab(course_id: str, assignment_id: str) -> tuple[Section, CourseItem]:
    view = learning.section_taught_by(g.person, course_id)
    return view.section, view.item(ItemKind.LAB, assignment_id)
