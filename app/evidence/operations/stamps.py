"""What graded an attempt: noted by the process that graded it, at once."""

import hashlib
import json
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from app import engine
from app.evidence.models import GradingStamp
from app.grading.models import Attempt
from app.kernel.database import db
from app.kernel.transaction import operation

__all__ = ["grader", "machine", "stamp"]

LIBRARIES = (
    "ipykernel", "nbclient", "nbconvert", "numpy", "pandas", "scipy", "scikit-learn", "matplotlib",
    "torch", "torchvision",
)  # fmt: skip
"""What results depend on, where it is installed."""


@operation
def stamp(attempt: Attempt) -> GradingStamp:
    """Note what ATTEMPT was graded by."""
    lab = attempt.submission.lab_version
    environment, digest = machine(lab.environment, attempt.without_sandbox)
    made = GradingStamp(
        attempt_id=attempt.id,
        grader=grader(),
        environment=environment,
        environment_digest=digest,
    )
    db.session.add(made)
    db.session.flush()
    return made


@cache
def grader() -> str:
    """The engine with its version and the first half of the SHA-256 over its code."""
    root = Path(engine.__file__).parent
    sums = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        sums.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return f"banyan-engine {_version('banyan') or '0'}+{sums.hexdigest()[:32]}"


@cache
def machine(environment: str, without_sandbox: bool) -> tuple[dict[str, Any], str]:
    """The versions of what notebooks of ENVIRONMENT run with here, and their SHA-256 (hex)."""
    found: dict[str, Any] = {
        "environment": environment,
        "python": platform.python_version(),
        "sandbox": not without_sandbox,
        "libraries": {name: v for name in LIBRARIES if (v := _version(name)) is not None},
    }
    text = json.dumps(found, sort_keys=True, separators=(",", ":"))
    return found, hashlib.sha256(text.encode()).hexdigest()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
