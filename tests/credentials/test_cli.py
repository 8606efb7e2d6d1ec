"""What operators type, and what the doctor says of the address in credentials."""

from dataclasses import replace

from click.testing import CliRunner

from app.credentials import cli
from app.kernel.database import db


def sentences(found):
    return [(one.is_well, one.sentence) for one in found]


class TestTheDoctor:
    def test_tells_the_operator_before_the_first_credential(self, site, config):
        ((is_well, sentence),) = sentences(cli.fixed_address(config, {}))
        assert is_well and "is fixed for good" in sentence and config.site_url in sentence

    def test_finds_that_the_site_has_moved(self, config):
        moved = replace(config, site_url="https://elsewhere.example")
        ((is_well, sentence),) = sentences(cli.about(moved, "http://localhost:8000", []))
        assert not is_well and "BANYAN_URL=http://localhost:8000" in sentence

    def test_finds_keys_that_are_missing(self, config):
        found = sentences(cli.about(config, config.site_url, ["z6MkNotThere"]))
        assert [is_well for is_well, _sentence in found] == [True, False]
        assert "1 private keys of issuers are not in" in found[1][1]


class TestTheCommands:
    def test_list_issuers_and_make_keys(self, graduated, in_app):
        run = CliRunner().invoke
        with in_app():
            assert "rongnan  key-1  signs" in run(cli.credentials, ["issuers"]).output
            made = run(cli.credentials, ["key", "jiayang"])
            assert made.output.startswith("jiayang  key-1  z6Mk"), made.output
            assert "there is no school" in run(cli.credentials, ["key", "nowhere"]).output
            again = run(cli.credentials, ["run", "cluster", "geometry"])
            assert "2 people are looked at" in again.output
            db.session.rollback()
