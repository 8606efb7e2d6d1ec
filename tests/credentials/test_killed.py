"""A worker that is killed while it signs: whoever comes after it gives each credential once."""

import os
import signal
import subprocess
import sys

from sqlalchemy import func, select, text

from app.catalog import operations as catalog
from app.catalog.models import Cluster
from app.credentials.models import Award, Credential
from app.credentials.operations import achievements
from app.credentials.operations.awarding import Given, award_many
from app.credentials.operations.keys import issuer_for
from app.credentials.tasks import issue
from app.kernel.database import db
from app.kernel.transaction import operation
from app.notifications.models import Notification
from tests.cast import cluster as small_cluster
from tests.vc.school import CHECKOUT

GRADUATES = 6
WORKER = """
import os, signal, sys
from app.credentials.operations import issuing
from app.credentials.tasks import issue
from app.factory import create_app
from app.kernel.config import Config

tell, told = issuing.tell_issued, []

def die_at_the_third(award_id):
    told.append(award_id)
    if len(told) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    tell(award_id)

issuing.tell_issued = die_at_the_third
with create_app(Config.from_environ(os.environ)).app_context():
    issue(award_ids=sys.argv[1:])
"""


@operation
def _graduates() -> list[str]:
    catalog.load_clusters((small_cluster(),))
    db.session.execute(
        text(
            "INSERT INTO people (id, email, handle, name, locale, created_at, is_demo)"
            " SELECT gen_random_uuid(), n || '@graduates.example', 'graduate-' || n, '學生 ' || n,"
            " 'en', now(), false FROM generate_series(1, :count) n"
        ),
        {"count": GRADUATES},
    )
    people = db.session.scalars(text("SELECT id FROM people")).all()
    achievement = achievements.of_cluster(db.session.scalars(select(Cluster)).one())
    basis = {"rules_number": 1, "courses": [], "recognised": []}
    made = award_many(issuer_for(None), achievement, [Given(one, basis) for one in people])
    return [str(award_id) for award_id in made]


def _issued() -> int:
    count = select(func.count()).select_from(Award).where(Award.issued_number == 1)
    return db.session.scalars(count).one()


def test_each_has_exactly_one_after_a_worker_was_killed_in_between(
    site, migrated, cluster, instance, config
):
    try:
        with site.app_context():
            award_ids = _graduates()
        ended = subprocess.run(
            [sys.executable, "-c", WORKER, *award_ids],
            cwd=CHECKOUT,
            env={
                "PATH": os.environ["PATH"], "DATABASE_URL": cluster.url(),
                "BANYAN_INSTANCE": str(instance), "BANYAN_URL": config.site_url,
                "BANYAN_DEMO": "1",
            },
            timeout=60,
            stderr=subprocess.PIPE,
        )  # fmt: skip
        assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()[-2000:]
        with site.app_context():
            assert _issued() == 2, "what the third had signed went with its transaction"
            db.session.rollback()
            for _time in range(2):
                issue(award_ids=award_ids)
            assert _issued() == GRADUATES
            kinds = db.session.execute(
                select(Credential.kind, func.count()).group_by(Credential.kind)
            )
            assert {kind.value: count for kind, count in kinds} == {
                "badge": GRADUATES, "clr": GRADUATES,
            }  # fmt: skip
            places = select(func.count(Credential.status_index.distinct()))
            assert db.session.scalars(places).one() == 2 * GRADUATES
            told = select(func.count()).select_from(Notification)
            assert db.session.scalars(told).one() == GRADUATES
    finally:
        with site.app_context():
            names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
            db.session.rollback()
            db.session.execute(text(f"TRUNCATE {names} CASCADE"))
            db.session.commit()
