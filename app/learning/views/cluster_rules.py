"""What completes a cluster: the versions there are, and the next one, looked at before it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts.session import me
from app.catalog import operations as catalog
from app.catalog import queries as clusters
from app.catalog.models import Cluster
from app.catalog.policies import Permission
from app.catalog.rules.completion import MOST_GROUPS, Completion, Group, completion_of, problems
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning import queries
from app.learning.forms import from_taipei
from app.learning.views.blueprint import bp
from app.web.doors import needs

CODES = {"zh": "zh-Hant-TW", "en": "en"}


@dataclass
class Typed:
    """The form as it was typed, or as the newest rules fill it."""

    places: dict[str, str] = field(default_factory=dict)
    """``required``, the number of a group, or nothing, by course."""
    percents: dict[str, str] = field(default_factory=dict)
    groups: list[dict[str, str]] = field(default_factory=list)
    credits: str = ""
    average: str = ""
    holds_from: str = ""
    note: str = ""


@bp.route("/teach/clusters/<slug>/rules", methods=["GET", "POST"])
@needs(Permission.EDIT_CLUSTERS)
def cluster_rules(slug: str) -> Any:
    """The rules of a cluster; a POST shows whom new ones would touch, or lets them hold."""
    cluster = clusters.cluster(slug)
    if cluster is None:
        raise NotVisible(slug)
    rows = clusters.rules_of(cluster.id)
    (frame,) = queries.cluster_frames(slug)
    newest = completion_of(rows[0].document) if rows else frame.versions[0][1]
    named = {name for row in rows for name in completion_of(row.document).courses}
    slugs = list(dict.fromkeys([*frame.slugs, *sorted(named)]))
    page: dict[str, Any] = {
        "cluster": cluster,
        "rows": [(row, completion_of(row.document)) for row in rows],
        "frame": frame,
        "titles": queries.titles_of(slugs),
        "slugs": slugs,
        "affected": None,
        "rules": None,
        "wrong": [],
    }
    if request.method == "GET":
        return _shown(_typed_of(newest), page), 200
    typed = _typed(slugs)
    try:
        rules = _rules(typed)
        holds_from = _instant(typed.holds_from)
    except ValueError:
        page["wrong"] = [_("A number or a date could not be read.")]
        return _shown(typed, page), 422
    page["wrong"] = [str(problem) for problem in problems(rules, page["titles"])]
    if page["wrong"]:
        return _shown(typed, page), 422
    if request.form.get("action") != "hold":
        page |= {"rules": rules, "affected": queries.affected_by(frame, rules)}
        return _shown(typed, page), 200
    return _hold(cluster, rules, typed, holds_from, page)


def _hold(
    cluster: Cluster,
    rules: Completion,
    typed: Typed,
    holds_from: datetime | None,
    page: dict[str, Any],
) -> Any:
    try:
        made = catalog.set_rules(me(), cluster, rules, note=typed.note, holds_from=holds_from)
    except Refused as refusal:
        page["wrong"] = [str(refusal.message)]
        return _shown(typed, page), 422
    flash(
        _("Version %(number)s of the rules is there.", number=made.number),
        "success",
    )
    return redirect(url_for("learning.cluster_rules", slug=cluster.slug))


def _shown(typed: Typed, page: Mapping[str, Any]) -> str:
    wanted = min(MOST_GROUPS, max(2, len(typed.groups) + 1))
    empty = {"name_zh": "", "name_en": "", "count": "", "credits": ""}
    groups = [*typed.groups, *(dict(empty) for _n in range(wanted - len(typed.groups)))]
    return render_template("learning/cluster_rules.html", typed=typed, groups=groups, **page)


def _typed_of(rules: Completion) -> Typed:
    places = dict.fromkeys(rules.required, "required")
    for number, group in enumerate(rules.groups, 1):
        places |= dict.fromkeys(group.courses, str(number))
    return Typed(
        places=places,
        percents={slug: str(percent) for slug, percent in rules.least_percent.items()},
        groups=[
            {
                "name_zh": group.name.get("zh-Hant-TW", ""),
                "name_en": group.name.get("en", ""),
                "count": str(group.count or ""),
                "credits": f"{group.credits:g}" if group.credits else "",
            }
            for group in rules.groups
        ],
        credits=f"{rules.credits:g}" if rules.credits else "",
        average=str(rules.average_percent or ""),
    )


def _typed(slugs: list[str]) -> Typed:
    def said(name: str) -> str:
        return request.form.get(name, "").strip()[:500]

    groups = [
        {
            name: said(f"group_{number}_{name}")
            for name in ("name_zh", "name_en", "count", "credits")
        }
        for number in range(1, MOST_GROUPS + 1)
    ]
    while groups and not any(groups[-1].values()):
        if any(said(f"place:{slug}") == str(len(groups)) for slug in slugs):
            break
        groups.pop()
    return Typed(
        places={slug: said(f"place:{slug}") for slug in slugs},
        percents={slug: said(f"percent:{slug}") for slug in slugs if said(f"percent:{slug}")},
        groups=groups,
        credits=said("credits"),
        average=said("average"),
        holds_from=said("holds_from"),
        note=said("note"),
    )


def _rules(typed: Typed) -> Completion:
    """What was typed, as rules. Raises ValueError for what is no number."""

    def at(place: str) -> tuple[str, ...]:
        return tuple(slug for slug, value in typed.places.items() if value == place)

    return Completion(
        required=at("required"),
        groups=tuple(
            Group(
                name={
                    code: group[f"name_{short}"]
                    for short, code in CODES.items()
                    if group[f"name_{short}"]
                },
                courses=at(str(number)),
                count=_count(group["count"]),
                credits=_number(group["credits"]),
            )
            for number, group in enumerate(typed.groups, 1)
        ),
        credits=_number(typed.credits),
        least_percent={slug: _count(percent) for slug, percent in typed.percents.items()},
        average_percent=_count(typed.average),
    )


def _count(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise ValueError(text)
    return int(text or 0)


def _number(text: str) -> float:
    whole, _dot, part = text.partition(".")
    if len(part) > 1:
        raise ValueError(text)
    return float(f"{_count(whole)}.{_count(part)}")


def _instant(text: str) -> datetime | None:
    """The beginning of a day in Taipei; None when none was typed. Raises ValueError."""
    if not text:
        return None
    return from_taipei(datetime.combine(date.fromisoformat(text), time.min))
