"""From the announcement to an accepted place, by operations."""

import pytest
from sqlalchemy import select

from app import matching
from app.applications import operations as applications
from app.applications.rules import State as Applied
from app.kernel import blobs
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.matching import checker
from app.rounds import operations, queries
from app.rounds.models import RoundChange, RoundResult
from app.rounds.rules import ChangeKind, OfferState, State
from tests.rounds.conftest import DAY, HOUR


@pytest.fixture
def published(opened):
    """mei and hao both want project 0, which ranks mei first; yan wants only project 0."""
    with opened.at(2 * HOUR):
        opened.rank("mei", 0, 1)
        opened.rank("hao", 0, 1)
        opened.rank("yan", 0)
        opened.list_of(0, "mei", "hao", "yan")
        opened.list_of(1, "hao", "mei", "yan")
    opened.go_to(State.PUBLISHED)
    return opened


def received(stage):
    found = queries.drawn_of(stage.round)
    names = {e.key: e.person.handle for e in found.entries.values()}
    return {
        names[key]: None if got is None else str(found.projects[got].name)
        for key, got in found.now.assigned.items()
    }


def test_both_sides_rank_and_everybody_receives_what_the_rules_give(published):
    first, second = (str(p.name) for p in published.projects)
    assert received(published) == {"mei": first, "hao": second, "yan": None}
    assert published.offer("mei").state is OfferState.OPEN
    assert published.offer("mei").application.state is Applied.OFFERED
    assert published.offer("yan") is None


def test_the_proof_holds_for_the_hash_that_was_announced(published):
    result = queries.result_of(published.round)
    claim = checker.read(blobs.get(result.proof))
    assert checker.verify(claim, published.round.seed_hash).holds
    assert claim.digest == queries.closing_of(published.round).digest
    assert claim.assigned[published.entry("yan").key] is None
    assert matching.seed_hash(result.seed) == published.round.seed_hash


def test_the_proof_names_nobody(published):
    text = blobs.get(queries.result_of(published.round).proof).decode()
    for handle in ("mei", "hao", "yan", "yun", "fang"):
        person = published.person(handle)
        for word in (person.name, str(person.id), person.email, f'"{handle}"'):
            assert word not in text
    for project in published.projects:
        assert str(project.brief_id) not in text
    # Without names it is ASCII, so nothing hides in escapes either.
    assert "\\" not in text


def test_everybody_reads_why(published):
    found = queries.drawn_of(published.round)
    (why,) = queries.my_reasons(found, published.entry("hao"))
    assert (why.project.id, why.explained.reason) == (
        published.projects[0].id,
        matching.Reason.FULL,
    )
    assert queries.waiting_place(found, published.entry("yan")) == {published.projects[0].key: 2}


def test_who_accepts_keeps_her_place(published):
    with published.at(3 * DAY):
        operations.answer(published.person("mei"), published.offer("mei"), accepts=True)
    assert published.offer("mei").state is OfferState.ACCEPTED
    assert published.offer("mei").application.state is Applied.ACCEPTED
    assert published.fill(3 * DAY) == 0


def test_nobody_answers_for_somebody_else(published):
    with published.at(3 * DAY), pytest.raises(NotVisible):
        operations.answer(published.person("hao"), published.offer("mei"), accepts=True)


def test_when_somebody_declines_the_waitlist_moves_by_itself(published):
    with published.at(3 * DAY):
        operations.answer(published.person("mei"), published.offer("mei"), accepts=False)
    # hao moves up, and the place that he leaves is nobody's: yan did not want it.
    assert published.fill(3 * DAY) == 1
    assert published.offer("hao").project_id == published.projects[0].id
    assert published.offer("hao").state is OfferState.OPEN
    first, _second = (str(p.name) for p in published.projects)
    assert received(published) == {"mei": None, "hao": first, "yan": None}
    kinds = db.session.scalars(select(RoundChange.kind).order_by(RoundChange.number)).all()
    assert list(kinds) == [ChangeKind.LEFT, ChangeKind.STEP]
    assert published.fill(3 * DAY) == 0


def test_who_has_accepted_does_not_move_up(published):
    with published.at(3 * DAY):
        operations.answer(published.person("hao"), published.offer("hao"), accepts=True)
        operations.answer(published.person("mei"), published.offer("mei"), accepts=False)
    assert published.fill(3 * DAY) == 1
    assert published.offer("yan").project_id == published.projects[0].id
    assert published.offer("hao").state is OfferState.ACCEPTED


def test_who_does_not_answer_in_time_leaves_and_the_next_is_offered_the_place(published):
    with published.at(5 * DAY):
        assert applications.expire_offers() == 2
    assert published.offer("mei").state is OfferState.EXPIRED
    assert published.fill(5 * DAY) == 1
    offer = published.offer("yan")
    assert offer.answer_by == published.began + 7 * DAY
    assert received(published)["yan"] == str(published.projects[0].name)


def test_the_waitlist_stands_still_when_the_round_has_ended(published):
    with published.at(3 * DAY):
        operations.answer(published.person("mei"), published.offer("mei"), accepts=False)
    published.go_to(State.ENDED)
    assert published.fill(21 * DAY) == 0


def test_a_result_is_drawn_once_however_often_the_job_runs(published):
    before = queries.result_of(published.round).id
    with published.at(3 * DAY):
        assert operations.draw(published.secret_key, published.round.id) is False
    assert db.session.scalars(select(RoundResult.id)).all() == [before]


def test_nobody_draws_again_after_cancelling_or_cancels_what_is_drawn(published):
    with pytest.raises(operations.NotNow):
        operations.cancel(published.person("fang"), published.round, "I do not like it.")
