"""The queue of gradings, for operators."""

from flask import Flask, render_template

from app.grading import queries
from app.grading.policies import Permission
from app.grading.views.blueprint import bp
from app.kernel.i18n import lazy_gettext as _l
from app.web.doors import may, needs
from app.web.layout import layout


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_navigation(
            _l("Grading queue"),
            "grading.queue",
            visible=lambda user: may(Permission.SEE_QUEUE),
            order=90,
        )


@bp.get("/grading/queue")
@needs(Permission.SEE_QUEUE)
def queue() -> str:
    return render_template("grading/queue.html", queue=queries.queue_state())


@bp.get("/grading/queue/now")
@needs(Permission.SEE_QUEUE)
def queue_now() -> str:
    """The part of the page that is fetched again every few seconds."""
    return render_template("grading/queue_now.html", queue=queries.queue_state())
