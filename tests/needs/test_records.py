"""Recording, correcting, merging: what holds whoever asks."""

import uuid
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.kernel import blobs
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.needs import operations, queries
from app.needs.models import NeedChange, PainPoint
from app.needs.operations.recordings import forget_file
from app.needs.queries import Asked
from app.needs.rules import Measure, RecordingConsent
from tests.needs.conftest import about, pain, title


class TestAnInterview:
    def test_is_recorded_once_however_often_the_form_is_sent(self, world):
        key = uuid.uuid4()
        with world.in_app():
            fang = world.person("fang")
            first = operations.record_interview(fang, about(), key=key)
            again = operations.record_interview(fang, about(place="elsewhere"), key=key)
            assert again.id == first.id and again.place == "Tainan"

    def test_needs_a_company(self, world):
        with world.in_app(), pytest.raises(operations.CompanyMissing):
            operations.record_interview(
                world.person("fang"), about(company_name=""), key=uuid.uuid4()
            )

    @pytest.mark.parametrize(
        "wrong", [{"industry": "magic"}, {"county": "Atlantis"}, {"tax_id": "12345678"}]
    )
    def test_is_refused_with_what_no_form_offers(self, world, wrong):
        with world.in_app(), pytest.raises(operations.OutOfRange):
            operations.record_interview(world.person("fang"), about(**wrong), key=uuid.uuid4())

    def test_is_not_recorded_by_whoever_comes_along(self, world):
        with world.in_app():
            guild = world.organisation("guild").id
            for handle in ("mei", "lin", "shopkeeper"):
                with pytest.raises(operations.NotThatCompany):
                    operations.record_interview(
                        world.person(handle), about(), key=uuid.uuid4(), recorded_for=guild
                    )

    def test_of_a_company_is_not_written_by_another_company(self, world):
        with world.in_app():
            shop, rival = world.organisation("shop").id, world.organisation("rival").id
            with pytest.raises(operations.NotThatCompany):
                operations.record_interview(
                    world.person("shopkeeper"),
                    about(organisation_id=rival, company_name=""),
                    key=uuid.uuid4(),
                    recorded_for=shop,
                )

    def test_is_seen_by_its_company_and_its_association_and_officers_only(self, world):
        with world.in_app():
            shop = world.organisation("shop").id
        recorded = world.record(
            "guild-head", for_slug="guild", organisation_id=shop, company_name=""
        )
        point = world.hurt(recorded, "guild-head")
        with world.in_app():
            for handle in ("fang", "ting", "shopkeeper", "guild-head"):
                assert queries.interview(world.person(handle), recorded).id == recorded
                assert queries.pain_point(world.person(handle), point).id == point
            for handle in ("rival-boss", "mei", "lin", "ping", "guo", "jia-office"):
                with pytest.raises(NotVisible):
                    queries.interview(world.person(handle), recorded)
                with pytest.raises(NotVisible):
                    queries.pain_point(world.person(handle), point)
                assert queries.ranked(world.person(handle), Asked()).total == 0

    def test_of_a_company_that_is_not_approved_is_not_hers_yet(self, world):
        with world.in_app():
            shop = world.organisation("shop").id
        recorded = world.record(organisation_id=shop, company_name="")
        own = world.record("shopkeeper", for_slug="shop")
        with world.in_app():
            db.session.execute(
                text(
                    "UPDATE organisations SET standing = 'waiting', verified_at = NULL"
                    " WHERE slug = 'shop'"
                )
            )
            db.session.commit()
        with world.in_app():
            shopkeeper = world.person("shopkeeper")
            with pytest.raises(NotVisible):
                queries.interview(shopkeeper, recorded)
            assert queries.interview(shopkeeper, own).id == own

    def test_becomes_the_companys_when_it_signs_up(self, world):
        recorded = world.record(tax_id="04595257")
        with world.in_app():
            with pytest.raises(NotVisible):
                queries.interview(world.person("shopkeeper"), recorded)
            assert operations.adopt_interviews(world.organisation("shop").id) == 1
            assert operations.adopt_interviews(world.organisation("shop").id) == 0
        with world.in_app():
            assert queries.interview(world.person("shopkeeper"), recorded).id == recorded


class TestACorrection:
    def test_stays_in_the_history_with_who_and_for_whom(self, world):
        with world.in_app():
            shop = world.organisation("shop").id
        recorded = world.record(organisation_id=shop, company_name="")
        point = world.hurt(recorded)
        with world.in_app():
            shopkeeper, found = world.person("shopkeeper"), world.point(point)
            assert operations.correct_pain_point(
                shopkeeper, found, pain(now_value=Decimal(9)), revision=1
            )
            (change,) = queries.history_of(found.interview, found)
            assert change.by.handle == "shopkeeper" and change.organisation_id == shop
            assert change.before == {"now_value": "12"} and change.after == {"now_value": "9"}

    def test_of_who_was_asked_leaves_no_name_in_the_history(self, world):
        recorded = world.record()
        with world.in_app():
            found = world.interview(recorded)
            operations.correct_interview(
                world.person("fang"), found, about(contact_name="Somebody else"), revision=1
            )
            (change,) = queries.history_of(found)
            assert "Chen" not in str(change.before) and "else" not in str(change.after)
            assert list(change.after) == ["contact_name"]

    def test_of_an_old_copy_is_refused(self, world):
        recorded = world.record()
        with world.in_app():
            fang, found = world.person("fang"), world.interview(recorded)
            operations.correct_interview(fang, found, about(place="A"), revision=1)
            with pytest.raises(operations.CorrectedMeanwhile):
                operations.correct_interview(fang, found, about(place="B"), revision=1)

    def test_that_changes_nothing_is_none(self, world):
        recorded = world.record()
        with world.in_app():
            found = world.interview(recorded)
            assert not operations.correct_interview(
                world.person("fang"), found, about(), revision=1
            )
            assert queries.history_of(found) == [] and found.revision == 1

    def test_does_not_hand_the_record_to_another_company(self, world):
        with world.in_app():
            shop, rival = world.organisation("shop").id, world.organisation("rival").id
        recorded = world.record(organisation_id=shop, company_name="")
        with world.in_app(), pytest.raises(operations.NotThatCompany):
            operations.correct_interview(
                world.person("shopkeeper"),
                world.interview(recorded),
                about(organisation_id=rival, company_name=""),
                revision=1,
            )

    def test_is_never_changed_afterwards(self, world):
        recorded = world.record()
        with world.in_app():
            found = world.interview(recorded)
            operations.correct_interview(world.person("fang"), found, about(place="A"), revision=1)
            change = db.session.query(NeedChange).one()
            change.after = {"place": "B"}
            with pytest.raises(IntegrityError, match="never changed"):
                db.session.flush()


class TestARecording:
    def test_is_kept_only_of_who_agreed(self, world):
        recorded = world.record()
        with world.in_app(), pytest.raises(operations.NotAgreed):
            operations.keep_recording(
                world.person("fang"), world.interview(recorded), "a.mp3", b"sound"
            )

    def test_goes_when_consent_is_taken_back(self, world, frozen):
        from datetime import timedelta

        from app.kernel import clock

        recorded = world.record(recording_consent=RecordingConsent.GIVEN)
        content = uuid.uuid4().bytes
        with world.in_app():
            fang, found = world.person("fang"), world.interview(recorded)
            operations.keep_recording(fang, found, "../talk.mp3", content)
            address = found.recording_blob
            assert found.recording_name == "talk.mp3" and not forget_file(address)
            operations.correct_interview(
                fang, found, about(recording_consent=RecordingConsent.REFUSED), revision=1
            )
            assert found.recording_blob is None and found.consent_at is not None
            with frozen(clock.now() + timedelta(hours=1)):
                assert forget_file(address)
            with pytest.raises(blobs.BlobMissing):
                blobs.get(address)

    @pytest.mark.parametrize(("name", "content"), [("a.exe", b"x"), ("a.mp3", b""), ("", b"x")])
    def test_is_a_recording(self, world, name, content):
        recorded = world.record(recording_consent=RecordingConsent.GIVEN)
        with world.in_app(), pytest.raises(operations.NotARecording):
            operations.keep_recording(
                world.person("fang"), world.interview(recorded), name, content
            )

    def test_without_consent_is_refused_by_the_database(self, world):
        recorded = world.record()
        with world.in_app():
            world.interview(recorded).recording_blob = "0" * 64
            with pytest.raises(IntegrityError, match="no_recording_without_consent"):
                db.session.flush()


class TestAMerge:
    def test_adds_to_the_reach_and_can_be_undone(self, world):
        one = world.hurt(world.record(company_name="A"))
        two = world.hurt(world.record(company_name="B"), people_count=6)
        three = world.hurt(world.record(company_name="C"), people_count=None, company_count=40)
        with world.in_app():
            fang = world.person("fang")
            operations.merge(fang, world.point(two), world.point(one))
            operations.merge(fang, world.point(one), world.point(three))
            reach = queries.reach_of(world.point(two))
            assert (reach.companies, reach.people, reach.records) == (42, 10, 3)
            assert world.point(two).head_id == three
            assert [row.pain_point.id for row in queries.ranked(fang, Asked()).rows] == [three]
            operations.undo_merge(fang, world.point(one))
            assert world.point(two).head_id == one == world.point(one).head_id
            assert queries.reach_of(world.point(one)).companies == 2
            assert queries.reach_of(world.point(three)).companies == 40

    def test_counts_a_company_once_however_often_it_told(self, world):
        one = world.hurt(world.record(company_name="A "))
        two = world.hurt(world.record(company_name="a "), people_count=9)
        with world.in_app():
            operations.merge(world.person("fang"), world.point(two), world.point(one))
            reach = queries.reach_of(world.point(one))
            assert (reach.companies, reach.people, reach.records) == (1, 9, 2)

    def test_is_for_officers(self, world):
        one, two = (world.hurt(world.record("shopkeeper", for_slug="shop")) for _ in "ab")
        with world.in_app():
            for handle in ("shopkeeper", "guild-head", "mei"):
                with pytest.raises(NotVisible):
                    operations.merge(world.person(handle), world.point(one), world.point(two))

    def test_of_what_was_merged_or_removed_is_refused(self, world):
        one, two, three = (world.hurt(world.record()) for _ in "abc")
        with world.in_app():
            fang = world.person("fang")
            operations.merge(fang, world.point(one), world.point(two))
            for source, into in ((one, three), (three, one), (three, three)):
                with pytest.raises(operations.AlreadyMerged):
                    operations.merge(fang, world.point(source), world.point(into))
            with pytest.raises(operations.NotMerged):
                operations.undo_merge(fang, world.point(two))
            with pytest.raises(operations.StillTheHead):
                operations.remove_pain_point(fang, world.point(two))
            with pytest.raises(operations.StillTheHead):
                operations.remove_interview(fang, world.point(two).interview)
            operations.remove_pain_point(fang, world.point(three))
            with pytest.raises(operations.AlreadyMerged):
                operations.merge(fang, world.point(three), world.point(two))

    def test_hides_nothing_from_whom_it_belongs_to(self, world):
        hers = world.hurt(world.record("shopkeeper", for_slug="shop"), "shopkeeper")
        other = world.hurt(world.record("rival-boss", for_slug="rival"), "rival-boss")
        with world.in_app():
            operations.merge(world.person("fang"), world.point(hers), world.point(other))
            shopkeeper = world.person("shopkeeper")
            assert [r.pain_point.id for r in queries.ranked(shopkeeper, Asked()).rows] == [hers]
            assert queries.head_of(shopkeeper, world.point(hers)) is None
            assert [row.id for row in queries.pain_points_open_to(shopkeeper)] == [hers]


class TestResemblance:
    def test_finds_the_same_in_other_words_and_nothing_else(self, world):
        same = world.hurt(
            world.record(),
            "fang",
            title=title("Food thrown away in the evening", "晚上丟掉太多食材"),
        )
        other = world.hurt(
            world.record(),
            "fang",
            process="",
            title=title("Parts are checked by eye", "人工目檢零件"),
        )
        mine = world.hurt(world.record())
        with world.in_app():
            fang = world.person("fang")
            found = [row.pain_point.id for row in queries.resembling(fang, world.point(mine))]
            assert same in found and other not in found
            ((one, two, how),) = queries.pairs_alike(fang)
            assert {one.id, two.id} == {same, mine} and how > 0.3

    def test_costs_the_same_however_many_there_are(self, world, count_queries):
        for _index in range(3):
            world.hurt(world.record())

        def cost():
            with world.in_app():
                fang = world.person("fang")
                with count_queries() as seen:
                    queries.pairs_alike(fang)
                    queries.ranked(fang, Asked())
                    queries.interviews(fang, Asked())
            return len(seen)

        before = cost()
        for _index in range(4):
            world.hurt(world.record())
        assert cost() == before


def test_a_brief_begins_with_what_was_told(world):
    with world.in_app():
        shop = world.organisation("shop").id
    point = world.hurt(world.record(organisation_id=shop, company_name=""))
    with world.in_app():
        shopkeeper = world.person("shopkeeper")
        (found,) = queries.pain_points_open_to(shopkeeper)
        made = queries.prefill(queries.pain_point(shopkeeper, point))
        assert made["pain_point_id"] == point == found.id
        assert made["organisation_id"] == shop and made["county"] == "臺南市"
        assert made["title"]["zh-Hant-TW"] == "每天晚上都在丟食材"
        assert made["outcome"]["en"] == "Waste: from 12 kg a day to 5 kg a day"
        assert made["measure"] is Measure.WASTE and made["industry"] == "smart-business-services"
        assert made["context"]["en"] == "Orders are guessed every afternoon."
        assert made["figures"] == [("Orders a day", Decimal(240), "orders")]
        assert queries.pain_points_open_to(world.person("rival-boss")) == []


def test_what_was_removed_comes_back(world):
    recorded = world.record()
    point = world.hurt(recorded)
    with world.in_app():
        fang = world.person("fang")
        operations.remove_interview(fang, world.interview(recorded))
        assert queries.ranked(fang, Asked()).total == 0
        assert queries.interviews(fang, Asked()).total == 0
        assert queries.interviews(fang, Asked(state="removed")).total == 1
        with pytest.raises(NotVisible):
            queries.pain_point(fang, point)
        operations.restore_interview(fang, world.interview(recorded))
        assert queries.pain_point(fang, point).id == point


def test_numbers_of_pain_points_are_the_databases(world):
    point = world.hurt(world.record())
    with world.in_app():
        assert db.session.query(PainPoint.number).filter_by(id=point).scalar() >= 1
