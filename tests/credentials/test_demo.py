"""The demo has a student who finished a course and its cluster before."""

import json

from app import demo
from app.accounts import demo as people
from app.credentials import operations, queries
from app.credentials.tasks import house
from app.kernel.database import db


def test_the_demos_graduate_has_a_course_a_cluster_and_its_record(cast, in_app):
    with in_app():
        demo.load()
        demo.load()
        student = people.load_finished()
        awards = queries.awards_of(student)
        assert sorted(row.kind.value for row in awards) == ["cluster", "course"]
        for row in awards:
            operations.issue(house(), row.id)
        db.session.expire_all()
        signed = {
            f"{award.kind.value} {row.kind.value}": queries.credential(row.id).document
            for award in queries.awards_of(student)
            for row in award.credentials
        }
        record = json.loads(signed["cluster clr"])["credentialSubject"]
        assert len(record["verifiableCredential"]) == 2
        assert json.loads(signed["course badge"])["credentialSubject"]["result"][0]["value"] == "88"
