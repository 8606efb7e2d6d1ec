"""A verifier that is not ours accepts everything we issue and refuses every change; ours agrees."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app import vc
from tests.vc import school
from tests.vc.school import DID, ISSUED, KEY, KEY_ID, NOW, OTHER_KEY, badge, record, sign, small

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1"/></svg>'
SUSPENDABLE = [
    vc.status_entry(school.REVOCATIONS, 5, "revocation"),
    vc.status_entry(school.SUSPENSIONS, 5, "suspension"),
]


def as_item(credential):
    return {"jwt": credential} if isinstance(credential, str) else {"document": credential}


def judged_alike(cases, **world):
    """{name: both verdicts} of the two verifiers, which must not differ; both work at once."""
    with ThreadPoolExecutor(1) as pool:
        strangers = pool.submit(
            school.stranger, {name: as_item(one) for name, one in cases.items()}, **world
        )
        ours = {name: school.verify(one, **world).ok for name, one in cases.items()}
        theirs = {name: found is True for name, found in strangers.result().items()}
    assert theirs == ours
    return ours


def test_every_kind_of_credential_is_accepted():
    kinds = {
        "a badge with everything": sign(badge()),
        "a badge with little": sign(small(3)),
        "a badge that can be suspended": sign(badge(status=SUSPENDABLE)),
        "a badge without status or end": sign(badge(status=None, valid_until=None)),
        "a learner record": sign(record()),
        "a record of many": sign(record([sign(small(n)) for n in range(20, 40)])),
        "a list of revocations": school.lists()[school.REVOCATIONS],
        "a list of suspensions": school.lists()[school.SUSPENSIONS],
        "a badge as JWT": vc.sign_jwt(badge(), KEY, KEY_ID),
        "a record as JWT": vc.sign_jwt(record(), KEY, KEY_ID),
        "a badge out of a picture": vc.unbake(vc.bake_svg(SVG, sign(badge()))),
        "a badge out of its text": vc.loads(vc.dumps(sign(badge()), indent=2)),
    }
    assert set(judged_alike(kinds).values()) == {True}


@pytest.mark.parametrize(
    "credential",
    [sign(badge()), sign(record([sign(small(11))])), school.lists()[school.REVOCATIONS]],
    ids=["badge", "record", "list"],
)
def test_every_change_is_refused(credential):
    changed = dict(school.mutations(credential))
    assert len(changed) > 30
    accepted = [name for name, ok in judged_alike(changed).items() if ok]
    assert accepted == []


def test_texts_and_numbers_are_signed_as_others_read_them():
    texts = [
        "a\tb\r\nc",
        "a\x80\x85\xa0\u2028\ufeffb",
        "\U0001f600\U00020000",
        "'\"\\",
        "\uffff",
        "e\u0301é",
    ]
    numbers = [0, -0.0, 1, 1.5, 2.0, 0.1, 1e-6, 0.00012345, -3, 1 / 3, 123456789.123, 2**53 - 1]
    cases = {repr(text): sign(badge(name=text)) for text in texts}
    for number in numbers:
        subject = vc.subject("urn:x", credits_earned=number)
        cases[repr(number)] = sign(badge(subject=subject))
    assert set(judged_alike(cases).values()) == {True}


def with_key_id(name):
    """A JWT that names this key, signed with ours."""
    head, body, _ = vc.sign_jwt(badge(), KEY, KEY_ID).split(".")
    head = base64.urlsafe_b64encode(json.dumps({"alg": "EdDSA", "kid": name}).encode())
    content = f"{head.rstrip(b'=').decode()}.{body}"
    signature = base64.urlsafe_b64encode(KEY.sign(content.encode())).rstrip(b"=").decode()
    return f"{content}.{signature}"


def test_a_key_that_is_not_the_issuers_is_refused():
    elsewhere = "did:web:evil.example"
    cases = {
        "another key under the name of ours": sign(badge(), OTHER_KEY),
        "a key that is not published": sign(badge(), OTHER_KEY, f"{DID}#key-2"),
        "a JWT by a key for proofs": with_key_id(KEY_ID),
        "a key of somebody else": sign(badge(), KEY, f"{elsewhere}#key-1"),
        "somebody else as issuer": sign(badge(issuer=vc.profile(elsewhere, "Evil"))),
        "a JWT with another key": vc.sign_jwt(badge(), OTHER_KEY, KEY_ID),
        "a JWT with a key that is not published": vc.sign_jwt(badge(), OTHER_KEY, f"{DID}#key-2"),
        "a record whose badge has another key": sign(record([sign(small(11), OTHER_KEY)])),
    }
    assert set(judged_alike(cases).values()) == {False}
    ours = {
        "a JWT by the key for JWTs": with_key_id(f"{KEY_ID}-jwk"),
        "a proof by the key for JWTs": sign(badge(), method=f"{KEY_ID}-jwk"),
    }
    assert set(judged_alike(ours).values()) == {True}


def test_a_retired_key_goes_on_counting():
    later = ISSUED + timedelta(days=30)
    published = [
        vc.PublishedKey("key-1", KEY.multibase, ISSUED),
        vc.PublishedKey("key-2", OTHER_KEY.multibase, later),
    ]
    cases = {
        "signed with the first": sign(badge()),
        "signed with the second": sign(badge(2), OTHER_KEY, f"{DID}#key-2"),
        "JWT of the second": vc.sign_jwt(badge(2), OTHER_KEY, f"{DID}#key-2"),
    }
    document = vc.did_document(DID, published, "NYCU")
    assert set(judged_alike(cases, did_document=document).values()) == {True}


def test_nothing_counts_that_was_signed_with_a_revoked_key():
    # Signed long before the key was lost, as the credential says; but the thief writes that, too.
    published = [
        vc.PublishedKey("key-1", KEY.multibase, ISSUED, revoked_at=NOW - timedelta(days=1)),
        vc.PublishedKey("key-2", OTHER_KEY.multibase, NOW - timedelta(days=1)),
    ]
    document = vc.did_document(DID, published, "NYCU")
    cases = {"badge": sign(badge()), "JWT": vc.sign_jwt(badge(), KEY, KEY_ID)}
    assert set(judged_alike(cases, did_document=document).values()) == {False}
    anew = {"signed anew": sign(badge(status=None), OTHER_KEY, f"{DID}#key-2")}
    assert judged_alike(anew, did_document=document) == {"signed anew": True}


@pytest.mark.parametrize(
    ("now", "counts"),
    [
        (ISSUED - timedelta(days=1), False),
        (ISSUED + timedelta(seconds=1), True),
        (ISSUED + timedelta(days=999), True),
        (ISSUED + timedelta(days=1001), False),
    ],
    ids=["before", "at the beginning", "at the end", "after"],
)
def test_a_credential_counts_within_its_dates(now, counts):
    # The list of revocations has dates of its own, so that these have no status.
    dated = badge(status=None)
    cases = {"badge": sign(dated), "JWT": vc.sign_jwt(dated, KEY, KEY_ID)}
    assert set(judged_alike(cases, now=now).values()) == {counts}


def test_what_the_issuer_took_back_is_refused():
    revoked = vc.status_entry(school.REVOCATIONS, school.REVOKED)
    suspended = vc.status_entry(school.SUSPENSIONS, school.SUSPENDED, "suspension")
    cases = {
        "revoked": sign(badge(status=revoked)),
        "suspended": sign(badge(status=[SUSPENDABLE[0], suspended])),
        "revoked JWT": vc.sign_jwt(badge(status=revoked), KEY, KEY_ID),
        "revoked record": sign(record(status=revoked)),
        "record of a revoked badge": sign(record([sign(small(11)), sign(small(school.REVOKED))])),
        "for another purpose": sign(badge(status=vc.status_entry(school.SUSPENSIONS, 5))),
        "a list that does not exist": sign(badge(status=vc.status_entry(f"{DID}/no-list", 5))),
        "a place that does not exist": sign(
            badge(status=vc.status_entry(school.REVOCATIONS, vc.LIST_SIZE))
        ),
    }
    assert set(judged_alike(cases).values()) == {False}


def other_lists():
    bits = vc.status_list_credential(school.REVOCATIONS, DID, set(), "revocation", ISSUED)
    altered = dict(school.lists()[school.REVOCATIONS])
    altered["credentialSubject"] = bits["credentialSubject"]
    stranger = {**bits, "issuer": "did:web:evil.example"}
    expired = vc.status_list_credential(
        school.REVOCATIONS, DID, set(), valid_from=ISSUED, valid_until=ISSUED + timedelta(hours=1)
    )
    return {
        "whose bits were cleared": altered,
        "not signed": bits,
        "signed with another key": sign(bits, OTHER_KEY),
        "of another issuer": sign(stranger, OTHER_KEY, "did:web:evil.example#key-1"),
        "that has expired": sign(expired),
        "that is a badge": sign(badge(status=None)),
    }


@pytest.mark.parametrize("kind", other_lists())
def test_a_revocation_is_not_hidden_by_another_list(kind):
    lists = {school.REVOCATIONS: other_lists()[kind]}
    cases = {
        "revoked": sign(badge(status=vc.status_entry(school.REVOCATIONS, school.REVOKED))),
        "not revoked": sign(badge(status=vc.status_entry(school.REVOCATIONS, 5))),
    }
    assert set(judged_alike(cases, more_lists=lists).values()) == {False}
