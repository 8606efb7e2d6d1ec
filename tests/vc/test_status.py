"""Status lists: bits in the order of the specification, long enough to hide in."""

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import vc
from app.vc import status
from tests.vc.school import DID, ISSUED, REVOCATIONS

# The list of 131,072 zeros of the specification's examples, made by another program.
EMPTY = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"


def multibase(content):
    return "u" + base64.urlsafe_b64encode(gzip.compress(content, mtime=0)).rstrip(b"=").decode()


def test_the_specifications_example_is_read():
    assert not any(status.is_set(EMPTY, index) for index in (0, 1, 94567, 131_071))


def test_the_first_bit_is_the_highest_of_the_first_byte():
    content = bytes([0b1000_0001]) + bytes(vc.LIST_SIZE // 8 - 1)
    encoded = multibase(content)
    assert [index for index in range(20) if status.is_set(encoded, index)] == [0, 7]
    assert status.encode({0, 7}) == status.encode(content)


@given(st.sets(st.integers(0, vc.LIST_SIZE + 5000), max_size=20))
def test_the_bits_that_are_set_are_those_that_were_given(numbers):
    encoded = status.encode(numbers)
    asked = {*numbers, 0, 1, vc.LIST_SIZE - 1}
    assert {number for number in asked if status.is_set(encoded, number)} == numbers


def test_a_list_is_the_same_whenever_it_is_made():
    assert status.encode({5, 9}) == status.encode([9, 5, 5])
    assert len(status.encode(set())) < 200


def test_a_list_is_never_short():
    packed = base64.urlsafe_b64decode(status.encode(b"\x80")[1:] + "==")
    assert len(gzip.decompress(packed)) == vc.LIST_SIZE // 8


@pytest.mark.parametrize(
    "encoded",
    [
        None,
        "",
        "u",
        "z123",
        "uAAAA",
        "u!!!!",
        multibase(b"\0" * 100),
        multibase(b"\0" * (status.MAX_LIST_SIZE // 8 + 1)),
        multibase(bytes(vc.LIST_SIZE // 8))[:-20],
        7,
    ],
    ids=lambda encoded: str(encoded)[:20],
)
def test_what_is_no_list_is_refused(encoded):
    with pytest.raises(vc.VcError):
        status.is_set(encoded, 0)


def test_a_list_that_swells_is_not_unpacked():
    bomb = gzip.compress(b"\0" * 300_000_000, compresslevel=1)
    with pytest.raises(vc.VcError):
        status.is_set("u" + base64.urlsafe_b64encode(bomb).rstrip(b"=").decode(), 0)


@pytest.mark.parametrize("index", [-1, status.MAX_LIST_SIZE])
def test_a_place_outside_every_list_is_refused(index):
    with pytest.raises(vc.VcError):
        vc.status_entry(REVOCATIONS, index)
    with pytest.raises(vc.VcError):
        status.is_set(status.encode(set()), index)
    with pytest.raises(vc.VcError):
        status.encode({index})


def test_a_list_is_a_credential_of_its_issuer():
    document = vc.status_list_credential(REVOCATIONS, {"id": DID}, {1}, "suspension", ISSUED)
    assert (document["id"], document["issuer"]) == (REVOCATIONS, DID)
    assert document["credentialSubject"]["statusPurpose"] == "suspension"
    entry = vc.status_entry(REVOCATIONS, 1, "suspension")
    assert entry["statusListCredential"] == document["id"]
    assert entry["id"] != entry["statusListCredential"]
    with pytest.raises(vc.VcError, match="date"):
        vc.status_list_credential(REVOCATIONS, DID, {1})
