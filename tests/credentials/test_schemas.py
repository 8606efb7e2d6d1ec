"""Each credential names a schema that is served here, and has its form."""

import base64
import json
import uuid

import pytest
from flask import current_app
from jsonschema import Draft201909Validator

from app.credentials import operations, queries
from app.credentials.tasks import house
from tests.credentials.conftest import sign_all
from tests.evidence.helpers import CELLS, SKILL
from tests.grading.helpers import grade_with, hand_in, result
from tests.privacy.test_erasing import erased

SITE = "http://localhost:8000"


def served(client, document):
    """The validator of a credential's own schema, fetched at the address that it names."""
    _theirs, ours = document["credentialSchema"]
    answer = client.get(ours["id"].removeprefix(SITE))
    assert answer.status_code == 200 and answer.content_type == "application/schema+json"
    schema = json.loads(answer.text)
    assert schema["$id"] == ours["id"]
    Draft201909Validator.check_schema(schema)
    return Draft201909Validator(schema)


def body(token):
    middle = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


@pytest.fixture
def all_kinds(badge_id, graduated):
    """(document, body of the JWT) by kind: a course, a cluster, its record; with the name."""
    with graduated.app.app_context():
        operations.choose_name(graduated.person("mei"), shows_name=True)
        sign_all(graduated, "mei")
    found = {}
    for name, kind in {
        "course": ("course", "badge"),
        "cluster": ("cluster", "badge"),
        "record": ("cluster", "clr"),
    }.items():
        with graduated.app.app_context():
            row = queries.credential(badge_id(*kind))
            found[name] = json.loads(row.document), body(row.jwt)
    return found


class TestTheSchema:
    def test_is_served_and_every_kind_has_its_form(self, all_kinds, app):
        client = app.test_client()
        for name, (document, claims) in all_kinds.items():
            validator = served(client, document)
            validator.validate(document)
            validator.validate(claims)
            identities = document["credentialSubject"]["identifier"]
            assert [row["identityType"] for row in identities] == ["emailAddress", "name"], name

    def test_fits_the_badge_of_a_skill_with_its_evidence(self, proving, in_app):
        assert (SKILL.slug, CELLS.slug) == ("anomaly-detection", "control-charts")
        with in_app():
            grade_with(hand_in(proving, "mei"), result(6.0))
            awards = sign_all(proving, "mei")
            badges = [json.loads(queries.credential(row.credentials[-1].id).document)
                      for row in awards]  # fmt: skip
        assert len(badges) == 2
        validator = served(proving.app.test_client(), badges[0])
        for badge in badges:
            validator.validate(badge)
            assert badge["evidence"][-1]["digestMultibase"].startswith("uEi")

    def test_refuses_what_does_not_belong_in_one(self, all_kinds, app):
        document, _claims = all_kinds["course"]
        validator = served(app.test_client(), document)
        subject = document["credentialSubject"]
        for changed in (
            {**document, "nationalId": "A123456789"},
            {**document, "credentialStatus": None},
            {**document, "credentialSubject": {**subject, "email": "mei@rongnan.example"}},
            {key: value for key, value in document.items() if key != "issuer"},
        ):
            assert not validator.is_valid(changed)

    def test_of_another_name_is_not_there(self, app):
        assert app.test_client().get("/credentials/schema/other.json").status_code == 404


class TestTheSubject:
    def test_has_an_address_of_its_own_that_the_token_names(self, all_kinds):
        subjects = set()
        for document, claims in all_kinds.values():
            assert claims["sub"] == document["credentialSubject"]["id"]
            assert claims["sub"] == f"{document['id']}#holder"
            assert (claims["iss"], claims["jti"]) == (document["issuer"]["id"], document["id"])
            subjects.add(claims["sub"])
        assert len(subjects) == len(all_kinds), "nobody sees by it that two are one person's"


class TestAnErasedPersons:
    def test_credential_is_gone_and_her_copy_still_verifies(self, badge_id, graduated, in_app):
        client = graduated.app.test_client()
        client.set_cookie("locale", "en")
        address = f"/credentials/{badge_id()}"
        copy = client.get(f"{address}.json").text
        with in_app():
            _erase(graduated.person("mei"))
        page = client.get(address)
        assert page.status_code == 410 and "No longer available" in page.text
        for form in (".json", ".jwt", ".svg", ".png", ".pdf", "/refresh", "/badge.svg"):
            answer = client.get(f"{address}{form}")
            assert answer.status_code == 410, form
            assert b"Areas and squares" not in answer.data, form
        with in_app():
            assert operations.check(house(), copy).verification.ok
            row = queries.credential(_id(address))
            assert row.award.person_id is None and row.document == row.jwt == ""
            assert row.award.basis == {} and row.revoked_at is None

    def test_page_that_she_hid_stays_as_if_it_were_not_there(self, badge_id, graduated, in_app):
        address = f"/credentials/{badge_id()}"
        with in_app():
            mei = graduated.person("mei")
            award = queries.credential(_id(address)).award
            operations.hide(mei, award)
            _erase(mei)
        assert graduated.app.test_client().get(address).status_code == 404


def _id(address):
    return uuid.UUID(address.rpartition("/")[2])


def _erase(person):
    request = erased(current_app.extensions["config"], person)
    assert "credentials" in {line["table"] for line in request.receipt["kept"]}
