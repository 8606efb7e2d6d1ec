"""The house is built as its plan says: file names, walls, one commit site."""

import re
from pathlib import Path

import pytest

from app.factory import ROOMS

APP = Path(__file__).resolve().parents[2] / "app"
KNOWN = {
    "rules", "models", "policies", "queries", "operations", "events", "subscribers", "forms",
    "views", "api", "tasks", "cli", "personal", "templates", "locale", "static", "demo",
    "__pycache__", "__init__",
}  # fmt: skip
OF_THEIR_OWN = {
    "accounts": {"session", "oidc", "hub"},
    "catalog": {
        "folder", "folder_lessons", "folder_notebooks", "folder_specs", "folder_yaml", "imports",
    },
    "bookings": {"purposes"},
    "conversations": {"places"},
    "teams": {"subjects"},
    "skills": {"data"},
    "workspaces": {"gates", "hub"},
    "web": {
        "calendar", "csv", "doors", "errors", "filters", "languages", "layout", "markdown",
        "redirects", "security", "streams", "templating",
    },
}  # fmt: skip


@pytest.mark.parametrize("room", ROOMS)
def test_a_newcomer_can_guess_where_things_are(room):
    names = {path.name.removesuffix(".py") for path in (APP / room).iterdir()}
    assert names - KNOWN - OF_THEIR_OWN.get(room, set()) == set()


def test_only_the_transaction_commits():
    found = [
        str(path.relative_to(APP))
        for path in APP.glob("**/*.py")
        if re.search(r"session\.commit\(", path.read_text())
    ]
    assert found == ["kernel/transaction.py"]


def test_no_file_has_grown_past_what_one_person_reads_at_once():
    long = {
        str(path.relative_to(APP)): lines
        for path in APP.glob("**/*.py")
        if (lines := len(path.read_text().splitlines())) > 400
    }
    assert long == {}


def test_time_comes_from_the_clock():
    found = [
        str(path.relative_to(APP))
        for path in APP.glob("**/*.py")
        if re.search(r"datetime\.(now|utcnow)\(", path.read_text())
    ]
    assert found == ["kernel/clock.py"]
