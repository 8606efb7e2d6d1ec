"""For officers: which frameworks there are, in which versions; import, retire, bring back."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.skills import operations, queries
from app.skills.forms import ImportForm
from app.skills.rules import PROGRAMME
from app.skills.views.blueprint import bp, officers


@bp.get("/skills/frameworks")
@officers
def frameworks() -> str:
    return _page(ImportForm())


def _page(form: ImportForm) -> str:
    return render_template(
        "skills/frameworks.html",
        form=form,
        frameworks=queries.frameworks(retired=True),
        own=PROGRAMME,
    )


@bp.post("/skills/frameworks")
@officers
def create_version() -> Any:
    form = ImportForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        package = operations.read_package(form.file.data.read())
        made = operations.adopt(me(), package, slug=form.slug.data or "")
    except Refused as error:
        form.form_errors.append(str(error.message))
        return _page(form), 422
    flash(
        _(
            "“%(title)s”: version %(number)s with %(count)s entries is here.",
            title=str(made.framework.title),
            number=made.number,
            count=made.item_count,
        ),
        "success",
    )
    return redirect(url_for("skills.frameworks"))


@bp.post("/skills/frameworks/<slug>/retirement")
@officers
def create_retirement(slug: str) -> Response:
    operations.retire(me(), queries.framework(slug, retired=True))
    flash(_("Retired. What was shown of its skills stays shown; you can bring it back."), "success")
    return redirect(url_for("skills.frameworks"))


@bp.post("/skills/frameworks/<slug>/restoration")
@officers
def create_restoration(slug: str) -> Response:
    operations.restore(me(), queries.framework(slug, retired=True))
    flash(_("The framework is back."), "success")
    return redirect(url_for("skills.frameworks"))
