"""The room's blueprint and what its views share."""

import uuid

from flask import Blueprint, Response, current_app
from flask_login import current_user

from app.accounts.models import Person
from app.credentials import operations, queries
from app.credentials.models import Achievement, Award, Credential
from app.credentials.policies import Permission
from app.credentials.rules import KIND_NAMES
from app.credentials.rules.art import Shape, drawn
from app.kernel.config import Config
from app.kernel.i18n import speaking
from app.kernel.localized import LocalizedText
from app.web.doors import needs

bp = Blueprint("credentials", __name__, template_folder="../templates")

issues = needs(Permission.ISSUE_CREDENTIALS)
rules_of_awards = needs(Permission.SET_AWARD_RULES)


def house() -> operations.House:
    config: Config = current_app.extensions["config"]
    return operations.House(config.site_url, config.instance)


def address() -> str:
    """The address that stands in credentials."""
    return queries.fixed_address() or house().site_url


def reader() -> Person | None:
    """Who reads; None: somebody without an account."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def shapes_of(achievement: Achievement, award: Award | None = None) -> tuple[Shape, ...]:
    """The badge, with the issuer's name when it is somebody's."""
    issuer = operations.issuer_name(award.issuer) if award else LocalizedText({})
    labels = []
    for code in ("zh-Hant-TW", "en"):
        with speaking(code):
            labels.append(str(KIND_NAMES[achievement.kind]))
    return tuple(
        drawn(
            achievement.kind,
            pair(achievement.title),
            pair(issuer),
            (labels[0], labels[1]),
            level=achievement.level,
            seed=achievement.subject,
        )
    )


def pair(text: LocalizedText) -> tuple[str, str]:
    return text.get("zh-Hant-TW", ""), text.get("en", "")


def file_of(content: bytes | str, kind: str, name: str, *, download: bool = True) -> Response:
    """A file that programs of other sites may fetch as well."""
    headers: dict[str, str] = {
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if download:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if kind.startswith("image/svg"):
        headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return Response(content, content_type=kind, headers=headers)


def name_of(credential: Credential, ending: str) -> str:
    return f"{credential.award.achievement.subject.replace('/', '-')}-{credential.id}.{ending}"


def credential_for_all(credential_id: uuid.UUID) -> Credential:
    """Raises NotVisible."""
    return queries.public_credential(reader(), credential_id)
