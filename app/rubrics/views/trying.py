"""Trying a rubric out, and the total that a page shows while somebody judges."""

import uuid
from typing import Any

from flask import current_app, jsonify, render_template, request
from itsdangerous import BadSignature, URLSafeSerializer

from app.accounts.session import me
from app.kernel.errors import NotVisible
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.rubrics import forms, queries
from app.rubrics.models import RubricVersion
from app.rubrics.rules import Assessment, plain
from app.rubrics.views.blueprint import bp, writers
from app.rubrics.views.reading import asked_version
from app.web.doors import signed_in


@bp.route("/rubrics/<uuid:rubric_id>/trial", methods=["GET", "POST"])
@writers
def trial(rubric_id: uuid.UUID) -> Any:
    """Judge something made up: nothing is kept."""
    found = queries.rubric_visible_to(me(), rubric_id)
    version = asked_version(found)
    if version is None:
        raise NotVisible(str(rubric_id))
    comments = queries.comments_for(me())
    page: dict[str, Any] = {"rubric": found, "version": version, "comments": comments}
    if request.method == "GET":
        return render_template("rubrics/trial.html", given=None, assessment=None, **page)
    given = forms.read_judgement(version, request.form, comments=comments)
    assessment = forms.assessed(version, given)
    given = given.with_faults(assessment)
    done = assessment.is_complete and given.is_readable
    return render_template(
        "rubrics/trial.html", given=given, assessment=assessment if done else None, **page
    ), 200 if done else 422


def _signer() -> URLSafeSerializer:
    secret: str = current_app.extensions["config"].secret_key
    return URLSafeSerializer(secret, salt="rubrics.assessment")


def assessment_token(version: RubricVersion) -> str:
    """Lets whoever is shown a form of VERSION ask for its total: the room above showed it."""
    token = _signer().dumps(str(version.id))
    return token if isinstance(token, str) else token.decode()


@bp.post("/rubrics/assessments/<token>")
@signed_in
def assess(token: str) -> Any:
    """What the fields of a form come to, computed here and kept nowhere."""
    try:
        version = queries.version_by_id(uuid.UUID(_signer().loads(token)))
    except (BadSignature, ValueError, TypeError) as error:
        raise NotVisible from error
    given = forms.read_judgement(version, request.form, request.form.get("prefix", forms.PREFIX))
    assessment = forms.assessed(version, given)
    marked = given.with_faults(assessment, is_final=False)
    return jsonify(
        total=plain(assessment.total),
        maximum=plain(assessment.maximum),
        words=in_words(assessment, has_points=version.scale.has_points),
        points={row.criterion.id: plain(row.points) for row in assessment.rows},
        errors={name: str(entry.error) for name, entry in marked.entries.items() if entry.error},
        missing=[criterion.id for criterion in assessment.missing],
    )


def in_words(assessment: Assessment, *, has_points: bool) -> str:
    """The total and what is missing, as one line."""
    parts = []
    if has_points:
        parts.append(
            _(
                "%(total)s of %(most)s points",
                total=plain(assessment.total),
                most=plain(assessment.maximum),
            )
        )
    for criterion in assessment.failed:
        parts.append(_("“%(title)s” fails the whole", title=criterion.title))
    missing = len(assessment.missing)
    parts.append(
        ngettext("%(num)d criterion to go", "%(num)d criteria to go", missing)
        if missing
        else _("every criterion is judged")
    )
    return " · ".join(parts)


def words_of(version: RubricVersion, judgement: Any) -> str:
    """What a form that begins with JUDGEMENT comes to."""
    assessment = forms.assessment_of(version, judgement)
    return in_words(assessment, has_points=version.scale.has_points)
