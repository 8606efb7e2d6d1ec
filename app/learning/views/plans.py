"""All dates of an offering on one screen, and what opens each item."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts.session import me
from app.catalog.models import CourseItem
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.learning import operations, policies, queries
from app.learning.forms import from_taipei, taipei
from app.learning.operations import PlanDates
from app.learning.queries import OfferingView
from app.learning.queries.locks import needs_of
from app.learning.rules.conditions import Tree, from_blocks, to_blocks
from app.learning.views.blueprint import bp, managers, say
from app.learning.views.offerings import tabs_of

FIELDS = ("opens_at", "due_at", "closes_at")
SPARE_LINES = 2


@bp.route("/offerings/<uuid:offering_id>/dates", methods=["GET", "POST"])
@managers
def dates(offering_id: uuid.UUID) -> Any:
    view = queries.offering_managed_by(me(), offering_id)
    typed: Mapping[str, str] = {}
    problem = ""
    if request.method == "POST":
        typed = request.form
        try:
            operations.save_dates(me(), view.offering, view.version, _typed_dates(view))
        except Refused as error:
            problem = str(error.message)
        except ValueError:
            problem = _("A date could not be read. It should look like 2026-09-14 23:59.")
        else:
            flash(_("Saved. Students see these dates now."), "success")
            return redirect(url_for("learning.dates", offering_id=offering_id))
    page = render_template(
        "learning/dates.html",
        rows=[(item, _shown_dates(view, item, typed)) for item in view.version.items],
        conditions={
            key: needs_of(plan.condition, view.version)
            for key, plan in view.plans.items()
            if plan.condition
        },
        sessions=queries.sessions_of([section.id for section in view.offering.sections]),
        problem=problem,
        **tabs_of(view),
    )
    return page, 422 if problem else 200


def _typed_dates(view: OfferingView) -> dict[str, PlanDates]:
    """What the form says of the items that it has. Raises ValueError."""
    return {
        item.key: PlanDates(**{name: _instant(f"{name}:{item.key}") for name in FIELDS})
        for item in view.version.items
        if f"due_at:{item.key}" in request.form
    }


def _instant(name: str) -> datetime | None:
    text = request.form.get(name, "").strip()
    return from_taipei(datetime.fromisoformat(text).replace(tzinfo=None)) if text else None


def _shown_dates(view: OfferingView, item: CourseItem, typed: Mapping[str, str]) -> dict[str, str]:
    plan = view.plans.get(item.key)

    def text(name: str) -> str:
        value = taipei(getattr(plan, name)) if plan else None
        return value.strftime("%Y-%m-%dT%H:%M") if value else ""

    return {name: typed.get(f"{name}:{item.key}", text(name)) for name in FIELDS}


@bp.post("/offerings/<uuid:offering_id>/dates/shift")
@managers
def shift_dates(offering_id: uuid.UUID) -> Any:
    view = queries.offering_managed_by(me(), offering_id)
    days = request.form.get("days", 0, int)
    try:
        moved = operations.shift_dates(me(), view.offering, days) if days else 0
    except Refused as error:
        say(error)
    else:
        flash(
            _(
                "Moved by %(days)s days: the semester and %(count)s dates in it. To undo this, "
                "move by %(back)s days.",
                days=days,
                count=moved,
                back=-days,
            ),
            "success",
        )
    return redirect(url_for("learning.dates", offering_id=offering_id))


@bp.route("/offerings/<uuid:offering_id>/conditions/<kind>/<slug>", methods=["GET", "POST"])
@managers
def condition(offering_id: uuid.UUID, kind: str, slug: str) -> Any:
    """What opens one item: alternatives, each a list of conditions that hold together."""
    view = queries.offering_managed_by(me(), offering_id)
    item = view.item(f"{kind}:{slug}")
    plan = view.plans.get(item.key)
    blocks = to_blocks(plan.condition if plan else None)
    problem = ""
    if request.method == "POST":
        try:
            typed = _typed_blocks()
            operations.set_condition(
                me(), view.offering, view.version, item.key, from_blocks(typed)
            )
        except Refused as error:
            problem, blocks = str(error.message), typed
        except ValueError:
            problem = _("A line could not be read: check its date or its percentage.")
        else:
            flash(
                _("Saved. The condition of “%(item)s” holds now.", item=str(item.title)), "success"
            )
            return redirect(url_for("learning.dates", offering_id=offering_id))
    page = render_template(
        "learning/condition.html",
        item=item,
        items=[other for other in view.version.items if other.key != item.key],
        blocks=[*(_lines(block) for block in blocks), _lines([])],
        group_names=queries.group_names_in_offering(offering_id),
        may_change=policies.may_change_conditions(view.offering),
        problem=problem,
        **tabs_of(view),
    )
    return page, 422 if problem else 200


def _lines(block: list[Tree]) -> list[dict[str, str]]:
    """A block as lines of the form, with spare ones to fill in."""
    lines = []
    for leaf in block:
        ((kind, value),) = [(k, v) for k, v in leaf.items() if k != "least"]
        if kind in ("from", "until"):
            moment = taipei(datetime.fromisoformat(value))
            value = moment.strftime("%Y-%m-%dT%H:%M") if moment else ""
        lines.append(
            {
                "kind": kind,
                "item": value if kind in ("completed", "score") else "",
                "least": f"{leaf['least'] * 100:g}" if kind == "score" else "",
                "at": value if kind in ("from", "until") else "",
                "group": value if kind == "group" else "",
            }
        )
    empty = {"kind": "", "item": "", "least": "", "at": "", "group": ""}
    return lines + [dict(empty) for _spare in range(SPARE_LINES)]


def _typed_blocks() -> list[list[Tree]]:
    """The form's lines as blocks. Raises ValueError for what cannot be read."""
    blocks: dict[str, list[Tree]] = {}
    places = request.form.getlist("block")
    columns = {
        name: request.form.getlist(name) for name in ("kind", "item", "least", "at", "group")
    }
    if any(len(values) != len(places) for values in columns.values()):
        raise ValueError("lines of different length")
    for number, place in enumerate(places):
        leaf = _leaf({name: values[number].strip() for name, values in columns.items()})
        if leaf is not None:
            blocks.setdefault(place, []).append(leaf)
    return list(blocks.values())


def _leaf(line: dict[str, str]) -> Tree | None:
    kind = line["kind"]
    if kind == "":
        return None
    if kind in ("from", "until"):
        moment = from_taipei(datetime.fromisoformat(line["at"]).replace(tzinfo=None))
        return {kind: moment.isoformat() if moment else ""}
    if kind == "score":
        return {"score": line["item"], "least": float(line["least"]) / 100}
    if kind == "completed":
        return {"completed": line["item"]}
    return {"group": line["group"]}
