"""The catalogue's pages, and those of the people who write it."""

from flask import Flask

from app.catalog.policies import Permission
from app.catalog.views import (
    catalogue,
    clusters,
    editor,
    parts,
    quizzes,
    review,
    transfer,
    trying,
    uploads,
)
from app.catalog.views.blueprint import bp
from app.kernel.i18n import lazy_gettext as _l
from app.web.doors import may
from app.web.layout import layout

__all__ = ["bp", "init_app"]

PAGES = (catalogue, clusters, editor, parts, quizzes, review, transfer, trying, uploads)


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_navigation(_l("Courses"), "catalog.index", order=20, under=("/courses",))
        layout().add_navigation(
            _l("Write courses"),
            "catalog.written",
            visible=lambda user: may(Permission.WRITE_COURSES),
            order=32,
        )
        layout().add_navigation(
            _l("Edit clusters"),
            "catalog.edited_clusters",
            visible=lambda user: may(Permission.EDIT_CLUSTERS),
            order=33,
        )
        layout().public_home = lambda: {"clusters": catalogue.cards()}
