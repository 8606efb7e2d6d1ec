"""The vocabularies are the bytes that were taken from their packages, and no others."""

import hashlib
from importlib import resources

import pytest

from app.vc import VcError, contexts


@pytest.mark.parametrize("address", contexts.PINNED)
def test_a_vocabulary_has_the_bytes_that_were_pinned(address):
    name, sha256 = contexts.PINNED[address]
    content = resources.files(contexts).joinpath(name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == sha256
    assert "@context" in contexts.load(address)


def test_every_file_has_its_source_recorded():
    folder = resources.files(contexts)
    sources = folder.joinpath("SOURCES.md").read_text()
    names = {path.name for path in folder.iterdir() if path.name.endswith(".json")}
    assert names == {name for name, _ in contexts.PINNED.values()}
    assert all(name in sources for name in names)


def test_another_address_is_not_fetched():
    with pytest.raises(VcError, match="not one of those"):
        contexts.load("https://example.org/context.json")
