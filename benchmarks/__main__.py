"""``python -m benchmarks [NAME]``: all benchmarks, or one."""

import importlib
import signal
import subprocess
import sys
from types import FrameType

from benchmarks import report, size

NAMES = (
    *("pages", "gradebook", "marking", "credentials"),
    *("grading-latency", "grading", "submit-storm", "spawn", "matching"),
)


def main(arguments: list[str]) -> int:
    names = arguments or list(NAMES)
    if unknown := [name for name in names if name not in NAMES]:
        report.say(f"There is no benchmark {unknown[0]!r}. There are: {', '.join(NAMES)}.")
        return 2
    signal.signal(signal.SIGTERM, _leave)
    if len(names) == 1:
        report.keep_standard_output_for_lines()
        importlib.import_module(f"benchmarks.{names[0].replace('-', '_')}").run(size.chosen())
        return 0
    # One process each: none measures with what another has loaded.
    return max(_alone(name) for name in names)


def _alone(name: str) -> int:
    report.say(f"── {name}")
    process = subprocess.Popen([sys.executable, "-m", "benchmarks", name])
    try:
        return process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise


def _leave(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends a benchmark the way an error does: it cleans up."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
