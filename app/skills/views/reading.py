"""Frameworks as trees, and one skill with what proves it."""

from collections.abc import Callable

from flask import render_template, request
from markupsafe import Markup

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.skills import queries
from app.skills.models import Skill
from app.skills.policies import Permission
from app.skills.views.blueprint import bp
from app.web.doors import public

Panel = Callable[[Skill], Markup]

RELATION_NAMES = {
    "isChildOf": _l("part of it"),
    "isPartOf": _l("part of it"),
    "isPeerOf": _l("beside it"),
    "exactMatchOf": _l("the same"),
    "precedes": _l("comes before it"),
    "isRelatedTo": _l("related"),
    "replacedBy": _l("replaced by it"),
    "exemplar": _l("an example of it"),
    "hasSkillLevel": _l("its level"),
    "isTranslationOf": _l("a translation of it"),
}
"""What CASE's associations say of a skill and the one that it links to."""

_panels: list[Panel] = []


def add_panel(panel: Panel) -> None:
    """Let a room above say on a skill's page what proves it; empty when there is nothing."""
    if panel not in _panels:
        _panels.append(panel)


@bp.get("/skills")
@public
def index() -> str:
    """The programme's tree, or that of another framework (``?framework=SLUG``)."""
    known = queries.frameworks()
    wanted = request.args.get("framework", "").replace("\0", "")
    chosen = next((one for one in known if one.slug == wanted), known[0] if known else None)
    search = request.args.get("q", "").strip().replace("\0", "")[:200]
    industry = request.args.get("industry", "").replace("\0", "")
    branches = queries.tree(chosen, search=search, industry=industry) if chosen else []
    return render_template(
        "skills/index.html",
        frameworks=known,
        chosen=chosen,
        branches=branches,
        count=sum(1 for branch in branches for _leaf in branch.leaves()),
        search=search,
        manage=Permission.MANAGE_FRAMEWORKS,
        industry=industry,
        industry_titles={
            row["code"]: LocalizedText(row["title"])
            for row in (chosen.industries if chosen else ())
        },
    )


@bp.get("/skills/<key>")
@public
def skill(key: str) -> str:
    found = queries.skill(key)
    return render_template(
        "skills/skill.html",
        skill=found,
        levels=[
            (row["number"], LocalizedText(row["title"]), LocalizedText(row["text"]))
            for row in found.framework.levels
        ],
        industries=[
            LocalizedText(row["title"])
            for row in found.framework.industries
            if row["code"] in found.industries
        ],
        panels=[panel(found) for panel in _panels],
        relation_names=RELATION_NAMES,
    )
