"""The tree of skills, searched and filtered; one skill."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.cli import main
from app.kernel.database import db
from app.skills import operations, queries, rules
from app.skills.models import Skill


@pytest.fixture
def loaded(cast):
    with cast.app.app_context():
        operations.load_own(cast.app.extensions["config"].site_url)
    return cast


class TestTheTree:
    def test_has_five_areas_across_five_industries(self, loaded):
        with loaded.app.app_context():
            own = queries.programme()
            areas = queries.tree(own)
            assert [area.skill.code for area in areas] == list(rules.AREAS)
            industries = {row["code"] for row in own.industries}
            for area in areas:
                named = {code for leaf in area.leaves() for code in leaf.industries}
                assert named == industries, area.skill.code
            assert 60 <= sum(len(list(area.leaves())) for area in areas) <= 90

    def test_is_there_in_both_languages(self, loaded):
        with loaded.app.app_context():
            for row in db.session.scalars(select(Skill)):
                assert len(row.title) == len(row.text) == 2, row.code

    def test_can_be_searched_in_both_languages(self, loaded):
        client = loaded.app.test_client()
        client.set_cookie("locale", "en")
        for words in ("anomal", "異常偵測"):
            page = client.get("/skills", query_string={"q": words}).text
            assert "Anomaly detection" in page and "Prompt design" not in page
        assert "No skill matches" in client.get("/skills?q=zzz").text

    def test_can_be_filtered_by_industry(self, loaded):
        client = loaded.app.test_client()
        client.set_cookie("locale", "en")
        page = client.get("/skills?industry=agriculture").text
        assert "Crop health models" in page and "Prompt design" not in page

    def test_asks_as_much_for_all_as_for_few(self, loaded, count_queries):
        client = loaded.app.test_client()
        client.get("/skills")
        with count_queries() as all_:
            client.get("/skills")
        with count_queries() as few:
            client.get("/skills?q=prompt")
        assert len(all_) == len(few) <= 6


class TestASkill:
    def test_says_what_it_means_at_each_level_and_what_is_close_to_it(self, loaded):
        client = loaded.app.test_client()
        client.set_cookie("locale", "en")
        page = client.get("/skills/control-charts").text
        for words in ("Statistical process control", "Level 3", "Smart manufacturing", "ESCO",
                      "CFItems/", "No course proves it yet."):  # fmt: skip
            assert words in page, words

    def test_that_nobody_knows_is_not_there(self, loaded):
        assert loaded.app.test_client().get("/skills/nothing").status_code == 404

    def test_is_found_by_what_labs_called_it_before(self, loaded):
        with loaded.app.app_context():
            found = queries.resolve(["spc", "anomaly-detection", "nothing"])
            assert {key: row.key for key, row in found.items()} == {
                "spc": "control-charts", "anomaly-detection": "anomaly-detection",
            }  # fmt: skip


class TestCommands:
    def test_load_list_export_and_import(self, loaded):
        runner = CliRunner()
        with loaded.app.app_context():
            said = runner.invoke(main, ["skills", "load"]).output
            assert "banyan 1.0: 81 entries (version 1 here)" in said
            said = runner.invoke(main, ["skills", "list", "anomaly"]).output
            assert said.startswith("anomaly-detection")
            exported = runner.invoke(main, ["skills", "export", "banyan"]).output
            again = runner.invoke(main, ["skills", "import", "-"], input=exported)
            assert again.output == "banyan: 81 entries, version 1 here\n"
