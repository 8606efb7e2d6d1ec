"""A stranger without an account verifies what was issued: by its page, its files and their text."""

import io
import json
import re
from datetime import timedelta

import pytest

from app import vc
from app.credentials import operations, queries
from app.credentials.models import Credential
from app.credentials.rules import Reason
from app.credentials.tasks import house
from app.kernel import clock
from app.kernel.database import db
from app.vc.status import is_set
from tests.credentials.conftest import awards, sign_all

FILES = ("json", "jwt", "svg", "png")
NONE = {
    "text": b"hello",
    "pdf": b"%PDF-1.7 nothing",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "deep": b"{" * 5000,
    "png": b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
    "bytes": b"\xff" * 100,
}


@pytest.fixture
def stranger(app):
    client = app.test_client()
    client.set_cookie("locale", "en")
    return client


def bring(client, content, name="file"):
    data = (
        {"file": (io.BytesIO(content), name)} if isinstance(content, bytes) else {"text": content}
    )
    return client.post("/verify", data=data, content_type="multipart/form-data")


def verdict(answer):
    found = re.search(r'verdict-word">([^<]+)<', answer.text)
    return found[1] if found else None


class TestThePage:
    def test_says_that_a_credential_is_valid_and_nothing_of_its_holder(self, badge_id, stranger):
        page = stranger.get(f"/credentials/{badge_id()}")
        assert page.status_code == 200
        assert verdict(page) == "Valid"
        assert "Areas and squares" in page.text
        assert "mei@" not in page.text and "林" not in page.text.split("<main")[0]

    def test_gives_programs_the_credential(self, badge_id, stranger):
        answer = stranger.get(f"/credentials/{badge_id()}", headers={"Accept": "application/json"})
        assert "OpenBadgeCredential" in answer.json["type"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"

    def test_tells_whose_it_is_to_who_knows_the_address(self, badge_id, stranger):
        where = f"/credentials/{badge_id()}/holder"
        assert "Yes:" in stranger.post(where, data={"who": "Mei@rongnan.example"}).text
        assert "No:" in stranger.post(where, data={"who": "hao@rongnan.example"}).text

    def test_says_why_it_was_revoked(self, graduated, badge_id, stranger):
        found = badge_id()
        with graduated.app.app_context():
            award = db.session.get(Credential, found).award
            operations.revoke(
                graduated.person("jia-office"), award, Reason.MISTAKE, note="Wrong section"
            )
        page = stranger.get(f"/credentials/{found}")
        assert verdict(page) == "Not valid"
        assert "It was issued by mistake" in page.text
        assert "The issuer has revoked it." in page.text

    def test_of_what_is_hidden_is_as_if_there_were_none(self, graduated, badge_id, stranger):
        found = badge_id()
        with graduated.app.app_context():
            mei = graduated.person("mei")
            operations.hide(mei, db.session.get(Credential, found).award)
        for ending in ("", *(f".{form}" for form in FILES)):
            assert stranger.get(f"/credentials/{found}{ending}").status_code == 404
        assert stranger.get("/credentials/01a206bf-ece3-79e4-a919-1d78be764a98").status_code == 404
        assert graduated.browser("mei").get(f"/credentials/{found}").status_code == 200

    def test_of_a_record_verifies_what_it_holds(self, graduated, badge_id, stranger):
        with graduated.app.app_context():
            cluster = awards(graduated, "mei")[0]
            operations.issue_again(graduated.person("mei"), cluster)
            sign_all(graduated, "mei")
        page = stranger.get(f"/credentials/{badge_id('cluster', 'clr')}")
        assert verdict(page) == "Valid", page.text
        assert "The credentials within it are valid as well" in page.text


class TestByUpload:
    @pytest.mark.parametrize("form", FILES)
    def test_every_file_that_is_downloaded_verifies(self, badge_id, stranger, form):
        content = stranger.get(f"/credentials/{badge_id()}.{form}").data
        answer = bring(stranger, content, f"badge.{form}")
        assert verdict(answer) == "Valid", answer.text

    def test_pasted_text_and_links_verify_as_well(self, badge_id, stranger):
        text = stranger.get(f"/credentials/{badge_id()}.json").text
        assert verdict(bring(stranger, text)) == "Valid"
        answer = bring(stranger, f"http://localhost:8000/credentials/{badge_id()}")
        assert answer.location == f"/credentials/{badge_id()}"

    def test_a_changed_word_is_seen(self, badge_id, stranger):
        document = json.loads(stranger.get(f"/credentials/{badge_id()}.json").text)
        document["credentialSubject"]["result"][0]["value"] = "12"
        answer = bring(stranger, json.dumps(document))
        assert verdict(answer) == "Not valid"
        assert "Something in it was changed after it was signed." in answer.text

    def test_another_issuer_is_not_vouched_for(self, badge_id, stranger):
        document = json.loads(stranger.get(f"/credentials/{badge_id()}.json").text)
        del document["proof"], document["credentialStatus"]
        document["issuer"]["id"] = "did:web:example.org:schools:x"
        key = vc.SigningKey.generate()
        signed = vc.sign(document, key, "did:web:example.org:schools:x#key-1", clock.now())
        assert verdict(bring(stranger, vc.dumps(signed))) == "Cannot be verified here"

    @pytest.mark.parametrize("content", NONE.values(), ids=NONE)
    def test_what_is_none_is_refused_with_a_sentence(self, badge_id, stranger, content):
        answer = bring(stranger, content)
        assert answer.status_code in (200, 422)
        assert verdict(answer) in (None, "Not valid")

    @pytest.mark.parametrize("strange", [5, "x", [1], {"identifier": 7}, None, [[{}]]])
    def test_strange_parts_are_shown_as_nothing(self, badge_id, stranger, strange):
        document = {
            "name": "<script>alert(1)</script>", "issuer": strange, "credentialSubject": strange,
            "validFrom": strange, "proof": strange, "@context": strange,
        }  # fmt: skip
        answer = bring(stranger, json.dumps(document))
        assert answer.status_code == 200
        assert verdict(answer) == "Not valid"
        assert "<script>alert" not in answer.text

    def test_a_link_elsewhere_is_not_followed(self, badge_id, stranger):
        answer = bring(stranger, f"https://elsewhere.example/credentials/{badge_id()}")
        assert answer.status_code == 422
        assert "does not lead to a credential of ours" in answer.text


class TestKeys:
    def test_of_an_issuer_are_where_did_web_looks_for_them(self, graduated, badge_id, stranger):
        document = json.loads(stranger.get("/schools/rongnan/did.json").text)
        assert document["id"] == "did:web:localhost%3A8000:schools:rongnan"
        assert [m["id"].split("#")[1] for m in document["verificationMethod"]] == [
            "key-1",
            "key-1-jwk",
        ]

    def test_that_are_retired_keep_verifying(self, graduated, badge_id, stranger):
        found = badge_id()
        with graduated.app.app_context():
            operations.rotate(
                graduated.person("jia-office"), house(), queries.issuer_by_slug("rongnan")
            )
        assert verdict(stranger.get(f"/credentials/{found}")) == "Valid"
        methods = json.loads(stranger.get("/schools/rongnan/did.json").text)["assertionMethod"]
        # Each as Multikey and as JWK.
        assert len(methods) == 4

    def test_that_are_compromised_verify_nothing_and_what_is_valid_is_signed_again(
        self, graduated, badge_id, stranger
    ):
        before = badge_id()
        with graduated.app.app_context():
            issuer = queries.issuer_by_slug("rongnan")
            old = issuer.keys[0]
            operations.compromise(
                graduated.person("jia-office"), house(), old, reason="A laptop was stolen"
            )
            operations.sign_again(old.id)
            sign_all(graduated, "mei")
        page = stranger.get(f"/credentials/{before}")
        assert verdict(page) == "Not valid"
        after = badge_id()
        assert after != before
        assert verdict(stranger.get(f"/credentials/{after}")) == "Valid"
        refreshed = json.loads(stranger.get(f"/credentials/{before}/refresh").text)
        assert refreshed["id"].endswith(str(after))

    def test_are_files_that_only_the_house_reads(self, graduated, badge_id):
        files = list(house_keys(graduated))
        assert files
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def house_keys(cast):
    with cast.app.app_context():
        return list(house().keys.iterdir())


class TestTheStatusList:
    def test_is_signed_and_says_who_is_revoked(self, graduated, badge_id, stranger):
        found = badge_id()
        where = "/credentials/status/rongnan/1"
        before = json.loads(stranger.get(where).text)
        with graduated.app.app_context():
            row = db.session.get(Credential, found)
            index = row.status_index
            operations.revoke(
                graduated.person("jia-office"), row.award, Reason.MISTAKE, note="Twice"
            )
        after = json.loads(stranger.get(where).text)
        assert not is_set(before["credentialSubject"]["encodedList"], index)
        assert is_set(after["credentialSubject"]["encodedList"], index)
        assert after["proof"]["cryptosuite"] == "eddsa-rdfc-2022"

    def test_is_signed_anew_before_it_grows_old(self, graduated, badge_id, stranger, frozen):
        first = stranger.get("/credentials/status/rongnan/1").text
        assert stranger.get("/credentials/status/rongnan/1").text == first
        with frozen(clock.now() + timedelta(hours=13)):
            assert stranger.get("/credentials/status/rongnan/1").text != first
