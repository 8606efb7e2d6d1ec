"""What processes hold in memory."""

import re
import threading
from contextlib import suppress
from pathlib import Path

import psutil

MEGABYTE_KB = 1024
SAMPLE_SECONDS = 1.0


class Peak:
    """The most memory that processes and all below them held together (PSS), in megabytes."""

    def __init__(self, *roots: psutil.Process) -> None:
        self.roots = roots
        self.mb = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while True:
            with suppress(psutil.Error, OSError):  # a notebook's process may go while we look
                self.mb = max(self.mb, sum(tree_mb(root) for root in self.roots))
            if self._over.wait(SAMPLE_SECONDS):
                return


def tree_mb(root: psutil.Process) -> float:
    """PSS of a process and of all below it, in megabytes: shared pages count by their share."""
    return sum(pss_mb(p.pid) for p in (root, *root.children(recursive=True)))


def pss_mb(pid: int) -> float:
    """PSS of one process, in megabytes."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.M)
    return int(found[1]) / MEGABYTE_KB if found else 0.0
