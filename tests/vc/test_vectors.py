"""What others publish to compare with: W3C's vector, and 1EdTech's for badges and learner records.

They hold the secret keys: a signature made here must be theirs to the last bit, which it is only
if vocabularies, canonical form, hashes and signature are all the same.
"""

import hashlib
import json
from datetime import datetime

import pytest

from app.vc import SigningKey, contexts, keys, proofs
from app.vc.canonical import canonical
from tests.vc.school import DATA

VECTORS = json.loads((DATA / "vectors.json").read_text())
NAMES = [*VECTORS, "badge within the record"]


@pytest.fixture(autouse=True)
def examples_known(monkeypatch):
    """W3C's example names a vocabulary of examples, which nobody may use in earnest."""
    pinned = contexts.load
    of_examples = VECTORS["w3c"]["contexts"]
    monkeypatch.setattr(contexts, "load", lambda url: of_examples.get(url) or pinned(url))


def vector(name):
    if name in VECTORS:
        return VECTORS[name]
    whole = VECTORS["learner record"]
    inner = whole["signed"]["credentialSubject"]["verifiableCredential"][0]
    return {"secretKeyHex": whole["secretKeyHex"], "signed": inner}


def parts(name):
    signed = dict(vector(name)["signed"])
    proof = signed.pop("proof")
    return signed, dict(proof[0] if isinstance(proof, list) else proof)


@pytest.mark.parametrize("name", VECTORS)
def test_the_hashes_are_the_published_ones(name):
    document, proof = parts(name)
    proof.pop("proofValue")
    options = {"@context": document["@context"], **proof}
    assert hashlib.sha256(canonical(document).encode()).hexdigest() == vector(name)["documentHash"]
    assert hashlib.sha256(canonical(options).encode()).hexdigest() == vector(name)["proofHash"]


@pytest.mark.parametrize("name", NAMES)
def test_the_signature_is_the_published_one(name):
    found = vector(name)
    document, proof = parts(name)
    if "secretKeyHex" in found:
        key = SigningKey.from_bytes(bytes.fromhex(found["secretKeyHex"]))
    else:
        key = SigningKey.from_bytes(keys.from_multibase(found["secretKeyMultibase"])[2:])
        assert key.multibase == found["publicKeyMultibase"]
    created = datetime.fromisoformat(proof["created"])
    signed = proofs.sign(document, key, proof["verificationMethod"], created)
    assert signed["proof"] == proof


@pytest.mark.parametrize("name", NAMES)
def test_the_published_signature_is_found_good(name):
    found = proofs.of_document(vector(name)["signed"])
    assert keys.verifies(found.method_id.split("#")[1], found.signature, found.message)
