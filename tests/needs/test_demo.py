"""The demo's needs."""

from app import demo as whole
from app.needs import demo, queries
from app.needs.queries import Asked
from app.skills import operations as skills


def test_are_made_once_with_a_merge_and_a_pair_that_could_be_one(cast, in_app):
    with in_app():
        skills.load_own("")
        people = whole.load_sections()
        demo.load(people)
        fang = cast.person("fang")
        before = queries.ranked(fang, Asked()).total
        merged = queries.ranked(fang, Asked(state="merged")).rows
        assert len(merged) == 1 and merged[0].reach.companies == 2
        assert len(queries.pairs_alike(fang)) >= 1
        demo.load(people)
        assert queries.ranked(fang, Asked()).total == before >= 8
        assert queries.pain_points_open_to(cast.person("xiuqin"))
