"""The room's blueprint and what its views share."""

import hashlib
import hmac
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, request, send_from_directory

from app.accounts.session import me
from app.catalog.models import CourseItem
from app.catalog.rules import ItemKind
from app.kernel.errors import NotVisible
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.learning.policies import Permission
from app.learning.queries import SectionView
from app.marking import policies
from app.marking.queries import Asked, Scope, seconds, shares
from app.marking.rules import Ref, State
from app.web.doors import needs, public

bp = Blueprint("marking", __name__, template_folder="../templates")
STATIC = Path(__file__).parents[1] / "static"
ITEM = "/teaching/<code>/marking/<any(lab, quiz):kind>/<slug>"

teachers = needs(Permission.TEACH)


@bp.get("/static/marking/<path:filename>")
@public
def static(filename: str) -> Response:
    """The style and script of the desk."""
    return send_from_directory(STATIC, filename)


@dataclass(frozen=True)
class Desk:
    """An item of a section before somebody who grades it."""

    view: SectionView
    item: CourseItem
    ref: Ref
    scope: Scope
    is_blind: bool
    has_seconds: bool = False
    """Some works are marked by two."""

    @property
    def code(self) -> str:
        return self.view.section.code

    @property
    def may_set_up(self) -> bool:
        return policies.can_set_up(self.scope.grader, self.view.section)

    def name_of(self, person_id: uuid.UUID, name: str) -> str:
        """NAME, or what stands for it where nobody is to be known."""
        return _("Student %(number)s", number=self.alias(person_id)) if self.is_blind else name

    def alias(self, person_id: uuid.UUID) -> str:
        """Six digits that stay the same for a person and item, and say nothing of her."""
        secret: str = current_app.extensions["config"].secret_key
        word = f"marking:{self.view.section.id}:{self.ref.key}:{person_id}"
        digest = hmac.new(secret.encode(), word.encode(), hashlib.sha256).digest()
        return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def opened(code: str, kind: str, slug: str) -> Desk:
    """The item of section CODE for its staff. Raises NotVisible."""
    view = learning.section_taught_by(me(), code)
    if not policies.can_mark(me(), view.section):
        raise NotVisible(code)
    ref = Ref(ItemKind(kind), slug)
    item = view.item(ref.kind, slug)
    plan = shares.plan(view.section, ref.key)
    scope = Scope(
        view.section,
        ref,
        me(),
        shares.mine(me(), view.section, ref.key) if plan.number else None,
        seconds.given_by_me(me(), view.section, ref.key) if plan.seconds_percent else None,
    )
    return Desk(view, item, ref, scope, is_blind=plan.blind, has_seconds=plan.seconds_percent > 0)


def asked() -> Asked:
    """What the query string goes through; what it does not know is left out."""
    state = request.args.get("state", "")
    known = [one.value for one in State]
    part = request.args.get("part", "").replace("\0", "")[:400]
    return Asked(State(state) if state in known else State.WAITING, part)


def query_of(given: Asked) -> dict[str, Any]:
    """GIVEN for an address; what goes without saying is left out."""
    found: dict[str, Any] = {}
    if given.part:
        found["part"] = given.part
    if given.state is not State.WAITING:
        found["state"] = given.state.value
    return found
