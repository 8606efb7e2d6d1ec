"""Where Banyan is installed does not change what its labs can import."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
GRADE = r"""
import logging
logging.basicConfig(level=logging.WARNING)
from app import engine
from tests.engine import build
lab = build.notebook(
    build.solution("import only_there"),
    build.test("import only_there\nassert only_there.VALUE == 7"),
)
result = build.grade(lab)
engine.shut_down()
print(result.state, result.score)
"""


def test_an_installation_below_the_covered_folder_keeps_its_libraries() -> None:
    """Seen: below /tmp every library that was not loaded yet was missing, and scores were wrong."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        venv = Path(folder, "installed", ".venv")
        try:
            shutil.copytree(sys.prefix, venv, symlinks=True, copy_function=os.link)
        except OSError as error:
            pytest.skip(f"The environment cannot be linked below /tmp: {error}")
        packages = next(venv.glob("lib/python3*/site-packages"))
        (packages / "only_there.py").write_text("VALUE = 7")
        done = subprocess.run(
            [venv / "bin" / "python", "-c", GRADE],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.stdout.strip() == "graded 1.0", done.stderr
    assert "did not start" not in done.stderr
