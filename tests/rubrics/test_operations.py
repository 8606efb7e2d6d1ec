"""Versions that stay, drafts with one writer at a time, judgements that supersede."""

import threading
import uuid

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.accounts.queries import organisation_by_slug
from app.kernel import events
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.localized import LocalizedText
from app.notifications.models import Notification
from app.rubrics import operations, queries, rules
from app.rubrics.events import SubjectJudged
from app.rubrics.models import Rubric, RubricJudgement, RubricVersion, SavedComment
from app.rubrics.rules import Edit, Mark, Visibility
from tests.rubrics.scales import criterion, raw

GOOD = {"idea": Mark("l0"), "style": Mark("l0")}
FAIR = {"idea": Mark("l1", comment="Shorter."), "style": Mark("l1")}


class TestWriting:
    def test_every_version_is_numbered_and_stays(self, cast, in_app, publish):
        with in_app():
            lin = cast.person("lin")
            first = publish(lin)
            rubric = first.rubric
            changed = raw("levels", criterion("idea", 12, 6))
            second = operations.publish(
                lin, rubric, changed, revision=rubric.draft_revision, note="Shorter"
            )
            assert (first.number, second.number, second.maximum) == (1, 2, 12)
            assert queries.version_of(rubric, 1).scale.maximum == 15
            with pytest.raises(IntegrityError), db.session.begin_nested():
                db.session.execute(text("UPDATE rubric_versions SET note = 'other'"))

    def test_nothing_new_is_no_version(self, cast, in_app, publish):
        with in_app():
            lin = cast.person("lin")
            rubric = publish(lin).rubric
            with pytest.raises(operations.NothingToPublish):
                operations.publish(lin, rubric, raw(), revision=rubric.draft_revision)

    def test_what_is_unfinished_is_not_published_and_not_lost(self, cast, in_app):
        with in_app():
            lin = cast.person("lin")
            made = operations.create_rubric(lin, rules.blank())
            with pytest.raises(operations.Unfinished) as refused:
                operations.publish(lin, made, rules.blank(), revision=1)
            assert {p.path for p in refused.value.problems} >= {"title", "criteria.0.title"}
            assert db.session.get(Rubric, made.id).draft is not None

    def test_who_saves_what_somebody_changed_meanwhile_is_told(self, cast, in_app):
        with in_app():
            made = operations.create_rubric(cast.person("lin"), raw())
            operations.save_draft(made, raw(title={"en": "Mine"}), revision=1)
            with pytest.raises(operations.EditedMeanwhile):
                operations.save_draft(made, raw(title={"en": "Late"}), revision=1)
            assert queries.rubric_edited_by(cast.person("lin"), made.id).title["en"] == "Mine"

    def test_a_deletion_can_be_taken_back_and_done_again(self, cast, in_app):
        with in_app():
            made = operations.create_rubric(cast.person("lin"), raw())
            saved, _part = operations.save_draft(
                made, raw(), revision=1, edit=Edit.read("delete:idea")
            )
            assert len(saved.draft["criteria"]) == 1
            back = operations.take_back(saved, revision=2)
            assert back.draft == raw()
            again = operations.take_back(back, revision=3)
            assert len(again.draft["criteria"]) == 1

    def test_a_copy_is_the_copiers_own(self, cast, in_app, publish):
        with in_app():
            version = publish(cast.person("lin"), share=Visibility.EVERYBODY)
            copy = operations.copy_rubric(cast.person("wang"), version)
            assert copy.owner.handle == "wang" and copy.visibility is Visibility.MINE
            assert copy.draft == version.document

    def test_what_is_shared_is_found_by_whom_it_is_shared_with(self, cast, in_app, publish):
        with in_app():
            mine = publish(cast.person("lin")).rubric
            schools = publish(cast.person("lin"), share=Visibility.ORGANISATION).rubric
            everybodys = publish(cast.person("lin"), share=Visibility.EVERYBODY).rubric

            def found(handle):
                listed = queries.rubrics(cast.person(handle), page=None)
                return {row.rubric.id for row in listed.rows}

            assert found("lin") == {mine.id, schools.id, everybodys.id}
            assert found("ping") == {schools.id, everybodys.id}  # assists at the same school
            assert found("wang") == found("guo") == {everybodys.id}
            operations.archive(cast.person("lin"), everybodys)
            assert found("wang") == set()
            with pytest.raises(NotVisible):
                queries.rubric_visible_to(cast.person("wang"), everybodys.id)

    def test_nobody_shares_with_a_school_that_is_not_hers(self, cast, in_app, publish):
        with in_app():
            lin = cast.person("lin")
            rubric = publish(lin).rubric
            other = organisation_by_slug("jiayang")
            with pytest.raises(NotVisible):
                operations.share(lin, rubric, Visibility.ORGANISATION, other.id)

    def test_a_draft_is_not_shared(self, cast, in_app):
        with in_app():
            made = operations.create_rubric(cast.person("lin"), raw())
            with pytest.raises(operations.NotPublished):
                operations.share(cast.person("lin"), made, Visibility.EVERYBODY, None)


class TestAttaching:
    def test_a_key_has_one_rubric_and_a_history(self, cast, in_app, publish, count_queries):
        with in_app():
            lin = cast.person("lin")
            one, two = publish(lin), publish(lin, given=raw(title={"en": "Other"}))
            keys = [f"section:1:lab:squares:{number}" for number in range(20)]
            for key in keys:
                operations.attach(lin, key, one)
            operations.attach(lin, keys[0], two)
            operations.attach(lin, keys[0], two)
            operations.detach(lin, keys[1])
            db.session.expire_all()
            with count_queries() as seen:
                found = queries.attached([*keys, "nothing"])
            assert len(seen) == 1
            assert found[keys[0]].id == two.id and keys[1] not in found and len(found) == 19
            assert queries.use_count(one.rubric)[0] == 18


class TestJudging:
    def test_a_draft_is_replaced_and_may_have_gaps(self, cast, in_app, publish):
        with in_app():
            ping = cast.person("ping")
            version = publish(cast.person("lin"))
            for mark in ("l2", "l1"):
                given = {"idea": Mark(mark)}
                done = operations.judge(ping, version, "s", given, is_final=False)
            assert done.judgement.total == 6
            assert queries.judgements(["s"]) == {}
            assert queries.drafts_of(ping, ["s"])["s"].id == done.judgement.id
            assert queries.drafts_of(cast.person("lin"), ["s"]) == {}

    def test_what_is_final_is_complete_and_allowed(self, cast, in_app, publish):
        with in_app():
            ping = cast.person("ping")
            version = publish(cast.person("lin"))
            with pytest.raises(operations.MarksMissing) as missing:
                operations.judge(ping, version, "s", {"idea": Mark("l1")})
            assert [c.id for c in missing.value.assessment.missing] == ["style"]
            with pytest.raises(operations.MarksWrong):
                operations.judge(ping, version, "s", GOOD | {"idea": Mark("l9")})
            assert queries.judgement_history("s") == []

    def test_the_newest_counts_and_nothing_is_overwritten(self, cast, in_app, publish):
        told = []
        events.subscribe(SubjectJudged)(told.append)
        try:
            with in_app():
                ping, lin = cast.person("ping"), cast.person("lin")
                version = publish(lin)
                first = operations.judge(ping, version, "s", FAIR).judgement
                again = operations.judge(ping, version, "s", FAIR).judgement
                assert again.id == first.id  # pressed twice
                second = operations.judge(lin, version, "s", GOOD, path="/grading/s")
                assert second.unseen.id == first.id
                assert queries.judgements(["s"])["s"].total == 15
                assert [row.total for row in queries.judgement_history("s")] == [15, 8]
                news = db.session.scalars(
                    select(Notification).where(Notification.person_id == ping.id)
                ).one()
                assert news.path == "/grading/s"
                assert "8" in news.body["en"] and "15" in news.body["en"]
                assert [event.superseded for event in told] == [None, first.id]
        finally:
            events.subscriptions()
            events._subscribers[SubjectJudged].remove(told.append)

    def test_who_saw_the_other_judgement_is_not_told_of_it(self, cast, in_app, publish):
        with in_app():
            ping, lin = cast.person("ping"), cast.person("lin")
            version = publish(lin)
            first = operations.judge(ping, version, "s", FAIR).judgement
            draft = operations.judge(lin, version, "s", GOOD, is_final=False)
            assert draft.unseen.id == first.id
            assert operations.judge(lin, version, "s", GOOD, seen=first.id).unseen is None
            assert queries.drafts_of(lin, ["s"]) == {}

    def test_the_database_itself_keeps_what_is_final(self, cast, in_app, publish):
        with in_app():
            version = publish(cast.person("lin"))
            made = operations.judge(cast.person("ping"), version, "s", FAIR).judgement
            for change in ("total = 15", "comment = 'x'", "is_draft = true"):
                with pytest.raises(IntegrityError), db.session.begin_nested():
                    db.session.execute(text(f"UPDATE rubric_judgements SET {change}"))
            assert made.total == 8

    def test_many_subjects_are_one_statement(self, cast, in_app, publish, count_queries):
        with in_app():
            ping = cast.person("ping")
            version = publish(cast.person("lin"))
            subjects = [f"submission:{number}:a:b" for number in range(30)]
            for subject in subjects:
                operations.judge(ping, version, subject, GOOD)
            db.session.expunge_all()
            with count_queries() as seen:
                found = queries.judgements(subjects)
                names = {row.judge.name for row in found.values()}
                totals = {row.assessment.total for row in found.values()}
            assert len(seen) == 1 and len(found) == 30 and len(names) == 1 and totals == {15}


class TestComments:
    def test_what_is_shared_is_found_in_the_school_and_counted(self, cast, in_app):
        with in_app():
            lin, ping = cast.person("lin"), cast.person("ping")
            school = organisation_by_slug("rongnan").id
            shared = operations.save_comment(
                lin, LocalizedText({"en": "Say why.", "zh-Hant-TW": "請說明理由。"}),
                ["Reasons", "reasons", " "], organisation_id=school,
            )  # fmt: skip
            operations.save_comment(lin, LocalizedText({"en": "Only mine."}))
            assert [row.id for row in queries.comments_for(ping, "理由")] == [shared.id]
            assert [row.id for row in queries.comments_for(ping, "REASON")] == [shared.id]
            assert queries.comments_for(cast.person("wang"), "") == []
            assert queries.tags_of(ping) == ["reasons"]
            operations.use_comments(ping, [shared.id, uuid.uuid4()])
            operations.use_comments(cast.person("wang"), [shared.id])
            assert db.session.get(SavedComment, shared.id).used_count == 1
            with pytest.raises(NotVisible):
                queries.comment_owned_by(ping, shared.id)
            operations.archive_comment(shared)
            assert queries.comments_for(ping, "") == []
            operations.restore_comment(shared)
            assert len(queries.comments_for(ping, "")) == 1

    def test_an_empty_one_is_not_kept(self, cast, in_app):
        with in_app(), pytest.raises(operations.CommentEmpty):
            operations.save_comment(cast.person("lin"), LocalizedText({}))


def test_two_graders_at_once_are_both_kept_and_one_of_them_counts(site, migrated):
    """Real connections, each of its own."""
    from app.accounts.operations.registration import create_person
    from app.kernel.transaction import operation

    @operation
    def people():
        made = []
        for _number in range(8):
            handle = f"grader-{uuid.uuid4().hex[:8]}"
            person = create_person(name=handle, email=f"{handle}@e.example", handle=handle)
            made.append(person.id)
        return made

    subject = f"submission:{uuid.uuid4()}:n:g"
    with site.app_context():
        from app.accounts.models import Person

        ids = people()
        owner = db.session.get(Person, ids[0])
        made = operations.create_rubric(owner, raw())
        version_id = operations.publish(owner, made, raw(), revision=1).id
        rubric_id = made.id
    start = threading.Barrier(len(ids))
    unseen, faults = [], []

    def grade(person_id, level):
        with site.app_context():
            person = db.session.get(Person, person_id)
            version = db.session.get(RubricVersion, version_id)
            start.wait(20)
            try:
                done = operations.judge(
                    person, version, subject, {"idea": Mark(level), "style": Mark("l0")}
                )
                unseen.append(done.unseen is not None)
            except Exception as error:
                faults.append(error)

    threads = [
        threading.Thread(target=grade, args=(person_id, f"l{at % 3}"))
        for at, person_id in enumerate(ids)
    ]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert faults == []
        assert sorted(unseen) == [False] + [True] * 7
        with site.app_context():
            kept = db.session.scalars(
                select(RubricJudgement).where(RubricJudgement.subject == subject)
            ).all()
            assert {row.judge_id for row in kept} == set(ids)
            assert sum(row.superseded_at is None for row in kept) == 1
            told = db.session.scalars(
                select(Notification.person_id).where(Notification.person_id.in_(ids))
            ).all()
            (counting,) = (row.judge_id for row in kept if row.superseded_at is None)
            assert set(told) == set(ids) - {counting}
    finally:
        with site.app_context():
            for statement in (
                "DELETE FROM rubric_judgements WHERE subject = :subject",
                "DELETE FROM rubric_versions WHERE rubric_id = :rubric",
                "DELETE FROM rubrics WHERE id = :rubric",
                "DELETE FROM notifications WHERE person_id = ANY(:ids)",
                "DELETE FROM people WHERE id = ANY(:ids)",
            ):
                values = {"subject": subject, "rubric": rubric_id, "ids": ids}
                db.session.execute(text(statement), {
                    key: value for key, value in values.items() if f":{key}" in statement
                })  # fmt: skip
            operation(lambda: None)()
