"""What is built has the form that 1EdTech and W3C publish, and says what it was given."""

import json
from datetime import UTC, datetime, timedelta, timezone

import jsonschema
import pytest

from app import vc
from app.vc import contexts, jsontext, keys
from tests.vc import school
from tests.vc.school import DID, ISSUED, KEY, OTHER_KEY, SITE, badge, record, sign, small

SCHEMA = json.loads((school.DATA / "ob_v3p0_achievementcredential_schema.json").read_text())
SCHEMAS = jsonschema.Draft201909Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def of_definition(name):
    return jsonschema.Draft201909Validator(
        {**SCHEMA["$defs"][name], "$defs": SCHEMA["$defs"]},
        format_checker=jsonschema.FormatChecker(),
    )


class TestAnOpenBadge:
    @pytest.mark.parametrize(
        "credential",
        [badge(), small(1), sign(badge()), sign(small(1)), badge(status=None, evidence=())],
        ids=["whole", "little", "whole signed", "little signed", "without status"],
    )
    def test_has_the_form_of_1edtechs_schema(self, credential):
        SCHEMAS.validate(credential)

    def test_whose_form_is_really_looked_at(self):
        for change in ({"name": 7}, {"issuer": 7}, {"validFrom": "yesterday"}):
            assert not SCHEMAS.is_valid({**badge(), **change})
        subject = {**badge()["credentialSubject"], "achievement": {"id": "urn:x"}}
        assert not SCHEMAS.is_valid({**badge(), "credentialSubject": subject})

    def test_names_its_schema_its_status_and_where_it_is_refreshed(self):
        built = badge()
        assert built["@context"] == [
            contexts.CREDENTIALS,
            contexts.OPEN_BADGES,
            contexts.EXTENSIONS,
        ]
        assert built["credentialSchema"][0]["id"] == vc.OPEN_BADGE_SCHEMA
        assert built["credentialStatus"]["statusListIndex"] == "1"
        assert built["refreshService"]["id"].endswith("/refresh")
        assert built["validFrom"] == "2025-09-01T01:00:00Z"

    def test_takes_its_name_from_the_achievement(self):
        assert small(1)["name"] == "課"

    def test_has_no_place_for_what_was_not_given(self):
        assert "" not in dict(jsontext.values(small(1))).values()
        built = vc.achievement(
            "urn:a", kind="Course", name="n", description="d", criteria="c", tags=["a", "a", "b"]
        )
        assert built["tag"] == ["a", "b"]
        assert set(built) == {
            "id",
            "type",
            "achievementType",
            "name",
            "description",
            "criteria",
            "tag",
        }

    def test_is_for_somebody(self):
        with pytest.raises(vc.VcError, match="somebody"):
            vc.subject()

    def test_does_not_show_whose_it_is(self):
        identifier = vc.identity("王小美", "salt-1")
        assert "王小美" not in json.dumps(identifier, ensure_ascii=False)
        assert vc.identity_matches(identifier, "王小美")
        assert not vc.identity_matches(identifier, "王小明")
        assert identifier["identityHash"] != vc.identity("王小美", "salt-2")["identityHash"]
        # The example of the specification: IdentityHash, section B.
        spec = vc.identity("a@example.com", "Kosher", "emailAddress")["identityHash"]
        assert spec == "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
        assert vc.identity_matches(vc.identity("王小美", None), "王小美")

    def test_takes_out_characters_that_no_text_needs(self):
        built = vc.profile(DID, "a\x00b\ud800c\td\ne")
        assert built["name"] == "abc\td\ne"
        assert sign(badge(issuer=built))["issuer"]["name"] == "abc\td\ne"


class TestALearnerRecord:
    def test_holds_badges_and_parts_of_the_published_form(self):
        built = record()
        subject = built["credentialSubject"]
        for credential in subject["verifiableCredential"]:
            SCHEMAS.validate(credential)
        for achievement in subject["achievement"]:
            of_definition("Achievement").validate(achievement)
        for identifier in subject["identifier"]:
            of_definition("IdentityObject").validate(identifier)
        of_definition("Profile").validate(built["issuer"])
        assert subject["type"] == ["ClrSubject"]
        assert {one["type"] for one in subject["association"]} == {"Association"}
        assert built["credentialSchema"][0]["id"] == vc.CLR_SCHEMA
        assert built["partial"] is False

    def test_holds_signed_credentials_only(self):
        for inside in ([], [small(1)], [sign(small(1)), small(2)]):
            with pytest.raises(vc.VcError, match="signed"):
                record(inside)


class TestSigning:
    def test_gives_the_same_bytes_for_the_same_credential(self):
        assert vc.dumps(sign(badge())) == vc.dumps(sign(badge()))
        assert sign(badge())["proof"] != sign(badge(2))["proof"]

    def test_does_not_touch_what_it_was_given(self):
        document = badge()
        sign(document)
        assert document == badge()

    def test_survives_every_order_and_spacing_of_the_text(self):
        signed = sign(badge())
        turned = dict(reversed(signed.items()))
        for text in (
            vc.dumps(turned),
            vc.dumps(signed, indent=3),
            json.dumps(signed, ensure_ascii=False),
        ):
            assert school.verify(text).ok
            assert school.verify(text.encode()).ok

    def test_writes_ascii_only(self):
        text = vc.dumps(sign(badge()))
        assert text.isascii()
        assert "管制圖" not in text
        assert vc.loads(text) == sign(badge())


class TestADid:
    @pytest.mark.parametrize(
        ("site", "did", "address"),
        [
            (
                "http://localhost:8000",
                "did:web:localhost%3A8000:schools:nycu",
                "https://localhost:8000/schools/nycu/did.json",
            ),
            (
                "https://banyan.example.edu.tw/",
                "did:web:banyan.example.edu.tw:schools:nycu",
                "https://banyan.example.edu.tw/schools/nycu/did.json",
            ),
            (
                "https://example.edu/banyan",
                "did:web:example.edu:banyan:schools:nycu",
                "https://example.edu/banyan/schools/nycu/did.json",
            ),
        ],
    )
    def test_follows_from_the_site(self, site, did, address):
        assert vc.did_for(site, "nycu") == did
        assert vc.address_of(did) == address
        assert did.startswith(vc.did_for(site, ""))

    def test_of_a_whole_host_is_read_where_the_method_says(self):
        assert vc.address_of("did:web:example.edu") == "https://example.edu/.well-known/did.json"

    @pytest.mark.parametrize("text", ["did:key:z6Mk", "did:web:", "did:web:a/b", "did:web:a:", "x"])
    def test_of_another_kind_has_no_address(self, text):
        with pytest.raises(vc.VcError):
            vc.address_of(text)

    def test_needs_a_host(self):
        with pytest.raises(vc.VcError):
            vc.did_for("/banyan", "nycu")

    def test_document_shows_the_history_of_keys_oldest_first(self):
        day = timedelta(days=1)
        published = [
            vc.PublishedKey("key-3", OTHER_KEY.multibase, ISSUED + 2 * day),
            vc.PublishedKey("key-1", KEY.multibase, ISSUED, revoked_at=ISSUED + day),
            vc.PublishedKey("key-2", KEY.multibase, ISSUED + day),
        ]
        document = vc.did_document(DID, published, "陽明交大")
        methods = document["verificationMethod"]
        names = ["key-1", "key-1-jwk", "key-2", "key-2-jwk", "key-3", "key-3-jwk"]
        assert [one["id"].rpartition("#")[2] for one in methods] == names
        assert [one.get("revoked") for one in methods] == ["2025-09-02T01:00:00Z"] * 2 + [None] * 4
        assert document["assertionMethod"] == [f"{DID}#{name}" for name in names[2:]]
        assert {one["controller"] for one in methods} == {DID}
        assert document["name"] == "陽明交大"
        assert "name" not in vc.did_document(DID, [])


class TestAKey:
    def test_comes_back_from_its_bytes(self):
        key = vc.SigningKey.generate()
        again = vc.SigningKey.from_bytes(key.private_bytes)
        assert (again, again.multibase) == (key, key.multibase)
        assert key.multibase.startswith("z6Mk")
        assert key != vc.SigningKey.generate()

    def test_keeps_its_secret_out_of_texts(self):
        key = vc.SigningKey.generate()
        shown = f"{key} {key!r} {[key]}"
        assert key.multibase in shown
        assert key.private_bytes.hex() not in shown
        assert repr(key.private_bytes) not in shown

    @pytest.mark.parametrize("secret", [b"", b"x" * 31, b"x" * 33])
    def test_of_another_length_is_refused(self, secret):
        with pytest.raises(vc.VcError):
            vc.SigningKey.from_bytes(secret)

    @pytest.mark.parametrize(
        "content", [b"", b"\0", b"\0\0a", b"a\0", bytes(range(64)), b"\xff" * 64]
    )
    def test_is_written_in_base58_and_read_again(self, content):
        assert keys.from_multibase(keys.to_multibase(content)) == content

    def test_base58_has_the_values_of_its_specification(self):
        # draft-msporny-base58, section 5.
        assert keys.to_multibase(b"Hello World!") == "z2NEpo7TZRRrLZSi2U"
        assert keys.to_multibase(bytes.fromhex("0000287fb4cd")) == "z11233QC4"

    @pytest.mark.parametrize(
        "text", ["", "2NEpo7TZRRrLZSi2U", "z0", "zO", "zI", "zl", "z管", "z" * 300, None]
    )
    def test_other_texts_are_not_base58(self, text):
        with pytest.raises(vc.VcError):
            keys.from_multibase(text)

    def test_is_the_same_as_jwk(self):
        # RFC 8037, appendix A.2.
        public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        multibase = keys.to_multibase(b"\xed\x01" + bytes.fromhex(public))
        jwk = keys.to_jwk(multibase)
        assert jwk == {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        }
        assert keys.from_jwk(jwk) == multibase
        for change in (
            {"kty": "EC"},
            {"crv": "X25519"},
            {"x": "AAAA"},
            {"x": None},
            {"x": "=" * 43},
        ):
            with pytest.raises(vc.VcError):
                keys.from_jwk({**jwk, **change})
        with pytest.raises(vc.VcError):
            keys.from_jwk(None)

    def test_of_another_kind_verifies_nothing(self):
        p256 = keys.to_multibase(b"\x80\x24" + b"\x02" * 33)
        with pytest.raises(vc.VcError, match="not Ed25519"):
            keys.verifies(p256, b"x" * 64, b"")
        # A point of small order verifies nearly everything in careless libraries.
        weak = keys.to_multibase(b"\xed\x01" + b"\0" * 32)
        assert not keys.verifies(weak, b"\0" * 64, b"message")
        assert not keys.verifies(KEY.multibase, b"", b"message")


class TestSmallThings:
    def test_a_date_is_written_in_utc_and_needs_its_zone(self):
        taipei = datetime(2025, 9, 1, 9, 0, 0, 999, tzinfo=timezone(timedelta(hours=8)))
        assert vc.timestamp(taipei) == "2025-09-01T01:00:00Z"
        with pytest.raises(vc.VcError, match="zone"):
            vc.timestamp(datetime(2025, 9, 1))  # noqa: DTZ001
        with pytest.raises(vc.VcError, match="zone"):
            badge(valid_from=datetime(2025, 9, 1))  # noqa: DTZ001

    def test_a_digest_is_a_multihash(self):
        of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        assert vc.digest(b"") == vc.digest(of_nothing)
        assert vc.digest(b"") == "uEiDjsMRCmPwcFJr79MiZb7kkJ65B5GSbk0yklZkbeFK4VQ"
        for other in ("", "xyz", of_nothing[:-2]):
            with pytest.raises(vc.VcError):
                vc.digest(other)

    def test_two_languages_are_one_text(self):
        assert (
            vc.both({"zh_Hant_TW": "管制圖", "en": "Control charts"}) == "管制圖 · Control charts"
        )
        assert vc.both({"zh_Hant_TW": "AI", "en": " AI "}) == "AI"
        assert vc.both({"zh_Hant_TW": "", "en": "only"}) == "only"

    def test_a_verification_knows_its_checks(self):
        found = school.verify(sign(badge()))
        assert [check.name for check in found.checks] == list(vc.CHECKS[:-1])
        assert found.state == "passed"
        with pytest.raises(KeyError):
            found.check("contained")
        assert school.verify(sign(record())).check("contained").state == "passed"

    def test_clocks_may_be_five_minutes_apart(self):
        fresh = sign(badge(status=None))
        assert school.verify(fresh, now=ISSUED - timedelta(minutes=4)).ok
        assert not school.verify(fresh, now=ISSUED - timedelta(minutes=6)).ok
        assert school.verify(fresh, now=datetime(2025, 9, 2, tzinfo=UTC)).ok

    def test_the_site_is_where_the_examples_say(self):
        assert vc.did_for(SITE, "nycu") == DID
