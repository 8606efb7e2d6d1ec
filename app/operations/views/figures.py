"""``/metrics`` for Prometheus, and what is counted of every request.

The site has several processes: each writes its counts into files of one folder
(``PROMETHEUS_MULTIPROC_DIR``, set by whoever starts it) and a scrape adds them up. What the
database knows is asked at the scrape.
"""

import hmac
import ipaddress
import os
import time
from typing import Any

from flask import Flask, Response, abort, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import event
from sqlalchemy.pool import Pool

from app.kernel.secrets import secret
from app.operations.queries.figures import Figures
from app.operations.views.blueprint import bp
from app.web.doors import machine

OWN = CollectorRegistry()
"""What this process counts itself."""

REQUESTS = Counter(
    "banyan_http_requests",
    "Requests that the site answered.",
    ["endpoint", "method", "status"],
    registry=OWN,
)
DURATIONS = Histogram(
    "banyan_http_request_duration_seconds",
    "From the request to the first byte of its answer.",
    ["endpoint"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
    registry=OWN,
)
CONNECTIONS = Gauge(
    "banyan_database_connections",
    "Connections to the database that the site's processes hold, by what they do.",
    ["state"],
    multiprocess_mode="livesum",
    registry=OWN,
)


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_count)
    for name, handler in (
        ("connect", _connected),
        ("close", _closed),
        ("checkout", _lent),
        ("checkin", _returned),
    ):
        if not event.contains(Pool, name, handler):
            event.listen(Pool, name, handler)


@bp.get("/metrics")
@machine("the token instance/secrets/metrics_token, or a direct connection on loopback")
def metrics() -> Response:
    if not _may_scrape():
        abort(401)
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry.register(OWN)
    registry.register(Figures())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_scrape() -> bool:
    given = request.headers.get("Authorization", "").partition(" ")[2].strip()
    if given:
        right = secret(current_app.extensions["config"].instance, "metrics_token")
        return hmac.compare_digest(given.encode(), right.encode())
    # Whatever came through a proxy says so; its address would be the proxy's own.
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded")):
        return False
    try:
        return ipaddress.ip_address(request.environ.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False  # a Unix socket: what labs can reach


def _begin() -> None:
    g.began = time.perf_counter()


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    REQUESTS.labels(endpoint, _method(), response.status_code).inc()
    began = g.pop("began", None)
    if began is not None:
        DURATIONS.labels(endpoint).observe(time.perf_counter() - began)
    return response


def _method() -> str:
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return request.method if request.method in known else "other"


def _connected(*_details: Any) -> None:
    CONNECTIONS.labels("idle").inc()


def _closed(*_details: Any) -> None:
    CONNECTIONS.labels("idle").dec()


def _lent(*_details: Any) -> None:
    CONNECTIONS.labels("idle").dec()
    CONNECTIONS.labels("in_use").inc()


def _returned(*_details: Any) -> None:
    CONNECTIONS.labels("in_use").dec()
    CONNECTIONS.labels("idle").inc()
