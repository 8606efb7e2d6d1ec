"""The OpenID Connect provider: Authlib's machinery, fed by this room's operations.

One client, the Hub; it belongs to the house, so nobody is asked for consent. Authorization code
with PKCE (S256) only.
"""

from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload, FlaskOAuth2Request
from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Request, list_to_scope, scope_to_list
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from flask import Flask, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from app.accounts import operations, policies, queries, session
from app.accounts.models import OAuthCode, Person
from app.accounts.operations import oauth
from app.accounts.rules.tokens import same
from app.kernel import clock
from app.kernel.config import Config
from app.kernel.database import db

HUB_CLIENT = "jupyterhub"
SCOPES = ("openid", "profile", "email", "labs")
TOKEN_SECONDS = 3600


class HubClient:
    """The Hub as OAuth client (Authlib's ClientMixin protocol)."""

    client_id = HUB_CLIENT
    id_token_signed_response_alg = "RS256"  # noqa: S105

    def __init__(self, config: Config) -> None:
        self._secret = config.hub_client_secret
        self.redirect_uri = f"{config.labs_url}/hub/oauth_callback"

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str | None) -> str:
        return list_to_scope([s for s in scope_to_list(scope or "") if s in SCOPES])

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return same(client_secret, self._secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class RedeemedCode:
    """A code at the token endpoint (Authlib's AuthorizationCodeMixin protocol)."""

    def __init__(self, row: OAuthCode) -> None:
        self.row = row
        self.code_challenge = row.code_challenge
        self.code_challenge_method = row.code_challenge_method

    def get_redirect_uri(self) -> str:
        return self.row.redirect_uri

    def get_scope(self) -> str:
        return self.row.scope

    def get_nonce(self) -> str | None:
        return self.row.nonce

    def get_auth_time(self) -> int:
        return int(self.row.created_at.timestamp())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class CodeGrant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]  # noqa: RUF012

    def save_authorization_code(self, code: str, request: Any) -> None:
        data = request.payload.data
        oauth.issue_code(
            code,
            person=request.user,
            sign_in_id=session.sign_in_id(),
            client_id=request.client.client_id,
            redirect_uri=request.payload.redirect_uri or request.client.redirect_uri,
            scope=request.scope,
            nonce=data.get("nonce"),
            code_challenge=data["code_challenge"],
        )

    def query_authorization_code(self, code: str, client: HubClient) -> RedeemedCode | None:
        row = oauth.redeem_code(code, client_id=client.client_id)
        return RedeemedCode(row) if row else None

    def delete_authorization_code(self, authorization_code: RedeemedCode) -> None:
        """Nothing: it was used up when it was looked up."""

    def authenticate_user(self, authorization_code: RedeemedCode) -> Person | None:
        person = db.session.get(Person, authorization_code.row.person_id)
        return person if person and person.suspended_at is None else None


class RequiredChallenge(CodeChallenge):
    """PKCE for every client, S256 only."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("This server needs a 'code_challenge' with method S256.")
        super().validate_code_challenge(grant, redirect_uri)


class IdToken(OpenIDCode):
    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return False  # the client compares it; a code can be used once only

    def resolve_client_private_key(self, client: HubClient) -> RSAKey:
        return operations.signing_key(session.config())

    def get_encode_header(self, client: HubClient) -> dict[str, Any]:
        return {"alg": "RS256", "kid": self.resolve_client_private_key(client).kid, "typ": "JWT"}

    def get_client_claims(self, client: HubClient) -> dict[str, Any]:
        now = int(clock.now().timestamp())
        return {
            "iss": session.config().site_url,
            "aud": [client.client_id],
            "iat": now,
            "exp": now + TOKEN_SECONDS,
        }

    def generate_user_info(self, user: Person, scope: str) -> dict[str, Any]:
        return claims_of(user, scope)


class SiteRequest(FlaskOAuth2Request):
    """As Authlib's, but leaves the question of https to the operator, who chose BANYAN_URL."""

    def __init__(self, wrapped: Any) -> None:
        https = "https://" + wrapped.url.split("://", 1)[1]
        OAuth2Request.__init__(self, method=wrapped.method, uri=https, headers=wrapped.headers)
        self._request = wrapped
        self.payload = FlaskOAuth2Payload(wrapped)


class Provider(AuthorizationServer):
    def create_oauth2_request(self, _request: Any) -> SiteRequest:
        return SiteRequest(request)


server = Provider()
server.register_grant(CodeGrant, [RequiredChallenge(required=True), IdToken()])


def init_app(app: Flask) -> None:
    app.config.update(
        OAUTH2_SCOPES_SUPPORTED=list(SCOPES),
        OAUTH2_TOKEN_EXPIRES_IN={"authorization_code": TOKEN_SECONDS},
    )
    server.init_app(app, query_client=_client, save_token=_save_token)


def _client(client_id: str) -> HubClient | None:
    return HubClient(session.config()) if client_id == HUB_CLIENT else None


def _save_token(token: dict[str, Any], request: Any) -> None:
    oauth.issue_token(
        token["access_token"], code=request.authorization_code.row, seconds=token["expires_in"]
    )


def claims_of(person: Person, scope: str) -> dict[str, Any]:
    """What the site says about PERSON to a client that was granted SCOPE."""
    scopes = scope_to_list(scope)
    claims: dict[str, Any] = {"sub": str(person.id)}
    if "profile" in scopes:
        claims |= {
            "preferred_username": person.handle,
            "name": person.name,
            "locale": person.locale,
        }
    if "email" in scopes:
        claims |= {
            "email": person.email,
            "email_verified": person.email_verified_at is not None,
        }
    if "labs" in scopes:
        claims["labs_allowed"] = labs_allowed(person)
    return claims


def labs_allowed(person: Person) -> bool:
    """Whether the Hub may let PERSON in at this installation."""
    return policies.may_use_labs(person) and (session.config().demo or not person.is_demo)


def discovery(config: Config) -> dict[str, Any]:
    """OpenID Connect Discovery 1.0, section 3."""
    site = config.site_url
    return {
        "issuer": site,
        "authorization_endpoint": f"{site}/oauth/authorize",
        "token_endpoint": f"{site}/oauth/token",
        "userinfo_endpoint": f"{site}/oauth/userinfo",
        "jwks_uri": f"{site}/oauth/jwks.json",
        "end_session_endpoint": f"{site}/oauth/logout",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": [
            "sub",
            "iss",
            "aud",
            "exp",
            "iat",
            "nonce",
            "preferred_username",
            "name",
            "locale",
            "email",
            "email_verified",
            "labs_allowed",
        ],
        "ui_locales_supported": ["zh-Hant-TW", "en"],
    }


def published_jwks(config: Config) -> dict[str, Any]:
    """The public keys (RFC 7517), the one in use first."""
    operations.signing_key(config)  # a fresh installation has none yet
    return {"keys": [row.public_jwk for row in queries.published_keys()]}


def is_hint_about(hint: str, person: Person) -> bool:
    """Whether HINT is an ID token of ours about PERSON; it may have expired (RP-Initiated
    Logout 1.0, section 2)."""
    try:
        keys = KeySet.import_key_set({"keys": [row.public_jwk for row in queries.published_keys()]})
        claims = jwt.decode(hint, keys, algorithms=["RS256"]).claims
    except (JoseError, ValueError):
        return False
    return (
        claims.get("iss") == session.config().site_url
        and HUB_CLIENT in claims.get("aud", [])
        and claims.get("sub") == str(person.id)
    )
