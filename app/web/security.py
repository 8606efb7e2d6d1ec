"""Headers on every answer: no inline script or style, no framing, nothing from elsewhere."""

from urllib.parse import urlsplit

from flask import Flask, Response, request

from app.kernel.config import Config


def init_app(app: Flask, config: Config) -> None:
    labs = urlsplit(config.labs_url)
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
