"""What a holder and an issuer see and do, and nobody else."""

import io

import pytest
from pypdf import PdfReader

from app.credentials import operations, queries
from app.credentials.models import Credential
from app.credentials.rules import AchievementKind, Reason
from app.credentials.tasks import house
from app.engine import pdf_missing
from app.kernel.database import db
from app.notifications.models import Notification
from tests.credentials.conftest import awards, sign_all


def course_award(cast):
    return next(row for row in awards(cast, "mei") if row.kind is AchievementKind.COURSE)


class TestMine:
    def test_lists_what_i_have_in_a_constant_number_of_statements(self, graduated, count_queries):
        mei, hao = graduated.browser("mei"), graduated.browser("hao")
        hao.get("/me/credentials")
        with count_queries() as none:
            assert "No credential yet" in hao.get("/me/credentials").text
        mei.get("/me/credentials")
        with count_queries() as two:
            page = mei.get("/me/credentials")
        assert "Areas and squares" in page.text and "Geometry" in page.text
        assert len(two) <= len(none) + 4, two

    def test_is_told_when_a_badge_is_mine(self, graduated):
        with graduated.app.app_context():
            operations.tell_issued(course_award(graduated).id)
            rows = db.session.query(Notification).filter_by(kind="credentials.mine").all()
            assert sorted(row.subject["en"] for row in rows) == [
                "A badge is yours: Areas and squares", "A badge is yours: Geometry",
            ]  # fmt: skip

    def test_can_be_declined_and_taken_after_all(self, graduated):
        browser = graduated.browser("mei")
        with graduated.app.app_context():
            award_id = course_award(graduated).id
        assert browser.post(f"/me/credentials/{award_id}/decline").status_code == 303
        with graduated.app.app_context():
            award = queries.award_of(award_id)
            assert award.withdrawn_for is Reason.DECLINED
            assert operations.look_at_course(graduated.section()) == 0
        assert browser.post(f"/me/credentials/{award_id}/accept").status_code == 303
        with graduated.app.app_context():
            sign_all(graduated, "mei")
            live = [row for row in queries.award_of(award_id).credentials if not row.revoked_at]
            assert [row.number for row in live] == [2]

    def test_is_nobody_elses_to_change(self, graduated):
        with graduated.app.app_context():
            award_id = course_award(graduated).id
        for handle in ("hao", "lin", "jia-office"):
            answer = graduated.browser(handle).post(f"/me/credentials/{award_id}/decline")
            assert answer.status_code == 404

    def test_names_me_only_when_i_want_it(self, graduated, badge_id):
        browser = graduated.browser("mei")
        with graduated.app.app_context():
            name = graduated.person("mei").name
            assert name not in db.session.get(Credential, badge_id()).document
        browser.post("/me/credentials/name", data={"shows-name": "1"})
        with graduated.app.app_context():
            sign_all(graduated, "mei")
            found = db.session.get(Credential, badge_id())
            checked = operations.check(house(), found.document)
            assert checked.verification.ok
            said = checked.document["credentialSubject"]["identifier"]
            assert {"type": "IdentityObject", "identityType": "name", "hashed": False,
                    "identityHash": name} in said  # fmt: skip


@pytest.mark.skipif(pdf_missing() is not None, reason="this machine sets no type")
class TestPaper:
    def test_a_certificate_is_one_sheet_with_the_credential_in_it(self, graduated, badge_id):
        stranger = graduated.app.test_client()
        content = stranger.get(f"/credentials/{badge_id()}.pdf").data
        with PdfReader(io.BytesIO(content)) as reader:
            assert len(reader.pages) == 1
            said = reader.pages[0].extract_text()
            assert "Areas and squares" in said and "面積與平方" in said
            with graduated.app.app_context():
                assert graduated.person("mei").name not in said
            assert list(reader.attachments) == ["credential.json"]
        stranger.set_cookie("locale", "en")
        data = {"file": (io.BytesIO(content), "certificate.pdf")}
        answer = stranger.post("/verify", data=data, content_type="multipart/form-data")
        assert 'verdict-word">Valid<' in answer.text

    def test_a_transcript_lists_what_is_valid(self, graduated):
        answer = graduated.browser("mei").get("/me/transcript.pdf")
        assert answer.status_code == 200
        with PdfReader(io.BytesIO(answer.data)) as reader:
            said = "".join(page.extract_text() for page in reader.pages)
        assert "Areas and squares" in said and "Geometry" in said


class TestIssuing:
    def test_is_for_the_schools_own_office_and_officers(self, graduated):
        for handle, status in (("jia-office", 404), ("fang", 200), ("ting", 200), ("mei", 403)):
            assert graduated.browser(handle).get("/issuers/programme").status_code == status
        own = graduated.browser("jia-office").get("/issuers")
        assert own.status_code == 200

    def test_lists_what_was_issued_in_a_constant_number_of_statements(
        self, graduated, count_queries
    ):
        officer = graduated.browser("fang")
        officer.get("/issuers/programme")
        with count_queries() as one:
            assert "Geometry" not in officer.get("/issuers/programme?q=Nobody").text
        with count_queries() as seen:
            page = officer.get("/issuers/programme")
        assert "Geometry" in page.text
        assert len(seen) <= len(one) + 1, seen
        assert "Geometry" in officer.get("/issuers/programme?q=幾何").text
        assert "Geometry" in officer.get("/issuers/programme?format=csv").text

    def test_revokes_with_a_reason_that_the_holder_reads(self, graduated):
        officer = graduated.browser("fang")
        with graduated.app.app_context():
            award_id = course_award(graduated).id
        where = f"/issuers/awards/{award_id}/revocation"
        assert officer.post(where, data={"reason": "mistake", "note": ""}).status_code == 422
        officer.post(where, data={"reason": "mistake", "note": "Wrong section"})
        page = graduated.browser("mei").get("/me/credentials")
        assert "It was issued by mistake" in page.text and "Wrong section" in page.text
        with graduated.app.app_context():
            assert operations.look_at_course(graduated.section()) == 0

    def test_of_everybody_at_once_gives_each_one_and_nobody_two(self, graduated):
        with graduated.app.app_context():
            officer = graduated.person("fang")
            run = operations.begin_run(officer, AchievementKind.CLUSTER, "geometry")
            with pytest.raises(operations.AlreadyRunning):
                operations.begin_run(officer, AchievementKind.CLUSTER, "geometry")
            operations.go_on(run.id)
            operations.go_on(run.id)
            progress = queries.run_progress(run.id)
            assert (progress.run.looked_count, progress.awarded, progress.is_done) == (2, 0, True)
        page = graduated.browser("fang").get(f"/issuers/runs/{run.id}")
        assert "Done: 0 credentials were issued." in page.text

    def test_stops_when_the_site_has_moved(self, graduated):
        with graduated.app.app_context():
            award = course_award(graduated)
            operations.issue_again(graduated.person("mei"), award)
            elsewhere = operations.House("https://elsewhere.example", house().instance)
            with pytest.raises(operations.AddressMoved):
                operations.issue(elsewhere, award.id)
