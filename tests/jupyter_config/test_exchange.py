"""The exchange plugin against a site on a real socket."""

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError
from traitlets.config import Config

from jupyter_config import exchange
from jupyter_config.exchange.client import ExchangeClient, ExchangeRefused, ExchangeUnreachable
from jupyter_config.exchange.files import (
    MOST_FILES,
    TooLarge,
    UnsafePath,
    gather,
    restore_missing,
    safe_path,
    write_new,
)
from tests.jupyter_config.fake_site import Site, serve

COURSE, LAB = "smart-a", "first-lab"


@pytest.fixture
def site(tmp_path, monkeypatch):
    site = Site("secret")
    serving = serve(site, tmp_path / "site.sock")
    address = next(serving)
    monkeypatch.setenv("BANYAN_EXCHANGE_URL", f"{address}/api/exchange/v1")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "plain:mei")
    monkeypatch.setenv("JUPYTERHUB_USER", "mei")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    yield site
    serving.close()


def verb(kind, *, course=COURSE, lab=LAB, **options):
    config = Config()
    config.CourseDirectory.course_id = course
    config.CourseDirectory.assignment_id = lab
    config.Exchange.timezone = "Asia/Taipei"
    config.Exchange.timestamp_format = "%Y-%m-%d %H:%M:%S %z"
    config[kind.__name__].update(options)
    return kind(coursedir=CourseDirectory(config=config), config=config)


def fetch(**options):
    verb(exchange.ExchangeFetchAssignment, **options).start()


def submit(**options):
    one = verb(exchange.ExchangeSubmit, **options)
    one.start()
    return one.receipt


class TestFetching:
    def test_brings_the_release_with_its_folders(self, site):
        fetch()
        assert Path(COURSE, LAB, "data", "readings.csv").read_bytes() == b"t,v\n1,2\n"
        assert Path(COURSE, LAB, "first.ipynb").is_file()

    def test_never_replaces_work(self, site):
        fetch()
        Path(COURSE, LAB, "first.ipynb").write_text("my work")
        with pytest.raises(ExchangeError, match="already have a copy"):
            fetch()
        fetch(replace_missing_files=True)
        assert Path(COURSE, LAB, "first.ipynb").read_text() == "my work"

    def test_restores_what_is_missing_when_asked(self, site):
        fetch()
        Path(COURSE, LAB, "data", "readings.csv").unlink()
        fetch(replace_missing_files=True)
        assert Path(COURSE, LAB, "data", "readings.csv").is_file()

    def test_says_the_sites_own_words_when_the_lab_is_not_open(self, site):
        site.enrolled[COURSE].discard("mei")
        with pytest.raises(ExchangeError, match="沒有開放給你"):
            fetch()
        assert not Path(COURSE).exists()

    @pytest.mark.parametrize("path", ["../out.txt", "/etc/x", "a/../../b", ".bashrc", "a\\b", ""])
    def test_refuses_a_path_that_leaves_the_folder(self, site, path):
        site.releases[COURSE, LAB][path] = b"hostile"
        with pytest.raises(ExchangeError, match="to refuse"):
            fetch()
        assert sorted(os.listdir(".")) == []

    def test_refuses_a_damaged_file(self, site, monkeypatch):
        damaged = {"path": "a.txt", "content": "aGVsbG8=", "sha256": "0" * 64}
        answer = {"files": [damaged]}
        monkeypatch.setattr(ExchangeClient, "_ask", lambda *arguments: answer)
        with pytest.raises(ExchangeError, match="damaged"):
            fetch()

    def test_says_that_the_site_does_not_answer(self, site, monkeypatch):
        monkeypatch.setenv("BANYAN_EXCHANGE_URL", "http://127.0.0.1:9/api/exchange/v1")
        with pytest.raises(ExchangeError, match="課程網站"):
            fetch()

    def test_names_a_course_that_could_be_a_path(self, site):
        with pytest.raises(ExchangeError, match="Name the course"):
            fetch(course="..")


class TestSubmitting:
    def test_hands_in_the_folder_and_keeps_the_receipt(self, site):
        fetch()
        Path(COURSE, LAB, "first.ipynb").write_text("{}")
        receipt = submit()
        assert receipt["number"] == 1
        assert receipt["state"] == "queued"
        assert site.submissions[0]["files"]["first.ipynb"] == b"{}"
        assert site.submissions[0]["who"] == "mei"

    def test_leaves_hidden_files_links_and_feedback_behind(self, site):
        fetch()
        folder = Path(COURSE, LAB)
        (folder / "feedback").mkdir()
        (folder / "feedback" / "x.html").write_text("old")
        (folder / ".ipynb_checkpoints").mkdir()
        (folder / ".ipynb_checkpoints" / "first.ipynb").write_text("old")
        (folder / "link.txt").symlink_to("/etc/hostname")
        submit()
        assert set(site.submissions[0]["files"]) == {"first.ipynb", "data/readings.csv"}

    def test_refuses_what_the_site_would_refuse_before_the_upload(self, site):
        fetch()
        with open(Path(COURSE, LAB, "big.bin"), "wb") as file:
            file.truncate(21 * 1024 * 1024)
        with pytest.raises(ExchangeError, match="20 MB"):
            submit()
        assert site.submissions == []

    def test_in_strict_mode_misses_a_notebook(self, site):
        fetch()
        Path(COURSE, LAB, "first.ipynb").unlink()
        with pytest.raises(ExchangeError, match=r"first\.ipynb"):
            submit(strict=True)

    def test_without_a_folder_says_so(self, site):
        with pytest.raises(ExchangeError, match="not found"):
            submit()


class TestListing:
    def test_shows_released_then_fetched(self, site):
        def listed():
            return verb(exchange.ExchangeList, course="", lab="").start()

        assert [(one["status"], one["notebooks"][0]["notebook_id"]) for one in listed()] == [
            ("released", "first")
        ]
        fetch()
        assert listed()[0]["status"] == "fetched"

    def test_shows_own_submissions_in_local_time_with_their_feedback(self, site):
        fetch()
        submit()
        listed = verb(exchange.ExchangeList, cached=True).start()
        one = listed[0]["submissions"][0]
        assert one["timestamp"] == "2026-11-22 11:01:00 +0800"
        assert (one["has_exchange_feedback"], one["has_local_feedback"]) == (True, False)
        verb(exchange.ExchangeFetchFeedback).start()
        one = verb(exchange.ExchangeList, cached=True).start()[0]["submissions"][0]
        assert one["has_local_feedback"] is True
        assert Path(one["local_feedback_path"], "first.html").read_text() == "<p>well done</p>"

    def test_shows_everybodys_to_their_instructor_alone(self, site, monkeypatch):
        fetch()
        submit()
        with pytest.raises(ExchangeError, match="instructors only"):
            verb(exchange.ExchangeList, inbound=True).start()
        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "plain:an-chi")
        listed = verb(exchange.ExchangeList, inbound=True).start()
        assert [one["student_id"] for one in listed[0]["submissions"]] == ["mei"]

    def test_removes_nothing(self, site):
        with pytest.raises(ExchangeError, match="nothing was removed"):
            verb(exchange.ExchangeList, remove=True).start()


class TestCollecting:
    def test_brings_each_students_latest_and_updates_when_asked(self, site, monkeypatch):
        fetch()
        Path(COURSE, LAB, "first.ipynb").write_text("one")
        submit()
        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "plain:an-chi")
        verb(exchange.ExchangeCollect).start()
        collected = Path("submitted", "mei", LAB)
        assert (collected / "first.ipynb").read_text() == "one"
        assert (collected / "timestamp.txt").read_text() == "2026-11-22 03:01:00.000000 UTC"
        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "plain:mei")
        Path(COURSE, LAB, "first.ipynb").write_text("two")
        submit()
        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "plain:an-chi")
        verb(exchange.ExchangeCollect).start()
        assert (collected / "first.ipynb").read_text() == "one"
        verb(exchange.ExchangeCollect, update=True).start()
        assert (collected / "first.ipynb").read_text() == "two"

    @pytest.mark.parametrize(
        "kind", [exchange.ExchangeReleaseAssignment, exchange.ExchangeReleaseFeedback]
    )
    def test_publishing_is_left_to_the_site(self, site, kind):
        with pytest.raises(ExchangeError, match="on the course site"):
            verb(kind).start()


class TestTheClient:
    def test_speaks_over_a_unix_socket(self, site, tmp_path):
        address = str(tmp_path / "site.sock").replace("/", "%2F")
        client = ExchangeClient(f"http+unix://{address}/api/exchange/v1", "plain:mei")
        assert client.courses()[0]["course_id"] == COURSE

    def test_passes_on_what_the_site_says_to_the_person(self, site):
        client = ExchangeClient(os.environ["BANYAN_EXCHANGE_URL"], "plain:stranger")
        with pytest.raises(ExchangeRefused) as refused:
            client.release(COURSE, LAB)
        assert (refused.value.status, refused.value.code) == (404, "not_open")

    @pytest.mark.parametrize(
        "answer", [b"<html>", b"[]", b'{"files": 3}', b'{"files": [{"path": 3}]}', b""]
    )
    def test_an_answer_in_another_language_is_no_crash(self, answer):
        with answering(answer) as url, pytest.raises(ExchangeUnreachable):
            ExchangeClient(url, "token").release(COURSE, LAB)

    def test_outside_of_a_lab_server_says_what_is_missing(self):
        with pytest.raises(ExchangeUnreachable, match="BANYAN_EXCHANGE_URL"):
            ExchangeClient.from_environ({})


class TestFiles:
    def test_a_folder_appears_whole_or_not_at_all(self, tmp_path):
        with pytest.raises(UnsafePath):
            write_new(tmp_path / "lab", {"a": b"1", "../b": b"2"})
        assert list(tmp_path.iterdir()) == []

    def test_restoring_leaves_even_a_broken_link_alone(self, tmp_path):
        (tmp_path / "a").symlink_to("nowhere")
        assert restore_missing(tmp_path, {"a": b"1", "d/b": b"2"}) == ["d/b"]
        assert (tmp_path / "a").is_symlink()

    def test_too_many_files_are_refused(self, tmp_path):
        for number in range(MOST_FILES + 1):
            (tmp_path / f"{number}.txt").touch()
        with pytest.raises(TooLarge, match="100"):
            gather(tmp_path, ())

    @pytest.mark.parametrize("path", [None, 3, "a//b", "a/./b", "x\n", "a" * 256])
    def test_what_is_no_path_is_refused(self, path):
        with pytest.raises(UnsafePath):
            safe_path(path)


class answering:
    """A server that gives every question the same answer."""

    def __init__(self, answer: bytes) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, args=(0.05,)).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()
