"""What is done before the house opens is done once for the same inputs."""

import os
import sys

import pytest

from app.hosting.errors import HostingError
from app.hosting.steps import Step, perform


@pytest.fixture
def run(tmp_path):
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "course.yaml").write_text("one")

    def runner(code: str = "print('done')", identity: str = "db") -> bool:
        step = Step("s", "Courses", (sys.executable, "-c", code), (tmp_path / "inputs",))
        return perform(
            step,
            stamps=tmp_path / "steps.json",
            identity=identity,
            environment=dict(os.environ),
            log=tmp_path / "steps.log",
        )

    return runner


class TestAStep:
    def test_is_skipped_the_second_time(self, run):
        assert [run(), run()] == [True, False]

    def test_runs_again_when_an_input_is_changed_added_or_removed(self, run, tmp_path):
        inputs = tmp_path / "inputs"
        run()
        (inputs / "course.yaml").write_text("two two")
        assert [run(), run()] == [True, False]
        (inputs / "lesson.md").write_text("new")
        assert [run(), run()] == [True, False]
        (inputs / "lesson.md").unlink()
        assert [run(), run()] == [True, False]

    def test_runs_again_on_another_database(self, run):
        run()
        assert run(identity="another db")

    def test_that_fails_says_what_it_printed_and_runs_again(self, run, tmp_path):
        code = "raise SystemExit('course.yaml, line 3: no title')"
        for _ in range(2):
            with pytest.raises(HostingError, match=r"(?s)Courses: .*failed.*course\.yaml, line 3"):
                run(code)
        assert "line 3" in (tmp_path / "steps.log").read_text()
