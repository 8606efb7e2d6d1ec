"""nbgrader's own programs, as they are installed, against the site over real sockets."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nbgrader.apps import (
    CollectApp,
    FetchAssignmentApp,
    FetchFeedbackApp,
    ListApp,
    ReleaseAssignmentApp,
    SubmitApp,
)
from sqlalchemy import select
from werkzeug.serving import make_server

from app.grading import queries
from app.grading.models import Submission
from app.kernel import clock
from app.kernel.database import db
from jupyter_config.exchange.client import ExchangeClient, ExchangeRefused
from tests.cast import SOURCE
from tests.grading.conftest import ROOT, site_of_its_own
from tests.grading.helpers import grade_with, result

LAB = "squares"


@pytest.fixture(scope="module")
def served(cluster, config):
    """The site with real commits behind a real socket; ``served.address`` is the exchange's."""
    with site_of_its_own(cluster, config, "nbgrader_apps") as cast:
        server = make_server("127.0.0.1", 0, cast.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        cast.port = server.server_port
        cast.address = f"http://127.0.0.1:{cast.port}/api/exchange/v1"
        try:
            yield cast
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@pytest.fixture
def lab(served, tmp_path, monkeypatch):
    """``lab("mei", SubmitApp, "squares")`` runs a program in mei's home; what it logged."""
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(ROOT / "jupyter_config" / "lab"))
    monkeypatch.setenv("BANYAN_EXCHANGE_URL", served.address)
    monkeypatch.setenv("BANYAN_LANGUAGE", "en")

    def run(handle, program, *arguments, code=0):
        home = tmp_path / handle
        home.mkdir(exist_ok=True)
        monkeypatch.chdir(home)
        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", served.hub.grant(handle))
        monkeypatch.setenv("JUPYTERHUB_USER", handle)
        app = program()
        try:
            app.initialize(["--course", served.code, *arguments])
            if code == 0:
                app.start()
            else:
                with pytest.raises(SystemExit) as left:
                    app.start()
                assert left.value.code == code
        finally:
            for handler in list(app.log.handlers):
                handler.close()
                app.log.removeHandler(handler)
        return home

    return run


def works(served, handle):
    with served.app.app_context():
        return [
            (row.number, sorted(file.path for file in row.files))
            for row in queries.my_submissions(served.person(handle), served.section(), LAB)
        ]


class TestAStudent:
    def test_lists_fetches_submits_and_fetches_feedback(self, served, lab, capfd):
        home = lab("mei", FetchAssignmentApp, LAB)
        folder = home / served.code / LAB
        assert (folder / "squares.ipynb").is_file() and (folder / "data" / "numbers.csv").is_file()
        (folder / "squares.ipynb").write_bytes(SOURCE)
        (folder / "量測 資料").mkdir()
        (folder / "量測 資料" / "第一批.csv").write_text("一,二\n")
        lab("mei", SubmitApp, LAB)
        number, paths = works(served, "mei")[0]
        assert "量測 資料/第一批.csv" in paths
        with served.app.app_context():
            grade_with(queries.my_submissions(served.person("mei"), served.section())[0], result())
        lab("mei", FetchFeedbackApp, LAB)
        (page,) = (folder / "feedback").rglob("squares.html")
        assert "test-squares" in page.read_text() or "squares" in page.read_text()
        lab("mei", SubmitApp, LAB)
        assert works(served, "mei")[0] == (number + 1, paths), "feedback is not handed in"
        lab("mei", ListApp)
        assert LAB in capfd.readouterr().err

    def test_is_refused_what_is_too_large_before_it_is_sent(self, served, lab):
        home = lab("hao", FetchAssignmentApp, LAB)
        before = works(served, "hao")
        with (home / served.code / LAB / "large.bin").open("wb") as large:
            large.truncate(50 * 1024 * 1024)
        lab("hao", SubmitApp, LAB, code=1)
        assert works(served, "hao") == before

    def test_can_neither_collect_nor_release(self, served, lab):
        home = lab("mei", CollectApp, LAB, code=1)
        assert not (home / "submitted").exists()
        lab("mei", ReleaseAssignmentApp, LAB, code=1)


class TestAnInstructor:
    def test_collects_everybodys_newest_and_no_trial(self, served, lab):
        client = ExchangeClient(served.address, served.hub.grant("hao"))
        client.submit(served.code, LAB, {"squares.ipynb": SOURCE})
        lin = ExchangeClient(served.address, served.hub.grant("lin"))
        lin.submit(served.code, LAB, {"squares.ipynb": SOURCE})
        home = lab("lin", CollectApp, LAB)
        collected = {path.parent.parent.name for path in home.rglob("squares.ipynb")}
        assert "hao" in collected and "lin" not in collected

    def test_is_told_where_labs_are_released(self, served, lab):
        home = lab("lin", ReleaseAssignmentApp, LAB, code=1)
        assert isinstance(home, Path)


class TestUploads:
    def test_of_200_at_once_are_all_taken_and_numbered(self, served):
        before = {handle: len(works(served, handle)) for handle in ("mei", "hao")}
        tokens = {handle: served.hub.grant(handle) for handle in before}

        def submit(number):
            handle = ("mei", "hao")[number % 2]
            client = ExchangeClient(served.address, tokens[handle], timeout=120)
            data = {"squares.ipynb": SOURCE, f"資料/{number}.csv": b"x"}
            return handle, client.submit(served.code, LAB, data)["number"]

        with ThreadPoolExecutor(24) as pool:
            numbers = list(pool.map(submit, range(200)))
        for handle, count in before.items():
            mine = sorted(number for who, number in numbers if who == handle)
            assert mine == list(range(count + 1, count + 101))

    def test_that_break_off_leave_nothing_and_can_be_sent_again(self, served):
        before = works(served, "mei")
        path = f"/api/exchange/v1/assignments/{served.code}/{LAB}/submissions"
        with socket.create_connection(("127.0.0.1", served.port)) as line:
            line.sendall(
                (
                    f"POST {path} HTTP/1.1\r\n"
                    f"Host: localhost\r\nAuthorization: token {served.hub.grant('mei')}\r\n"
                    "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
                    '{"files": [{"path": "squares.ipynb", "content": "'
                ).encode()
            )
            line.shutdown(socket.SHUT_WR)
            answer = line.recv(4096)
        assert b" 201 " not in answer.split(b"\r\n")[0]
        assert works(served, "mei") == before
        client = ExchangeClient(served.address, served.hub.grant("mei"))
        assert client.submit(served.code, LAB, {"squares.ipynb": SOURCE})["number"] == (
            before[0][0] + 1 if before else 1
        )

    def test_of_more_than_a_submission_holds_are_refused_whole(self, served):
        before = works(served, "hao")
        client = ExchangeClient(served.address, served.hub.grant("hao"))
        data = {"squares.ipynb": SOURCE, "a.bin": b"\0" * (21 * 1024 * 1024)}
        with pytest.raises(ExchangeRefused) as refused:
            client.submit(served.code, LAB, data)
        assert refused.value.status == 413
        assert works(served, "hao") == before


class TestWhoAsks:
    def test_a_token_shows_its_owner_alone(self, served):
        mei = ExchangeClient(served.address, served.hub.grant("mei"))
        hao = ExchangeClient(served.address, served.hub.grant("hao"))
        number = mei.submit(served.code, LAB, {"squares.ipynb": SOURCE, "mine.txt": b"m"})["number"]
        assert "mine.txt" in mei.own_submission(served.code, LAB, number)
        with served.app.app_context():
            taken = {
                row.number
                for row in queries.my_submissions(served.person("hao"), served.section(), LAB)
            }
        if number in taken:
            assert "mine.txt" not in hao.own_submission(served.code, LAB, number)
        with pytest.raises(ExchangeRefused):
            hao.submitted_files(served.code, LAB, "mei", number)

    def test_a_suspended_person_hands_nothing_in(self, served, lab):
        home = lab("mei", FetchAssignmentApp, LAB)
        assert (home / served.code / LAB).is_dir()
        with served.app.app_context():
            served.person("mei").suspended_at = clock.now()
            db.session.commit()
            count = len(db.session.scalars(select(Submission.id)).all())
        try:
            lab("mei", SubmitApp, LAB, code=1)
            with served.app.app_context():
                assert len(db.session.scalars(select(Submission.id)).all()) == count
        finally:
            with served.app.app_context():
                served.person("mei").suspended_at = None
                db.session.commit()
