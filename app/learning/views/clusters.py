"""The public page of a cluster."""

from flask import abort, render_template
from flask_login import current_user

from app.accounts.session import me
from app.catalog.policies import Permission
from app.catalog.rules import INDUSTRIES, LEVELS
from app.kernel.localized import LocalizedText
from app.learning import queries
from app.learning.views.blueprint import bp
from app.web.doors import may, public


@bp.get("/clusters/<slug>")
@public
def cluster(slug: str) -> str:
    person = me() if current_user.is_authenticated else None
    page = queries.cluster_page(person, slug) or abort(404)
    return render_template(
        "learning/cluster.html",
        page=page,
        cluster=page.cluster,
        industry=INDUSTRIES.get(page.cluster.industry, page.cluster.industry),
        levels=LEVELS,
        outcomes=[LocalizedText(text) for text in page.cluster.outcomes],
        rules_row=page.frame.row(page.frame.current[0]),
        may_edit=person is not None and may(Permission.EDIT_CLUSTERS),
    )
