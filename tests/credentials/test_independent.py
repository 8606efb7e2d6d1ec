"""What the site publishes is enough for a verifier that is not ours: its own files, no help."""

import base64
import json
import re

import pytest

from app import vc
from app.credentials import operations
from app.credentials.models import Credential
from app.credentials.rules import Reason
from app.credentials.tasks import house
from app.kernel import clock
from app.kernel.database import db
from tests.credentials.conftest import awards, sign_all
from tests.vc import school
from tests.vc.test_building import SCHEMAS

SITE = "http://localhost:8000"
LIST = re.compile(r'"statusListCredential": ?"([^"]+)"')


@pytest.fixture
def stranger(app):
    return app.test_client()


def published(client, address):
    answer = client.get(address.removeprefix(SITE), headers={"Accept": "application/json"})
    return json.loads(answer.text)


def payload(token):
    middle = token.split(".")[1]
    return base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)).decode()


def downloads(client, credential_id):
    """Every form of a credential that a person can have, as the verifier takes it."""
    address = f"/credentials/{credential_id}"
    found = {"json": {"document": published(client, f"{address}.json")}}
    found["jwt"] = {"jwt": client.get(f"{address}.jwt").text.strip()}
    for form in ("svg", "png"):
        found[form] = {"document": vc.unbake(client.get(f"{address}.{form}").data)}
    return found


class World:
    """What a stranger finds at the addresses that the credentials name, at this moment."""

    def __init__(self, client, items):
        texts = [
            json.dumps(item["document"]) if "document" in item else payload(item["jwt"])
            for item in items.values()
        ]
        addresses = {address for text in texts for address in LIST.findall(text)}
        self.lists = {address: published(client, address) for address in addresses}
        slugs = ("rongnan", "programme")
        self.issuers = [published(client, f"/schools/{slug}/did.json") for slug in slugs]

    def refused(self, items):
        found = school.stranger(
            items,
            did_document=self.issuers[0],
            more_issuers=tuple(self.issuers[1:]),
            now=clock.now(),
            more_lists=self.lists,
        )
        return {name: why for name, why in found.items() if why is not True}


@pytest.fixture
def reissued(graduated):
    """mei's course was signed anew, and the cluster's record with it."""
    with graduated.app.app_context():
        operations.issue_again(graduated.person("mei"), awards(graduated, "mei")[0])
        sign_all(graduated, "mei")
        db.session.commit()
    return graduated


def issued(cast):
    """Everything that was ever signed, as document and as token."""
    found = {}
    with cast.app.app_context():
        for row in db.session.query(Credential):
            name = f"{row.award.kind.value} {row.kind.value} {row.number}"
            found[f"{name} json"] = {"document": json.loads(row.document)}
            found[f"{name} jwt"] = {"jwt": row.jwt}
    return found


def test_what_holds_is_accepted_in_every_form_and_nothing_else(reissued, badge_id, stranger):
    badge, record = badge_id(), badge_id("cluster", "clr")
    badges = {f"badge as {form}": item for form, item in downloads(stranger, badge).items()}
    records = {f"record as {form}": item for form, item in downloads(stranger, record).items()}
    held = records["record as json"]["document"]["credentialSubject"]["verifiableCredential"]
    for document in (badges["badge as json"]["document"], *held):
        SCHEMAS.validate(document)
    everything = issued(reissued) | badges | records
    changed = {
        name: {"document": one} for name, one in school.changes(badges["badge as json"]["document"])
    }
    assert len(changed) > 30
    world = World(stranger, everything)
    replaced = {f"cluster {kind} 1 {form}" for kind in ("badge", "clr") for form in ("json", "jwt")}
    assert set(world.refused(everything | changed)) == set(changed) | replaced

    with reissued.app.app_context():
        award = db.session.get(Credential, badge).award
        operations.revoke(reissued.person("jia-office"), award, Reason.MISTAKE, note="x")
        ours = operations.check(house(), json.dumps(badges["badge as json"]["document"]))
        assert not ours.verification.ok
    assert set(World(stranger, badges).refused(badges)) == set(badges)
