"""Erasing is proven: nothing of somebody is found, in no column of no table, in no file."""

import os
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.accounts.models import Person
from app.kernel import blobs, clock, personal
from app.kernel.database import db
from app.kernel.personal import Fate, Who
from app.privacy import operations, queries, rules
from app.privacy.models import DataRequest
from app.privacy.operations.exporting import rows_of
from app.privacy.rules import COOLING_OFF, receipt_digest
from app.workspaces.hub import HubUnavailable
from tests.privacy.filling import fill

MARK = "Qzjv"
HANDLE = "qzjv-handle"
ADDRESS = "qzjv@gone.example"


@pytest.fixture
def someone(in_app, cast):
    from app.accounts.operations.registration import create_person

    with in_app():
        yield create_person(name=f"{MARK} Person", email=ADDRESS, handle=HANDLE)


def who_is(person):
    return Who(person.id, person.handle, person.name, person.email)


GONE_WITH_CONSENT = {"talent_seen"}
"""Erasing ends her consents first, and these rows with them."""


def erased(config, person):
    """Ask, let the days pass, and do it; the request."""
    request, _link = operations.ask_to_be_erased(config, person)
    with clock.frozen_at(request.begins_at + timedelta(minutes=1)):
        operations.erase(request.id)
    return request


class TestEveryTable:
    def test_has_nothing_of_her_left(self, someone, cast, config):
        """A mark stands in every column of words of every table, and afterwards in none."""
        teacher = cast.person("lin")
        fill(someone, MARK, teacher)
        about = [t for t in personal.in_order() if personal.is_about_people(t)]
        for table in about:
            assert personal.count_of(table.name, who_is(someone)) >= 1, table.name
        assert len(operations.traces([MARK])) > 100
        request = erased(config, someone)
        assert operations.traces([MARK, HANDLE, ADDRESS]) == []
        assert request.receipt["mentions"] == []

    def test_keeps_only_what_the_receipt_names(self, someone, cast, config):
        fill(someone, MARK, cast.person("lin"))
        number = someone.id
        request = erased(config, someone)
        kept = {line["table"] for line in request.receipt["kept"]}
        left = {
            trace.place
            for column in _columns_of_people()
            if (trace := _still(column, number)) is not None
        }
        assert left <= kept
        assert {line["table"] for line in request.receipt["erased"]} >= {
            table.name
            for table in personal.TABLES.values()
            if table.fate is Fate.DELETE
            and personal.is_about_people(table)
            and table.name not in GONE_WITH_CONSENT
        }
        assert all(
            line["why"]["en"] and line["why"]["zh-Hant-TW"] for line in request.receipt["kept"]
        )
        assert request.receipt_digest == receipt_digest(request.receipt)

    def test_still_has_everything_of_others(self, someone, cast, config):
        hao = cast.person("hao")
        fill(hao, "Wkbx", cast.person("lin"))
        before = _counts(hao)
        erased(config, someone)
        assert _counts(hao) == before
        assert len(operations.traces(["Wkbx"])) > 100

    def test_is_protected_again_afterwards(self, someone, cast, config):
        from sqlalchemy.exc import IntegrityError

        fill(someone, MARK, cast.person("lin"))
        erased(config, someone)
        db.session.execute(text("SET LOCAL banyan.erasing = ''"))
        with pytest.raises(IntegrityError, match="never changed"):
            db.session.execute(text("UPDATE final_grades SET mark = 'A'"))


def _columns_of_people():
    return [
        (table.name, column.name)
        for table in db.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "people" for key in column.foreign_keys)
    ]


def _still(column, number):
    from app.privacy.operations import Trace

    table, name = column
    count = db.session.scalar(
        text(f"SELECT count(*) FROM {table} WHERE {name} = :number"), {"number": number}
    )
    return Trace(table, name, count) if count else None


def _counts(person):
    who = who_is(person)
    return {
        table.name: personal.count_of(table.name, who)
        for table in personal.TABLES.values()
        if personal.is_about_people(table)
    }


class TestTheDaysBefore:
    def test_nothing_happens_early(self, someone, config):
        request, _link = operations.ask_to_be_erased(config, someone)
        operations.erase(request.id)
        assert request.done_at is None and someone.erased_at is None

    def test_she_takes_it_back(self, someone, config):
        request, _link = operations.ask_to_be_erased(config, someone)
        operations.take_back(someone, request)
        with clock.frozen_at(clock.now() + COOLING_OFF + timedelta(days=1)):
            operations.erase(request.id)
        assert someone.erased_at is None

    def test_it_cannot_be_taken_back_once_it_is_done(self, someone, config):
        request = erased(config, someone)
        with pytest.raises(operations.TooLate):
            operations.take_back(someone, request)

    def test_asking_twice_is_refused(self, someone, config):
        operations.ask_to_be_erased(config, someone)
        with pytest.raises(operations.AskedAlready):
            operations.ask_to_be_erased(config, someone)

    def test_the_only_operator_stays(self, cast, in_app, config):
        with in_app(), pytest.raises(operations.NotErasable):
            operations.ask_to_be_erased(config, cast.person("ting"))

    def test_doing_it_twice_changes_nothing(self, someone, config):
        request = erased(config, someone)
        digest = request.receipt_digest
        operations.erase(request.id)
        assert request.receipt_digest == digest


class TestHerself:
    def test_is_a_number_without_a_name(self, someone, config):
        number = someone.id
        erased(config, someone)
        gone = db.session.get_one(Person, number)
        assert gone.name == "—" and gone.email.endswith("@erased.invalid")
        assert gone.handle.startswith("gone-") and gone.password_hash is None
        assert gone.erased_at is not None and not gone.is_active

    def test_is_never_let_in_again(self, someone, cast, config):
        from app.accounts import operations as accounts

        erased(config, someone)
        gone = db.session.get_one(Person, someone.id)
        accounts.restore_person(cast.person("ting"), gone)
        assert gone.suspended_at is not None

    def test_leaves_the_hub_and_her_folder(self, someone, cast, config):
        home = config.instance / "homes" / HANDLE
        home.mkdir(parents=True)
        (home / "notes.txt").write_text(MARK)
        cast.hub.servers[HANDLE] = "ready"
        token = cast.hub.grant(HANDLE)
        erased(config, someone)
        assert HANDLE not in cast.hub.servers and cast.hub.whoami(token) is None
        assert not home.exists()
        assert operations.traces_in_files(config.instance, [MARK, HANDLE], but=["logs"]) == []

    def test_waits_while_the_hub_does_not_answer(self, someone, cast, config):
        request, _link = operations.ask_to_be_erased(config, someone)
        cast.hub.is_down = True
        with clock.frozen_at(request.begins_at + timedelta(minutes=1)):
            with pytest.raises(HubUnavailable):
                operations.erase(request.id)
            db.session.refresh(request)
            assert request.begun_at is not None and request.done_at is None
            assert someone.name.startswith(MARK)
            cast.hub.is_down = False
            operations.erase(request.id)
        assert request.done_at is not None

    def test_mails_to_her_are_gone(self, someone, config):
        config.mail_folder.mkdir(exist_ok=True)
        (config.mail_folder / "1.eml").write_text(f"To: {ADDRESS}")
        (config.mail_folder / "2.eml").write_text("To: somebody@else.example")
        erased(config, someone)
        assert [path.name for path in config.mail_folder.glob("?.eml")] == ["2.eml"]
        (config.mail_folder / "2.eml").unlink()


class TestStoredFiles:
    def hold(self, person, content, cast, mark=MARK):
        """Somebody keeps a file with CONTENT; its address."""
        from app.catalog.models import CourseImport

        address = blobs.put(content)
        ids = fill(person, mark, cast.person("lin"))
        db.session.execute(
            text("UPDATE course_imports SET blob = :address WHERE id = :id"),
            {"address": address, "id": ids["course_imports"]},
        )
        assert db.session.get_one(CourseImport, ids["course_imports"]).blob == address
        return address

    def age(self, config, address):
        path = config.instance / "blobs" / address[:2] / address[2:]
        os.utime(path, (0, 0))
        return path

    def test_go_with_her(self, someone, cast, config):
        path = self.age(config, self.hold(someone, b"only hers", cast))
        erased(config, someone)
        assert not path.exists()

    def test_of_two_people_stay_for_the_other(self, someone, cast, config):
        address = self.hold(someone, b"of both", cast)
        self.hold(cast.person("hao"), b"of both", cast, "Wkbx")
        path = self.age(config, address)
        erased(config, someone)
        assert path.exists()

    def test_that_were_stored_a_moment_ago_wait(self, someone, cast, config):
        address = self.hold(someone, b"fresh", cast)
        request = erased_with_real_clock(config, someone)
        path = config.instance / "blobs" / address[:2] / address[2:]
        assert path.exists() and request.leaving == [address]
        self.age(config, address)
        assert operations.leave(request.id) == 1
        assert not path.exists() and request.leaving is None


def erased_with_real_clock(config, person):
    request, _link = operations.ask_to_be_erased(config, person)
    request.begins_at = clock.now()
    db.session.flush()
    operations.erase(request.id)
    return request


class TestExporting:
    def test_has_every_table_and_none_of_its_secrets(self, someone, cast):
        fill(someone, MARK, cast.person("lin"))
        who = who_is(someone)
        for table in personal.TABLES.values():
            if not personal.is_about_people(table):
                continue
            for row in rows_of(table.name, who):
                assert not set(row) & set(table.secret), table.name
                for column in (*table.whose, *table.by):
                    assert row.get(column) in (None, "you", "another person")

    def test_is_a_file_with_json_and_her_files(self, someone, cast, config):
        home = config.instance / "homes" / HANDLE
        home.mkdir(parents=True)
        (home / "notes.txt").write_text("mine")
        try:
            request = operations.ask_for_export(someone)
            operations.make_export(request.id)
            assert request.done_at is not None and request.done_count == request.total_count
            with zipfile.ZipFile(operations.export_file(request.id)) as archive:
                names = archive.namelist()
                assert {"README.txt", "contents.json", "accounts/people.json"} <= set(names)
                assert archive.read("workspaces/files/notes.txt") == b"mine"
                assert ADDRESS in archive.read("accounts/people.json").decode()
                assert "password_hash" not in archive.read("accounts/people.json").decode()
        finally:
            (home / "notes.txt").unlink()
            home.rmdir()

    def test_goes_when_its_days_are_over(self, someone):
        request = operations.ask_for_export(someone)
        operations.make_export(request.id)
        assert operations.forget_exports() == 0
        with clock.frozen_at(request.expires_at + timedelta(hours=1)):
            assert operations.forget_exports() == 1
        assert not operations.export_file(request.id).exists()

    def test_does_not_tell_points_that_are_held(self, enrolled, in_app):
        from app.learning.models import GradeRelease

        with in_app():
            mei, lin = enrolled.person("mei"), enrolled.person("lin")
            ids = fill(mei, MARK, lin)
            section = ids["sections"]
            db.session.execute(text("DELETE FROM grade_releases"))
            db.session.execute(text(personal.ERASING))  # submissions are protected
            db.session.execute(
                text("UPDATE submissions SET section_id = :s, lab_slug = 'squares'"), {"s": section}
            )
            tables = ("attempts", "notebook_scores", "cell_scores", "manual_scores", "annotations")
            known = [len(list(rows_of(name, who_is(mei)))) for name in tables]
            db.session.add(
                GradeRelease(
                    section_id=section,
                    item_key="lab:squares",
                    set_by_id=lin.id,
                    batch_id=section,
                )
            )
            db.session.flush()
            held = [len(list(rows_of(name, who_is(mei)))) for name in tables]
        assert known[:4] == [1, 1, 1, 1] and held == [0, 0, 0, 0, 0]


class TestWhoHasNoAccount:
    def test_is_erased_from_rosters_and_invitations(self, in_app, cast, config):
        with in_app():
            fang, hao = cast.person("fang"), cast.person("hao")
            ids = fill(hao, MARK, fang)
            for table in personal.CONTACTS:
                db.session.execute(text(f"UPDATE {table} SET email = :e"), {"e": ADDRESS})
            db.session.execute(text("UPDATE roster_entries SET claimed_at = NULL"))
            db.session.execute(text("UPDATE invitations SET accepted_at = NULL"))
            assert ids
            request, _link = operations.record_for(
                config, fang, email=ADDRESS, kind=rules.RequestKind.ERASE, words=""
            )
            with clock.frozen_at(request.begins_at + timedelta(minutes=1)):
                operations.erase(request.id)
            assert operations.traces([ADDRESS]) == []
            assert {line["table"] for line in request.receipt["erased"]} == set(personal.CONTACTS)


class TestTheOffice:
    def test_answers_within_the_days_of_the_law(self, in_app, cast):
        with in_app():
            asked = operations.ask_in_words(
                cast.person("mei"), rules.RequestKind.CORRECT, "My name is written wrongly."
            )
            assert asked.due_at - asked.asked_at == timedelta(days=30)
            listed = queries.requests_to_answer(1)
            assert [row.id for row in listed.rows] == [asked.id]
            operations.answer(cast.person("fang"), asked, "It is corrected.")
            assert queries.requests_to_answer(1).total == 0
            with pytest.raises(operations.TooLate):
                operations.answer(cast.person("fang"), asked, "Again.")

    def test_writes_down_what_a_suspended_person_asks(self, in_app, cast, config):
        with in_app():
            mei = cast.person("mei")
            mei.suspended_at = clock.now()
            db.session.flush()
            made, _link = operations.record_for(
                config,
                cast.person("fang"),
                email=mei.email,
                kind=rules.RequestKind.EXPORT,
                words="",
            )
            assert made.person_id == mei.id
            found = db.session.scalars(select(DataRequest)).all()
            assert [row.recorded_by_id for row in found] == [cast.person("fang").id]
