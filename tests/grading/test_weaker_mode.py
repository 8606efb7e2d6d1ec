"""Machines without sandboxes: nothing is graded, unless the operator accepts what that means."""

import os
import tempfile
import time

import psutil
import pytest

from app import engine
from app.engine import grading
from app.engine.unsandboxed_executor import UnsandboxedExecutor
from app.kernel.config import Config, ConfigError
from tests.engine import build
from tests.grading.conftest import alive, rows, until
from tests.grading.helpers import hand_in
from tests.grading.tampering import text_of

WITHOUT_NAMESPACES = (
    "import sys, jupyter_config.sandbox as sandbox\n"
    "sandbox.available = lambda: 'This machine makes no namespaces.'\n"
    "from app.cli import main\n"
    "main(sys.argv[1:])\n"
)


def run(code: str, **limits) -> engine.NotebookResult:
    """The result of a notebook with this code and one test, unconfined."""
    source = build.notebook(
        build.solution("answer = None", "answer"), build.test("assert answer == 7", "t", points=4)
    )
    sent = build.notebook(
        build.solution(code, "answer"), build.test("assert answer == 7", "t", points=4)
    )
    lab = engine.LabSource(notebooks=(engine.NotebookSource("lab", source),))
    (result,) = grading.grade(
        lab,
        {"lab.ipynb": sent},
        limits=engine.Limits(**limits),
        executor=UnsandboxedExecutor(),
    )
    return result


class TestAWorker:
    def test_says_so_and_leaves_submissions_in_their_line(self, house, worker, tmp_path):
        worker(program=WITHOUT_NAMESPACES)
        until(lambda: alive(house) == 1, tmp_path)
        with house.app.app_context():
            hand_in(house, "mei")
        assert rows(house, "SELECT obstacle FROM worker_reports") == [
            ("This machine makes no namespaces.",)
        ]
        log = tmp_path / "worker-0.log"
        assert "THIS WORKER DOES NOT GRADE" in log.read_text()
        mails = "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'mail'"
        with house.app.app_context():
            from app.kernel import mail
            from app.kernel.database import db

            mail.send(to="nobody@x.example", subject="Still done", text="Other jobs go on.")
            db.session.commit()
        until(lambda: rows(house, mails) == [(0,)], tmp_path)
        assert rows(house, "SELECT state, claim_count FROM attempts") == [("queued", 0)]
        page = house.browser("ting").get("/grading/queue").text
        assert "This machine makes no namespaces." in page

    def test_grades_when_the_operator_accepts_the_risk_and_every_reader_is_told(
        self, house, worker, tmp_path
    ):
        with house.app.app_context():
            made = hand_in(house, "mei")
            address = f"/submissions/{made.id}"
        worker(program=WITHOUT_NAMESPACES, BANYAN_GRADE_WITHOUT_SANDBOX="accept-the-risk")
        until(lambda: rows(house, "SELECT state FROM attempts") == [("graded",)], tmp_path)
        assert "WITHOUT A SANDBOX" in (tmp_path / "worker-0.log").read_text()
        assert rows(house, "SELECT without_sandbox, score FROM attempts") == [(True, 4.0)]
        assert set(rows(house, "SELECT assurance FROM cell_scores")) == {("shared",)}
        for handle in ("mei", "lin"):
            assert "Graded without a sandbox" in text_of(house.browser(handle).get(address).text)
        assert "without a sandbox" in house.browser("ting").get("/grading/queue").text


class TestTheRisk:
    def test_is_accepted_in_these_words_only(self, tmp_path):
        def read(value):
            return Config.from_environ(
                {"BANYAN_INSTANCE": str(tmp_path), "BANYAN_GRADE_WITHOUT_SANDBOX": value}
            ).grade_without_sandbox

        assert not read("") and read("accept-the-risk")
        for word in ("1", "yes", "true", "accept"):
            with pytest.raises(ConfigError, match="accept-the-risk"):
                read(word)


class TestAnUnconfinedNotebook:
    def test_gets_the_score_that_it_gets_elsewhere(self):
        result = run("answer = 7")
        assert (result.state, result.score) == ("graded", 4.0)
        assert {cell.assurance for cell in result.cells} == {"shared"}
        assert run("answer = 8").score == 0.0

    def test_ends_within_its_time(self):
        began = time.monotonic()
        result = run("import time\ntime.sleep(600)", cell_seconds=1, total_seconds=3)
        assert result.score == 0.0
        assert time.monotonic() - began < 40

    def test_ends_within_its_memory(self):
        result = run(
            "answer = 7\nkept = bytearray(900 * 2**20)\nkept[::4096] = b'x' *"
            " len(kept[::4096])\nimport time\ntime.sleep(5)",
            memory_mb=300,
        )
        assert (result.state, result.reason_code) == ("failed", "memory")

    def test_sees_none_of_the_graders_variables(self, monkeypatch):
        monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
        assert run("import os\nanswer = 7 if 'DATABASE_URL' not in os.environ else 0").score == 4.0

    def test_leaves_no_process_behind_not_even_one_that_went_away(self):
        mark = f"went-away-{os.getpid()}-{time.monotonic_ns()}"
        result = run(
            "import subprocess, sys\nanswer = 7\n"
            f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', '{mark}'],"
            " start_new_session=True)"
        )
        assert result.score == 4.0
        left = [p for p in psutil.process_iter(["cmdline"]) if mark in (p.info["cmdline"] or [])]
        assert [p for p in left if p.status() != psutil.STATUS_ZOMBIE] == []

    def test_leaves_no_file_behind(self, tmp_path, monkeypatch):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        assert run("open('left.txt', 'w').write('x')\nanswer = 7").score == 4.0
        assert list(tmp_path.iterdir()) == []
