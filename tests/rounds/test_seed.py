"""Nobody reads the seed before the ranking has closed, wherever she looks."""

import json
import logging
import subprocess

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import matching
from app.kernel.database import db
from app.privacy import queries as privacy
from app.rounds import operations, queries, rules
from app.rounds.models import Round, RoundResult
from app.rounds.rules import State
from tests.rounds.conftest import CODE, HOUR, prepare

PAGES = ("", "/mine", "/proof", "/proof.json", "/desk", "/projects", "/changes", "/dates", "/edit")


def seed_of(stage):
    """What only the job that draws opens."""
    round_ = stage.round
    return rules.unseal(stage.secret_key, round_.key, round_.sealed_seed, round_.seed_hash)


def test_no_page_shows_it_to_anybody(announced):
    seed, sealed = seed_of(announced), announced.round.sealed_seed
    for state in (State.ANNOUNCED, State.OPEN, State.CLOSED):
        announced.go_to(state)
        for handle in ("mei", "yun", "fang", "lin"):
            browser = announced.browser(handle)
            for page in PAGES:
                answer = browser.get(f"/rounds/{CODE}{page}")
                assert seed.encode() not in answer.data
                assert sealed.encode() not in answer.data
                assert page not in ("/proof", "/proof.json") or answer.status_code == 404
        if state is State.OPEN:
            with announced.at(2 * HOUR):
                trial = announced.browser("fang").post(f"/rounds/{CODE}/trial")
            assert "This is a trial" in trial.text
            assert seed not in trial.text


def test_it_is_in_no_row_of_the_database(opened):
    seed = seed_of(opened)
    tables = db.session.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ).all()
    assert "audit_entries" in tables
    for table in tables:
        found = db.session.scalar(
            text(f'SELECT count(*) FROM "{table}" AS row WHERE row::text LIKE :seed'),
            {"seed": f"%{seed}%"},
        )
        assert found == 0, table


def test_it_is_in_no_export_of_people_or_of_the_programme(opened):
    seed, sealed = seed_of(opened), opened.round.sealed_seed
    for handle in ("mei", "fang", "yun"):
        person = opened.person(handle)
        for kept in privacy.kept_of(person):
            rows = repr(privacy.kept_rows(person, kept.table.name, 1))
            assert seed not in rows
            assert sealed not in rows


def test_it_is_in_no_line_of_the_log(enrolled, in_app, caplog):
    with in_app(), caplog.at_level(logging.DEBUG):
        stage = prepare(enrolled)
        stage.go_to(State.CLOSED)
        seed = seed_of(stage)
        with pytest.raises(rules.Broken) as refused:
            operations.draw("0" * 64, stage.round.id)
    assert seed not in caplog.text
    assert seed not in str(refused.value)
    assert stage_is_untouched(enrolled)


def stage_is_untouched(cast):
    with cast.app.app_context():
        return queries.round_by_code(CODE).state is State.CLOSED


def test_a_dump_without_the_secret_key_opens_nothing(opened):
    round_ = opened.round
    for wrong in ("", "0" * 64, opened.secret_key[::-1], round_.seed_hash):
        with pytest.raises(rules.Broken):
            rules.unseal(wrong, round_.key, round_.sealed_seed, round_.seed_hash)


def test_the_database_keeps_what_was_announced(opened):
    for column in ("seed_hash", "sealed_seed", "key", "words", "answer_hours"):
        value = {"words": "'{}'", "answer_hours": "1"}.get(column, f"'{'0' * 16}'")
        with pytest.raises(DBAPIError), db.session.begin_nested():
            db.session.execute(
                text(f"UPDATE rounds SET {column} = {value} WHERE code = :code"),
                {"code": CODE},
            )
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text("UPDATE rounds SET closes_at = closes_at - interval '1 second'"))


def test_the_database_takes_no_ranking_that_comes_late(opened):
    with opened.at(2 * HOUR):
        entry_id = opened.rank("mei", 0).id
    opened.go_to(State.CLOSED)
    for statement in (
        "DELETE FROM round_choices WHERE entry_id = :entry",
        "UPDATE round_choices SET place = 2 WHERE entry_id = :entry",
    ):
        with pytest.raises(DBAPIError), db.session.begin_nested():
            db.session.execute(text(statement), {"entry": entry_id})


def test_a_seed_that_somebody_swapped_is_not_drawn_with(opened):
    """Even with the secret key and the database in hand: the hash was public before."""
    opened.go_to(State.CLOSED)
    round_ = opened.round
    _hash, other = rules.draw_sealed(opened.secret_key, round_.key)
    db.session.execute(text("ALTER TABLE rounds DISABLE TRIGGER rounds_stay"))
    db.session.execute(text("UPDATE rounds SET sealed_seed = :other"), {"other": other})
    db.session.expire_all()
    with pytest.raises(rules.Broken):
        operations.draw(opened.secret_key, round_.id)
    assert db.session.query(RoundResult).count() == 0


def test_each_round_draws_a_seed_of_its_own(announced):
    other = Round(key=matching.new_id("r"))
    assert rules.draw_sealed(announced.secret_key, other.key)[0] != announced.round.seed_hash


def test_the_proof_opens_it_for_everybody_and_a_shell_agrees(opened, tmp_path):
    with opened.at(2 * HOUR):
        opened.rank("mei", 0)
        opened.list_of(0, "mei")
    opened.go_to(State.PUBLISHED)
    file = opened.browser("yan").get(f"/rounds/{CODE}/proof.json").data
    seed = json.loads(file)["lottery"]["seed"]
    shell = subprocess.run(
        ["sh", "-c", f"printf %s {seed} | sha256sum"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert shell.stdout.split()[0] == opened.round.seed_hash
