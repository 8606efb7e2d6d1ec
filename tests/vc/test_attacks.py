"""What a signature does not notice: all refused."""

import pytest

from app import vc
from app.vc import contexts
from app.vc.canonical import canonical
from tests.vc import school
from tests.vc.school import DID, KEY_ID, badge, record, sign, small

STATUS = "https://www.w3.org/2018/credentials#credentialStatus"


def revoked():
    return sign(badge(status=vc.status_entry(school.REVOCATIONS, school.REVOKED)))


def moved(credential, key, value):
    """The credential without its status, which now stands where nobody looks for it."""
    return {**{k: v for k, v in credential.items() if k != "credentialStatus"}, key: value}


def hidden_statuses():
    credential = revoked()
    status = credential["credentialStatus"]
    again = {"id": credential["id"], "credentialStatus": status}
    typed = {**again, "type": ["VerifiableCredential"]}
    return {
        "under its full address": moved(credential, STATUS, status),
        "in an included node": moved(credential, "@included", [typed]),
        "in a named graph": moved(credential, "@graph", [typed]),
        "in nested keys": moved(credential, "@nest", {"credentialStatus": status}),
        "in a reverse property": moved(credential, "@reverse", {"evidence": [typed]}),
    }


@pytest.mark.parametrize("where", hidden_statuses())
def test_a_status_does_not_hide(where):
    assert school.verify(revoked()).check("status").state == "failed"
    found = school.verify(hidden_statuses()[where])
    assert found.state == "failed"
    assert [check.name for check in found.checks] == ["form"]


def test_a_hidden_status_would_fool_who_looks_at_the_signature_alone():
    # The reason why our verifier is stricter than the library which the tests compare it with.
    hidden = hidden_statuses()["in an included node"]
    assert school.stranger({"hidden": {"document": hidden}}) == {"hidden": True}


INLINE = {"undefinedTerm": "https://example.org/term"}


@pytest.mark.parametrize(
    "context",
    [
        [*badge()["@context"], INLINE],
        [*badge()["@context"], "https://example.org/context.json"],
        [*badge()["@context"], "file:///etc/passwd"],
        [*badge()["@context"], "http://169.254.169.254/latest/meta-data"],
        [*badge()["@context"], None],
        [contexts.CREDENTIALS.upper(), *badge()["@context"]],
        [contexts.CREDENTIALS + "#", *badge()["@context"][1:]],
        [contexts.OPEN_BADGES, contexts.CREDENTIALS, contexts.EXTENSIONS],
        badge()["@context"][0],
        {},
        [],
        7,
        None,
    ],
    ids=str,
)
def test_a_context_that_is_not_pinned_is_refused(context):
    assert school.verify({**sign(badge()), "@context": context}).state == "failed"
    with pytest.raises(vc.VcError):
        if sign({**badge(), "@context": context}):
            # Ours in another order may be signed, but is then no credential.
            raise vc.VcError(str(school.verify(sign({**badge(), "@context": context})).checks))


def test_a_part_does_not_name_vocabularies_of_its_own():
    document = badge()
    document["credentialSubject"]["@context"] = badge()["@context"]
    with pytest.raises(vc.VcError, match="keyword"):
        canonical(document)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("undefinedTerm", "x"),
        ("evidence", []),
        ("evidence", {}),
        ("evidence", [[]]),
        ("description", None),
        ("description", [None]),
        ("description", ""),
        ("tag", [["a"]]),
        ("http://example.org/term", "x"),
        ("cred:evidence", "x"),
        ("@id", "urn:x"),
        ("@type", "VerifiableCredential"),
        ("@value", "x"),
        ("@language", "zh"),
        ("@import", contexts.OPEN_BADGES),
        ("type", ["VerifiableCredential", "Undefined"]),
        ("type", "OpenBadgeCredential"),
        ("id", "relative"),
        ("id", "../relative"),
        ("id", "http://example.org/a b"),
        ("id", "http://example.org/<x>"),
        ("issuer", "relative"),
        ("issuer", "https://example.org/issuer"),
        ("issuer", {"name": "nobody"}),
        ("issuer", [DID, DID]),
        ("validFrom", "2025-09-01"),
        ("validFrom", "2025-09-01T00:00:00"),
        ("validFrom", "2025-13-41T00:00:00Z"),
        ("validFrom", ["2025-09-01T01:00:00Z", "2020-09-01T01:00:00Z"]),
        ("validUntil", "never"),
        ("credentialSubject", "urn:x"),
        ("credentialSubject", [{"id": "urn:a"}, {"id": "urn:b"}]),
        ("credentialStatus", "urn:x"),
        ("credentialStatus", {"id": "urn:x", "type": "1EdTechRevocationList"}),
        ("credentialStatus", [vc.status_entry(school.REVOCATIONS, 5)] * 5),
    ],
    ids=str,
)
def test_what_no_reader_would_read_alike_is_refused_even_signed(key, value):
    """Refused at signing, or, where another issuer could sign it, at verifying."""
    try:
        signed = sign({**badge(), key: value})
    except vc.VcError:
        return
    if key != "description" or value:
        assert school.verify(signed).state == "failed"


def test_a_thing_is_not_described_in_two_ways():
    document = badge()
    document["evidence"].append({"id": document["id"], "type": ["Evidence"], "name": "itself"})
    with pytest.raises(vc.VcError, match="two places"):
        canonical(document)
    document = badge(
        evidence=[vc.evidence("urn:e:1", name="87"), vc.evidence("urn:e:1", name="100")]
    )
    with pytest.raises(vc.VcError, match="two places"):
        canonical(document)


def test_the_credentials_of_a_record_are_not_exchanged_or_left_out():
    whole = sign(record())
    first, second = whole["credentialSubject"]["verifiableCredential"]
    for kept in (
        [first],
        [second],
        [first, second, sign(small(13))],
        [first, sign(small(12, name="x"))],
    ):
        subject = {**whole["credentialSubject"], "verifiableCredential": kept}
        assert not school.verify({**whole, "credentialSubject": subject}).ok
    inner = {**first, "name": "better"}
    resigned = sign(record([inner, second]))
    found = school.verify(resigned)
    assert [check.name for check in found.checks if check.state != "passed"] == ["contained"]
    assert [one.state for one in found.contained] == ["failed", "passed"]


def test_the_credentials_of_a_record_are_told_apart_by_their_names():
    for twice in ([sign(small(11))] * 2, [sign(small(900))]):
        with pytest.raises(vc.VcError, match="twice"):
            sign(record(twice))


def test_a_record_within_a_record_is_refused():
    inner = sign(record(id="urn:record:1"))
    found = school.verify(sign(record([inner])))
    assert found.check("contained").state == "failed"


def test_a_status_list_cannot_lead_in_circles():
    looped = vc.status_list_credential(school.REVOCATIONS, DID, set(), "revocation", school.ISSUED)
    looped["credentialStatus"] = vc.status_entry(school.REVOCATIONS, 3)
    lists = {school.REVOCATIONS: sign(looped)}
    assert school.verify(sign(badge()), more_lists=lists).check("status").state == "failed"


@pytest.mark.parametrize(
    "proof",
    [
        {"cryptosuite": "eddsa-jcs-2022"},
        {"type": "Ed25519Signature2020"},
        {"proofPurpose": "authentication"},
        {"expires": "2030-01-01T00:00:00Z"},
        {"created": "2025-09-01"},
        {"created": "2099-09-01T00:00:00Z"},
        {"proofValue": "u" + "A" * 86},
        {"proofValue": "z"},
        {"proofValue": "z" + "1" * 88},
        {"proofValue": "z" + "2" * 5000},
        {"proofValue": 7},
        {"verificationMethod": DID},
        {"verificationMethod": {"id": KEY_ID}},
        {"verificationMethod": f"{DID}#key-1#key-1"},
    ],
    ids=str,
)
def test_a_proof_of_another_kind_is_refused(proof):
    signed = sign(badge())
    assert not school.verify({**signed, "proof": {**signed["proof"], **proof}}).ok


def test_one_proof_and_no_more():
    signed = sign(badge())
    assert school.verify({**signed, "proof": [signed["proof"]]}).ok
    for proof in ([], None, [signed["proof"]] * 2, "proof", signed["proof"]["proofValue"]):
        assert not school.verify({**signed, "proof": proof}).ok
    with pytest.raises(vc.VcError, match="signed already"):
        sign(signed)
