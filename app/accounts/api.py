"""What programs ask about people: the OpenID Connect provider and the Hub's own question."""

import hmac
from typing import Any

from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Flask, abort, jsonify, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts import oidc, operations, queries, session
from app.web import errors
from app.web.doors import machine, public, signed_in

bp = Blueprint("accounts_api", __name__, template_folder="templates")


def init_app(app: Flask) -> None:
    oidc.init_app(app)
    for view in (token, userinfo):
        app.extensions["csrf"].exempt(view)


@bp.get("/.well-known/openid-configuration")
@public
def discovery() -> Response:
    return jsonify(oidc.discovery(session.config()))


@bp.get("/oauth/jwks.json")
@public
def jwks() -> Response:
    return jsonify(oidc.published_jwks(session.config()))


@bp.get("/oauth/authorize")
@signed_in
def authorize() -> Any:
    """Send a person on to the Hub with a code; who cannot use labs is told why, here."""
    try:
        grant = oidc.server.get_consent_grant(end_user=current_user)
    except OAuth2Error as error:
        if error.redirect_uri:
            return oidc.server.handle_error_response(None, error)
        return errors.page(400)
    if not oidc.labs_allowed(current_user):
        return render_template(
            "accounts/no_labs.html", is_verified=current_user.email_verified_at is not None
        ), 403
    person = current_user._get_current_object()
    return oidc.server.create_authorization_response(grant_user=person, grant=grant)


@bp.post("/oauth/token")
@machine("the client's secret, by Authlib")
def token() -> Any:
    return oidc.server.create_token_response()


@bp.route("/oauth/userinfo", methods=["GET", "POST"])
@machine("an access token that this site issued")
def userinfo() -> Any:
    kind, _space, value = request.headers.get("Authorization", "").partition(" ")
    found = queries.access_token(value.strip()) if kind.lower() == "bearer" and value else None
    if found is None:
        answer = jsonify(error="invalid_token")
        answer.status_code = 401
        answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        return answer
    row, person = found
    return jsonify(oidc.claims_of(person, row.scope))


@bp.get("/oauth/logout")
@public
def logout() -> Any:
    """RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0).

    A valid hint proves that the Hub asks for this person; without one, she is asked.
    """
    if current_user.is_authenticated:
        if not oidc.is_hint_about(request.args.get("id_token_hint", ""), current_user):
            return render_template("accounts/confirm_sign_out.html")
        sign_in_id = session.sign_in_id()
        if sign_in_id:
            operations.end_sign_in(current_user, sign_in_id)
        session.forget()
    return redirect(_after_logout())


def _after_logout() -> str:
    """The address that the client asks for when it is the labs' or ours, else home."""
    config = session.config()
    wanted = request.args.get("post_logout_redirect_uri", "")
    for base in (config.site_url, config.labs_url):
        if wanted == base or wanted.startswith((f"{base}/", f"{base}?")):
            return wanted
    return f"{config.site_url}/?signed-out"


@bp.get("/api/hub/people/<handle>")
@machine("the Hub's client secret")
def hub_person(handle: str) -> Any:
    """Whether somebody may (still) use the Hub: 200, 403 when not, 404 for nobody."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), session.config().hub_client_secret.encode()):
        abort(401)
    person = queries.person_by_handle(handle)
    if person is None:
        abort(404)
    if not oidc.labs_allowed(person):
        abort(403)
    return jsonify(handle=person.handle, name=person.name, labs_allowed=True)
