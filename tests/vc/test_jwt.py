"""The same credentials as JWT: every signed value counts, and the header asks for nothing else."""

import base64
import json

import pytest

from app import vc
from tests.vc import school
from tests.vc.school import KEY, KEY_ID, badge, small
from tests.vc.test_stranger import judged_alike

TOKEN = vc.sign_jwt(badge(), KEY, KEY_ID)


def decoded(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def encoded(value):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def signed(header, payload):
    """Whatever one likes, properly signed."""
    content = f"{encoded(header)}.{encoded(payload)}"
    return f"{content}.{encoded(KEY.sign(content.encode()))}"


def test_both_forms_are_those_that_are_signed_alone():
    both = vc.sign_both(badge(), KEY, KEY_ID, school.ISSUED)
    assert both == (vc.sign(badge(), KEY, KEY_ID, school.ISSUED), TOKEN)
    with pytest.raises(vc.VcError, match="signed already"):
        vc.sign_both(both[0], KEY, KEY_ID, school.ISSUED)


def test_it_holds_the_credential_and_its_registered_claims():
    header, payload, _ = TOKEN.split(".")
    assert decoded(header) == {"alg": "EdDSA", "typ": "JWT", "kid": f"{KEY_ID}-jwk"}
    claims = decoded(payload)
    credential = badge()
    assert {name: claims[name] for name in credential} == credential
    assert claims["iss"] == school.DID
    assert claims["jti"] == credential["id"]
    assert claims["sub"] == credential["credentialSubject"]["id"]
    assert claims["nbf"] == int(school.ISSUED.timestamp())
    assert claims["exp"] - claims["nbf"] == 1000 * 86400
    assert school.verify(TOKEN).credential == credential


def test_every_change_of_the_payload_is_refused():
    header, payload, signature = TOKEN.split(".")
    cases = {
        name: f"{header}.{encoded(changed)}.{signature}"
        for name, changed in school.changes(decoded(payload))
    }
    accepted = [name for name, ok in judged_alike(cases).items() if ok]
    assert accepted == []


def test_every_change_of_the_text_is_refused():
    middle = len(TOKEN) // 2
    end = TOKEN.rindex(".")
    places = [0, 5, 20, middle, middle + 1, end - 3, end + 1, end + 40, len(TOKEN) - 1]
    cases = {
        f"at {at}": TOKEN[:at] + ("B" if TOKEN[at] != "B" else "C") + TOKEN[at + 1 :]
        for at in places
    }
    cases["cut off"] = TOKEN[:-4]
    cases["without signature"] = TOKEN[: end + 1]
    assert set(judged_alike(cases).values()) == {False}


def test_a_signature_is_written_in_one_way_only():
    # The last character of 64 bytes carries two bits that nobody reads.
    last = TOKEN[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = TOKEN[:-1] + alphabet[alphabet.index(last) ^ 1]
    assert school.verify(TOKEN).ok
    assert school.verify(other).state == "failed"
    assert school.verify(TOKEN + "=").state == "failed"


HEADER = {"alg": "EdDSA", "typ": "JWT", "kid": f"{KEY_ID}-jwk"}


@pytest.mark.parametrize(
    "header",
    [
        {**HEADER, "alg": "none"},
        {**HEADER, "alg": "HS256"},
        {**HEADER, "alg": "RS256"},
        {**HEADER, "typ": "at+jwt"},
        {**HEADER, "crit": ["exp"]},
        {**HEADER, "b64": False},
        {**HEADER, "jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}},
        {**HEADER, "jku": "https://evil.example/jwks"},
        {"alg": "EdDSA", "typ": "JWT"},
        {**HEADER, "kid": 7},
    ],
    ids=lambda header: json.dumps(header)[-50:],
)
def test_a_header_of_another_kind_is_refused(header):
    payload = decoded(TOKEN.split(".")[1])
    assert school.verify(signed(HEADER, payload)).ok
    assert school.verify(signed(header, payload)).state == "failed"


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "did:web:evil.example"),
        ("jti", "urn:other"),
        ("sub", "urn:somebody-else"),
        ("nbf", 0),
        ("exp", 4_000_000_000),
        ("exp", None),
        ("proof", {"type": "DataIntegrityProof"}),
        ("vc", {"type": ["VerifiableCredential"]}),
    ],
)
def test_the_claims_do_not_contradict_the_credential(claim, value):
    payload = {**decoded(TOKEN.split(".")[1]), claim: value}
    assert school.verify(signed(HEADER, payload)).state == "failed"
    payload.pop(claim)
    if claim in ("iss", "jti", "nbf", "exp", "sub"):
        assert school.verify(signed(HEADER, payload)).state == "failed"


def test_an_undefined_term_is_refused_though_it_is_signed():
    payload = {**decoded(TOKEN.split(".")[1]), "undefinedTerm": "x"}
    found = school.verify(signed(HEADER, payload))
    assert "not defined" in found.check("form").detail
    with pytest.raises(vc.VcError, match="not defined"):
        vc.sign_jwt({**badge(), "undefinedTerm": "x"}, KEY, KEY_ID)


def test_a_signed_document_is_not_signed_again():
    with pytest.raises(vc.VcError, match="signed already"):
        vc.sign_jwt(school.sign(small(1)), KEY, KEY_ID)
