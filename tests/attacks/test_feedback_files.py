"""Feedback files of hostile work: nothing is fetched, nothing runs, memory and time are bounded."""

import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from app import engine
from tests.grading.test_feedback_files import graded_with

pytest_plugins = ["tests.cast"]


@pytest.fixture
def trap():
    """A server that notes who asks it for something; ``trap.address``."""
    asked = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Noting)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    server.asked = asked
    server.address = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def hostile(address, secret):
    return (
        f"<script>fetch('{address}/script')</script>"
        f"<img src='{address}/img.png'><img src='file://{secret}'>"
        f"<link rel=stylesheet href='{address}/a.css'><link rel=attachment href='file://{secret}'>"
        f"<style>@import url('{address}/b.css');body{{background:url('{address}/c.png')}}</style>"
        f"<object data='file://{secret}'></object><iframe src='{address}/frame'></iframe>"
        f"<svg><image href='{address}/svg.png'/></svg><a href='x' onclick='alert(1)'>x</a>"
        f"<img src='data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22>"
        f"<image href=%22{address}/inner.png%22/></svg>'>"
    )


@pytest.fixture
def secret(tmp_path):
    found = tmp_path / "secret.txt"
    found.write_text("THESECRETOFTHEHOUSE")
    return found


@pytest.fixture
def handed_in(enrolled, trap, secret):
    """mei's notebook says hostile things wherever a notebook can."""
    evil = hostile(trap.address, secret)
    with enrolled.app.app_context():
        work = graded_with(
            enrolled,
            "mei",
            engine.FeedbackBlock("markdown", f"{evil}\n\n![x]({trap.address}/md.png)"),
            engine.FeedbackBlock("code", evil, outputs=(engine.FeedbackOutput("text", evil),)),
        )
        enrolled.address = f"/submissions/{work.id}/feedback"
    return enrolled


class TestHtml:
    def test_has_nothing_that_runs_or_is_fetched(self, handed_in):
        text = handed_in.browser("mei").get(f"{handed_in.address}.html").text
        alive = re.sub(r"<style>.*?</style>", "", text, count=1, flags=re.S)
        for tag in ("script", "link", "object", "iframe", "svg", "style"):
            assert f"<{tag}" not in alive.lower(), tag
        assert re.findall(r"<[^>]*\son\w+=", alive) == []
        # Pictures of others are left out.
        assert set(re.findall(r"src=\"([^\"]*)\"", alive)) <= {""}


class TestPdf:
    def test_of_a_hostile_notebook_fetches_nothing(self, handed_in, trap):
        answer = handed_in.browser("mei").get(f"{handed_in.address}.pdf")
        assert answer.data.startswith(b"%PDF-")
        assert trap.asked == []
        assert b"THESECRETOFTHEHOUSE" not in answer.data

    def test_fetches_nothing_even_of_a_page_that_is_hostile_itself(self, trap, secret):
        made = engine.pdf_of(f"<!doctype html><p>x</p>{hostile(trap.address, secret)}")
        assert made.startswith(b"%PDF-")
        assert trap.asked == []
        assert b"THESECRETOFTHEHOUSE" not in made and b"EmbeddedFile" not in made

    def test_knows_nothing_of_the_houses_environment(self, monkeypatch):
        monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
        monkeypatch.setenv("FONTCONFIG_FILE", "/nonexistent")
        assert engine.pdf_of("<p>x</p>").startswith(b"%PDF-")

    def test_ends_within_its_time(self):
        with pytest.raises(engine.PdfFailed):
            engine.pdf_of("<table>" + "<tr><td>x<td>y" * 400_000, seconds=2)

    def test_ends_within_its_memory(self):
        with pytest.raises(engine.PdfFailed, match="MemoryError"):
            engine.pdf_of("x" * 80_000_000, seconds=60, memory_mb=256)

    def test_of_huge_output_is_shortened_and_says_so(self, enrolled):
        with enrolled.app.app_context():
            output = engine.FeedbackOutput("text", "9" * 900_000)
            work = graded_with(
                enrolled, "mei", engine.FeedbackBlock("code", "x", outputs=(output,))
            )
            address = f"/submissions/{work.id}/feedback"
        mei = enrolled.browser("mei")
        assert "700000 more characters" in mei.get(f"{address}.html").text
        assert mei.get(f"{address}.pdf").data.startswith(b"%PDF-")
