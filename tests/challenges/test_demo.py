"""The challenge that the courses bring: its data are there, and it can be scored."""

import csv
import io

import pytest

from app.challenges import operations
from app.challenges.rules import EntryState
from app.datasets import operations as datasets
from app.kernel.database import db
from tests.journeys.conftest import ROOT

FOLDER = ROOT / "courses/smart-manufacturing/quality-and-maintenance/challenges/job-run-times"


def test_the_folder_becomes_a_challenge_once(enrolled, in_app):
    with in_app():
        datasets.load_folder(ROOT / "courses")
        made = operations.load_folder(FOLDER, enrolled.section(), published=True)
        assert operations.load_folder(FOLDER, enrolled.section()).id == made.id
        assert [row["reach"] for row in made.skills] == [0.5, 0.25]
        rows = list(csv.DictReader(io.StringIO((FOLDER / "answers.csv").read_text())))
        constant = "id,milliseconds\n" + "".join(f"{row['id']},0.4\n" for row in rows)
        entry = operations.hand_in(enrolled.person("mei"), made, "p.csv", constant.encode())
        operations.score_entry(entry.id)
        db.session.refresh(entry)
        assert entry.state is EntryState.SCORED
        assert entry.score.public == pytest.approx(4, abs=4)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("metric: mape", "metric: best"), "Choose a metric"),
        (("data: [job-run-times/1]", "data: [nowhere/1]"), "no open data set"),
        (("days: 60", "colour: red"), "the keys are"),
        (("days: 60", "days: many"), "whole number"),
        (("reach: 0.5}", "reach: much}"), "'skills' is a list"),
        (("reach: 0.5}", "rank: 1}"), "'skills' is a list"),
        (("reach: 0.5}", "reach: 0.5, weight: 2}"), "a weight above 0, at most 1"),
    ],
)
def test_what_is_wrong_names_the_file(enrolled, in_app, tmp_path, change, said):
    folder = tmp_path / "job-run-times"
    folder.mkdir()
    (folder / "answers.csv").write_bytes((FOLDER / "answers.csv").read_bytes())
    about = (FOLDER / "challenge.yaml").read_text().replace(*change)
    (folder / "challenge.yaml").write_text(about)
    with in_app():
        datasets.load_folder(ROOT / "courses")
        with pytest.raises(operations.FolderInvalid, match=said) as refusal:
            operations.load_folder(folder, enrolled.section())
    assert "challenge.yaml" in str(refusal.value)
