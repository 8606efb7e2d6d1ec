"""Who may enter a route. Deny by default: a view without a declared door answers nobody.

A room's ``policies.GRANTS`` maps each permission to alternatives; an alternative is a list of named
predicates that must all hold. The factory merges the tables; ``banyan permissions`` prints them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any, TypeVar

from flask import Flask, abort, current_app, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.kernel.i18n import gettext as _

View = TypeVar("View", bound=Callable[..., Any])
Predicate = Callable[..., bool]
Grants = Mapping[Enum, Sequence[Sequence[Predicate]]]


@dataclass(frozen=True)
class Door:
    """What stands before a route."""

    kind: str
    """``public``, ``guests``, ``signed_in``, ``permission`` or ``machine``."""
    permission: Enum | None = None
    reason: str = ""


def public(view: View) -> View:
    """Anyone may enter."""
    return _mark(view, Door("public"))


def signed_in(view: View) -> View:
    """Any person who is signed in may enter; what she sees there is loaded through her."""
    return _mark(view, Door("signed_in"))


def machine(reason: str) -> Callable[[View], View]:
    """A program enters, and proves itself as REASON says; no session, no form token."""
    return partial(_mark, door=Door("machine", reason=reason))


def needs(permission: Enum) -> Callable[[View], View]:
    """Persons enter for whom some alternative of PERMISSION holds without a subject."""
    return partial(_mark, door=Door("permission", permission))


def _mark(view: View, door: Door) -> View:
    view.__door__ = door  # type: ignore[attr-defined]
    return view


def door_of(app: Flask, endpoint: str) -> Door | None:
    """The door of an endpoint, or None when nobody declared one."""
    if endpoint == "static":
        return Door("public")
    return getattr(app.view_functions.get(endpoint), "__door__", None)


class Permissions:
    """The merged table of all rooms."""

    def __init__(self) -> None:
        self.table: dict[Enum, Sequence[Sequence[Predicate]]] = {}

    def add(self, grants: Grants) -> None:
        """Merge one room's GRANTS; a permission granted in two places raises ValueError."""
        for permission, alternatives in grants.items():
            if permission in self.table:
                raise ValueError(f"{permission} is granted twice")
            self.table[permission] = alternatives

    def may(self, person: Any, permission: Enum, *subject: Any) -> bool:
        """Whether some alternative of PERMISSION holds for PERSON (and SUBJECT)."""
        return any(
            all(predicate(person, *subject) for predicate in alternative)
            for alternative in self.table[permission]
        )

    def page(self) -> str:
        """The table as text that an auditor can read."""
        lines = []
        for permission, alternatives in sorted(self.table.items(), key=lambda row: str(row[0])):
            lines.append(f"{type(permission).__module__.split('.')[1]}.{permission.name}")
            lines += [
                "    " + " and ".join(predicate.__name__ for predicate in alternative)
                for alternative in alternatives
            ]
        return "\n".join(lines)


def init_app(app: Flask) -> Permissions:
    permissions = Permissions()
    app.extensions["permissions"] = permissions
    app.before_request(_guard)
    app.jinja_env.globals["may"] = lambda permission, *subject: may(permission, *subject)
    return permissions


def may(permission: Enum, *subject: Any) -> bool:
    """Whether the person of this request holds PERMISSION."""
    return bool(
        current_user.is_authenticated
        and current_app.extensions["permissions"].may(current_user, permission, *subject)
    )


def _guard() -> Response | None:
    if request.endpoint is None:
        return None  # no such address: the 404 page answers
    door = door_of(current_app, request.endpoint)
    if door is None:
        abort(404)
    if door.kind in ("public", "machine"):
        return None
    if not current_user.is_authenticated:
        if request.path.startswith("/api/"):
            abort(401)
        flash(_("Please sign in to go on."), "info")
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.sign_in", next=wanted))
    if door.permission is not None and not may(door.permission):
        abort(403)
    return None
