"""Headers on every answer: no inline script or style, no framing, nothing from elsewhere."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, redirect, request

from app.kernel.config import Config


def init_app(app: Flask, config: Config) -> None:
    labs = urlsplit(config.labs_url)

    class SchemeOfTheSite:
        """The proxy speaks plain HTTP to the site; people see the scheme of BANYAN_URL."""

        def __init__(self, wsgi_app: Any) -> None:
            self.wsgi_app = wsgi_app

        def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
            environ["wsgi.url_scheme"] = "https" if config.uses_https else "http"
            return self.wsgi_app(environ, start_response)

    app.wsgi_app = SchemeOfTheSite(app.wsgi_app)  # type: ignore[method-assign]
    policy = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            # A form that opens a lab is answered by a redirect to the labs' hosts.
            f"form-action 'self' {config.labs_url} {labs.scheme}://*.{labs.netloc}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )

    @app.before_request
    def keep_to_our_host() -> Any:
        """A lab whose server is not running ends up here: no page of the site on a lab's host."""
        host = request.host
        if host == labs.netloc or host.endswith("." + labs.netloc):
            if request.method == "GET" and request.path.startswith("/user/"):
                return redirect(f"{config.labs_url}/hub{request.full_path.rstrip('?')}")
            abort(503)
        return None

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()"
        )
        if config.uses_https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            headers.setdefault("Cache-Control", "private, no-store")
            headers.add("Vary", "Cookie, Accept-Language")
        return response
