"""Stored files."""

import hashlib

import pytest

from app.kernel import blobs


@pytest.fixture(autouse=True)
def store(tmp_path, instance):
    blobs.configure(tmp_path)
    yield tmp_path
    blobs.configure(instance / "blobs")


def test_are_found_by_what_is_in_them(store):
    address = blobs.put(b"work")
    assert address == hashlib.sha256(b"work").hexdigest()
    assert blobs.get(address) == b"work"
    assert blobs.put(b"work") == address
    assert len([p for p in store.rglob("*") if p.is_file()]) == 1


def test_that_are_damaged_are_not_given_out(store):
    address = blobs.put(b"work")
    (store / address[:2] / address[2:]).write_bytes(b"other")
    with pytest.raises(blobs.BlobDamaged):
        blobs.get(address)


def test_that_are_missing_are_said_to_be(store):
    with pytest.raises(blobs.BlobMissing):
        blobs.get("0" * 64)


@pytest.mark.parametrize("address", ["../../etc/passwd", "", "A" * 64, "0" * 63])
def test_have_no_other_addresses(address):
    with pytest.raises(ValueError):
        blobs.get(address)
