"""Awards come with the release of a result, and with nothing else."""

from app.credentials import operations, queries
from app.credentials.models import Credential
from app.credentials.rules import AchievementKind, CredentialKind
from app.credentials.tasks import house
from app.kernel.database import db
from tests.credentials.conftest import awards, complete_items, sign_all
from tests.finals.settling import corrected, settle


class TestACourse:
    def test_is_awarded_when_its_final_grade_is_settled_and_not_before(self, graded):
        with graded.app.app_context():
            complete_items(graded, "mei")
            assert [row.kind for row in awards(graded, "mei")] == [AchievementKind.CLUSTER]
            settle(graded)
            course = awards(graded, "mei")[1]
            assert course.kind is AchievementKind.COURSE
            assert course.basis["percent"]
            assert course.basis["section"] == graded.section().code
            assert awards(graded, "hao") == []

    def test_is_awarded_when_the_last_lesson_is_read_after_the_grade_was_settled(self, graded):
        with graded.app.app_context():
            settle(graded)
            assert awards(graded, "mei") == []
            complete_items(graded, "mei")
            assert AchievementKind.COURSE in [row.kind for row in awards(graded, "mei")]

    def test_is_signed_once_however_often_its_ticket_comes(self, graduated):
        with graduated.app.app_context():
            before = db.session.query(Credential).count()
            sign_all(graduated, "mei")
            assert db.session.query(Credential).count() == before == 3

    def test_is_signed_anew_when_the_grade_is_corrected(self, graduated):
        with graduated.app.app_context():
            course = awards(graduated, "mei")[1]
            first = queries.newest_of(course.id, CredentialKind.BADGE)
            corrected(graduated, percent="70")
            sign_all(graduated, "mei")
            db.session.expire_all()
            second = queries.newest_of(course.id, CredentialKind.BADGE)
            assert second.number == 2 and '"70"' in second.document
            assert db.session.get(Credential, first.id).revoked_for == "replaced"

    def test_is_taken_back_when_the_grade_is_not_enough_any_more(self, graduated):
        with graduated.app.app_context():
            corrected(graduated, percent="10")
            course = awards(graduated, "mei")[1]
            assert course.withdrawn_for == "withdrawn"
            assert [row.revoked_for for row in course.credentials] == ["withdrawn"]


class TestACluster:
    def test_holds_the_signed_courses(self, graduated):
        with graduated.app.app_context():
            cluster = awards(graduated, "mei")[0]
            operations.issue_again(graduated.person("mei"), cluster)
            operations.issue(house(), cluster.id)
            record = queries.newest_of(cluster.id, CredentialKind.CLR)
            assert record.document.count('"proofValue"') == 3
