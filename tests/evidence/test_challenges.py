"""Challenges show skills once their ranking is final, by scores that the author asked for."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.challenges import operations
from app.challenges.models import Challenge
from app.challenges.rules import ShownSkill
from app.evidence import operations as evidence
from app.evidence import queries
from app.evidence.models import Evidence, EvidenceWithdrawal
from app.kernel import clock
from app.kernel.database import db
from app.learning import operations as learning
from app.portfolio.queries.competed import challenges_of
from app.skills import operations as skills
from tests.challenges.field import hand_in, how, make, off_by, settings, table
from tests.evidence.helpers import shown

SHOWS = (ShownSkill("model-evaluation", 2.0), ShownSkill("model-evaluation", 1.0, 2))
LEVEL_1 = ("model-evaluation", 1, "autograded", Decimal(1))
LEVEL_2 = ("model-evaluation", 2, "autograded", Decimal(1))


@pytest.fixture
def field(enrolled, in_app):
    """The cast, within the house, with the programme's framework."""
    with in_app():
        skills.load_own()
        yield enrolled


def end(cast, challenge: Challenge) -> None:
    operations.end_early(cast.person("lin"), challenge)
    assert operations.settle_what_is_over() == 1


def score_again(cast, challenge: Challenge) -> None:
    operations.score_again(operations.ask_to_score_again(cast.person("lin"), challenge))


def reasons() -> list[str]:
    return sorted(row.value for row in db.session.scalars(select(EvidenceWithdrawal.reason)))


class TestAChallenge:
    def test_shows_nothing_before_its_ranking_is_final(self, field):
        challenge = make(field, skills=SHOWS)
        hand_in(field, "mei", challenge, off_by(1))
        assert shown(field, "mei") == [] and not queries.history_of(field.person("mei").id)
        end(field, challenge)
        assert shown(field, "mei") == [LEVEL_2]

    def test_shows_by_the_score_and_not_by_the_place(self, field):
        challenge = make(field, skills=SHOWS)
        hand_in(field, "mei", challenge, off_by(2))
        hand_in(field, "hao", challenge, off_by(1.5))
        hand_in(field, "mei", challenge, off_by(2.5))
        end(field, challenge)
        assert shown(field, "mei") == [LEVEL_1] and shown(field, "hao") == [LEVEL_1]
        entries = {row.source_id for row in queries.history_of(field.person("mei").id)}
        assert len(entries) == 1, "only the entry on the leaderboard counts"

    def test_says_what_its_evidence_is_made_of(self, field):
        challenge = make(field, skills=SHOWS)
        entry = hand_in(field, "mei", challenge, off_by(1))
        end(field, challenge)
        row = queries.claims_of(field.person("mei").id, _skill().id)[0]
        assert (row.source_id, row.work_hash) == (entry.id, entry.blob)
        assert (row.source, row.item) == ("challenge", "areas-and-squares/challenge:run-times")
        assert row.cells[0]["metric"] == "mae" and row.cells[0]["score"] == 1.0
        assert row.environment["answers"] == entry.score.answers_digest
        page = field.browser("mei").get("/me/skills").text
        assert "mae 1 (asked: ≤ 1)" in page
        assert f"/challenges/run-times/entries/{entry.id}" in page

    def test_of_a_team_shows_it_of_everybody_in_it(self, field):
        lin, section = field.person("lin"), field.section()
        made = learning.make_group_set(lin, section, "Tables", ["Bamboo"])
        mates = [field.person(who).id for who in ("mei", "hao")]
        learning.place_in_groups(lin, section, made, dict.fromkeys(mates, made.groups[0].id))
        challenge = make(field, group_set=made, skills=SHOWS)
        hand_in(field, "hao", challenge, off_by(1))
        end(field, challenge)
        assert shown(field, "mei") == shown(field, "hao") == [LEVEL_2]

    def test_that_names_none_or_an_unknown_one_shows_none(self, field):
        challenge = make(field, skills=(ShownSkill("juggling", 99.0),))
        hand_in(field, "mei", challenge, off_by(1))
        end(field, challenge)
        assert not queries.history_of(field.person("mei").id)

    def test_counts_no_trial_and_nothing_late(self, field):
        challenge = make(field, skills=SHOWS, takes_late=True)
        hand_in(field, "lin", challenge, off_by(0))
        end(field, challenge)
        hand_in(field, "hao", challenge, off_by(0))
        score_again(field, challenge)
        assert db.session.scalars(select(Evidence)).all() == []


class TestScoringAgain:
    def test_supersedes_and_takes_along_who_vouched(self, field):
        challenge = make(field, skills=SHOWS)
        hand_in(field, "mei", challenge, off_by(1))
        end(field, challenge)
        (best,) = [row for row in queries.claims_of(_mei(field), _skill().id) if row.level == 2]
        evidence.confirm(field.person("lin"), best)
        # Every answer was off by one: by the corrected ones her work is two off, which is level 1.
        corrected = how(answers=table({f"r{n}": n - 1 for n in range(10)}), seed="7")
        operations.set_evaluation(field.person("lin"), challenge, corrected)
        score_again(field, challenge)
        assert shown(field, "mei") == [LEVEL_1]
        assert reasons() == ["confirmation-lost"]
        first = db.session.scalars(select(Evidence).where(Evidence.revision == 1)).all()
        assert {row.score for row in first} == {Decimal(1)}, "what was recorded stays as it was"

    def test_lets_another_entry_count(self, field):
        challenge = make(field, skills=SHOWS)
        above = hand_in(field, "mei", challenge, off_by(1))
        below = hand_in(field, "mei", challenge, off_by(-2))
        end(field, challenge)
        corrected = how(answers=table({f"r{n}": n - 2 for n in range(10)}), seed="7")
        operations.set_evaluation(field.person("lin"), challenge, corrected)
        score_again(field, challenge)
        assert {row.source_id for row in queries.claims_of(_mei(field), _skill().id)} == {below.id}
        assert reasons() == ["other-entry", "other-entry"]
        assert above.score.private == 3.0 and shown(field, "mei") == [LEVEL_2]

    def test_that_cannot_score_it_any_more_withdraws(self, field):
        challenge = make(field, skills=SHOWS)
        hand_in(field, "mei", challenge, off_by(1))
        end(field, challenge)
        corrected = how(answers=table({f"s{n}": n for n in range(10)}), seed="7")
        operations.set_evaluation(field.person("lin"), challenge, corrected)
        score_again(field, challenge)
        assert shown(field, "mei") == []

    def test_by_another_metric_shows_nothing_until_the_skills_say_so(self, field):
        challenge = make(field, skills=SHOWS)
        hand_in(field, "mei", challenge, off_by(1))
        other = how(metric="r2", answers=None)
        operations.set_evaluation(field.person("lin"), challenge, other)
        end(field, challenge)
        assert shown(field, "mei") == []

    def test_what_it_shows_can_be_corrected_after_the_end(self, field):
        challenge = make(field, skills=SHOWS)
        hand_in(field, "mei", challenge, off_by(1))
        end(field, challenge)
        words = settings(
            skills=(ShownSkill("model-evaluation", 1.0), ShownSkill("model-evaluation", 0.5, 2)),
            opens_at=challenge.opens_at, ends_at=challenge.ends_at,
        )  # fmt: skip
        operations.edit(field.person("lin"), challenge, words)
        assert shown(field, "mei") == [LEVEL_1]


class TestAPortfolio:
    def test_shows_challenges_whose_ranking_is_final(self, field):
        challenge = make(field, skills=SHOWS)
        hand_in(field, "mei", challenge, off_by(2))
        hand_in(field, "hao", challenge, off_by(1))
        hand_in(field, "mei", challenge, off_by(3))
        assert challenges_of(_mei(field)) == []
        end(field, challenge)
        (fact,) = challenges_of(_mei(field))
        assert (fact.rank, fact.of, fact.score, fact.team) == (2, 2, 2.0, None)
        assert fact.settled_at <= clock.now() and fact.ref == str(challenge.id)
        assert challenges_of(field.person("lin").id) == []

    def test_follows_what_was_scored_again(self, field):
        challenge = make(field)
        hand_in(field, "mei", challenge, off_by(2))
        hand_in(field, "hao", challenge, off_by(-1))
        end(field, challenge)
        corrected = how(answers=table({f"r{n}": n + 2 for n in range(10)}), seed="7")
        operations.set_evaluation(field.person("lin"), challenge, corrected)
        score_again(field, challenge)
        (fact,) = challenges_of(_mei(field))
        assert (fact.rank, fact.score) == (1, 0.0)


def _mei(cast):
    return cast.person("mei").id


def _skill():
    from app.skills.queries import resolve

    return resolve(["model-evaluation"])["model-evaluation"]
