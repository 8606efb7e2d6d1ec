"""A site on a database of its own: for real commits, several connections, several processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from app import demo
from app.catalog import operations as catalog
from app.factory import create_app
from app.kernel import schema
from app.kernel.config import Config
from app.kernel.database import db
from app.workspaces import hub
from tests.cast import Cast
from tests.cast import cluster as cluster_of_one_course


@contextmanager
def site_of_its_own(cluster: Any, config: Config, name: str) -> Iterator[Cast]:
    """The cast on the new database NAME, which is dropped afterwards. Nothing is rolled back."""
    cluster.create_database(name)
    url = cluster.url(name)
    schema.upgrade(url)
    site = create_app(replace(config, database_url=url))
    site.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    before = hub.client()
    fake = hub.FakeHub()
    hub.configure(fake)
    try:
        with site.app_context():
            catalog.load_clusters((cluster_of_one_course(),))
            demo.load()
        made = Cast(site, fake)
        made.enrol("mei", "hao")
        yield made
    finally:
        hub.configure(before)
        with site.app_context():
            db.session.remove()
            db.engine.dispose()
        cluster.drop_database(name)


@pytest.fixture
def committed(cluster: Any, config: Config) -> Iterator[Cast]:
    """As ``enrolled``, with real commits."""
    with site_of_its_own(cluster, config, "committed") as made:
        yield made
