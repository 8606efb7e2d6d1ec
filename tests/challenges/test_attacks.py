"""Participants who want the answers, another score, or everybody's machine."""

import pytest

from app.challenges import operations
from app.challenges.rules import EntryState
from app.kernel import bigfiles
from app.kernel.database import db
from tests.challenges.field import ANSWERS, TRUTH, make, notebook, off_by, table

FALLBACK = (
    "rows = ''.join(f'r{n},{n + 5}\\n' for n in range(10))\n"
    "open('predictions.csv', 'w').write('id,y\\n' + rows)"
)


def scored(cast, challenge, content, name):
    entry = operations.hand_in(cast.person("mei"), challenge, name, content)
    operations.score_entry(entry.id)
    db.session.refresh(entry)
    return entry


SEARCH = """
import os
found = []
for top in ("/data", "/home", "/tmp", "/run", "/opt", "/work", "/root", "/var", "/srv", "/mnt"):
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            try:
                if b"r7,7" in open(path, "rb").read(100_000):
                    found.append(path)
            except OSError:
                pass
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        if b"r7,7" in open(f"/proc/{pid}/environ", "rb").read():
            found.append(pid)
    except OSError:
        pass
if found:
    open("predictions.csv", "wb").write(open(found[0], "rb").read())
else:
""" + "\n".join(f"    {line}" for line in FALLBACK.splitlines())

HOOKS = (
    "import builtins, base64, sys\n"
    'builtins.print = lambda *a, **k: sys.stdout.write(\'{"public": 0.0, "private": 0.0}\\n\')\n'
    "base64.b64encode = lambda data: b'aWQseQo='\n"
)

ANSWERING = (
    "import json, sys\n"
    "class Perfect(float):\n"
    "    def __sub__(self, other): return 0.0\n"
    "    __rsub__ = __eq__ = __sub__\n"
    "def fake(*a, **k):\n    return 0.0\n"
    "import sklearn.metrics\n"
    "sklearn.metrics.mean_absolute_error = fake\n"
)


class TestNotebooks:
    def test_find_the_answers_nowhere(self, enrolled, in_app):
        with in_app():
            challenge = make(enrolled)
            assert bigfiles.is_whole(challenge.evaluation.answers.files[0]["digest"])
            entry = scored(enrolled, challenge, notebook(SEARCH), "n.ipynb")
            assert (entry.state, entry.score.public) == (EntryState.SCORED, 5.0)

    @pytest.mark.parametrize("attack", [HOOKS, ANSWERING])
    def test_change_nothing_where_they_are_scored(self, enrolled, in_app, attack):
        """What their process does to its libraries ends with it: the score is another process's."""
        with in_app():
            entry = scored(enrolled, make(enrolled), notebook(attack, FALLBACK), "n.ipynb")
            assert entry.score is None or (entry.score.public, entry.score.private) == (5.0, 5.0)
            assert entry.state in (EntryState.SCORED, EntryState.INVALID)

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("hold = [bytearray(200_000_000) for _ in range(20)]\nfor b in hold: b[::4096] = b'1' *"
             " len(b[::4096])", "megabytes"),
            ("import os\nwhile True:\n    os.write(1, b'x' * 65536)", "kilobytes"),
            ("import os\nos.kill(os.getpid(), 9)", "name"),
        ],
    )  # fmt: skip
    def test_that_would_fill_the_machine_end_and_say_so(self, enrolled, in_app, code, said):
        with in_app():
            entry = scored(enrolled, make(enrolled), notebook(code), "n.ipynb")
            assert (entry.state, entry.score) == (EntryState.INVALID, None)
            assert said in entry.params
            assert scored(enrolled, make(enrolled, slug="next"), off_by(1), "p.csv").score


class TestFiles:
    @pytest.mark.parametrize(
        "content",
        [
            table({**TRUTH, "r3": "1e999"}),
            table({**TRUTH, "r3": "__import__('os').system('id')"}),
            table({**TRUTH, "r3": '"=cmd|/c calc"'}),
            b"id,y\n" + b"r0,1\n" * 500_000,
            b"id,y\n" + b"r0," + b"9" * 2_000_000 + b"\n",
            b"id,y\n" + b",".join([b"r0"] * 1_000_000),
            b"\x00" * 1000,
            b'{"public": 0.0, "private": 0.0}\n',
        ],
        ids=["infinity", "code", "formula", "many rows", "long cell", "wide", "zeros", "json"],
    )
    def test_are_read_as_text_and_refused_with_a_reason(self, enrolled, in_app, content):
        with in_app():
            entry = scored(enrolled, make(enrolled), content, "p.csv")
            assert (entry.state, entry.score) == (EntryState.INVALID, None)
            assert entry.problem.startswith("file-")

    def test_of_another_place_are_not_read(self, enrolled, in_app):
        """The name that came with a file is a word and no path."""
        with in_app():
            entry = scored(enrolled, make(enrolled), ANSWERS, "../../answers.csv")
            assert entry.file_name == "answers.csv"
            assert entry.score.public == 0.0
