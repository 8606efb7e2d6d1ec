"""What processes hold in memory."""

import re
from pathlib import Path

import psutil

MEGABYTE_KB = 1024


def tree_mb(root: psutil.Process) -> float:
    """PSS of a process and of all below it, in megabytes: shared pages count by their share."""
    return sum(_pss_kb(p.pid) for p in (root, *root.children(recursive=True))) / MEGABYTE_KB


def _pss_kb(pid: int) -> int:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.M)
    return int(found[1]) if found else 0
