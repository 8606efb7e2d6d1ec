"""Files that libraries otherwise compute anew in every fresh sandbox.

matplotlib lists the machine's fonts at its first use, which takes seconds. The list is made once
per process, inside a sandbox, and handed to each kernel. It holds nothing but font names.
"""

from __future__ import annotations

import functools
import subprocess
import sys
from typing import Final

from jupyter_config import sandbox

__all__ = ["cache_files"]

FONTS: Final = """
import sys, matplotlib, matplotlib.font_manager as fonts
name = f"fontlist-v{fonts.FontManager.__version__}.json"
folder = matplotlib.get_cachedir()
with open(f"{folder}/{name}", "rb") as file:
    sys.stdout.buffer.write(name.encode() + b"\\n" + file.read())
"""
LIBRARY: Final = b"matplotlib"
USERS: Final = (LIBRARY, b"pylab", b"seaborn", b"pandas", b"sklearn", b"statsmodels", b"scipy")


def cache_files(*sources: bytes) -> dict[str, bytes]:
    """Return files below the home folder that suit notebooks with these sources."""
    if not any(user in source for source in sources for user in USERS):
        return {}
    return dict(_fonts())


@functools.cache
def _fonts() -> tuple[tuple[str, bytes], ...]:
    box = sandbox.Sandbox(
        read_only=sandbox.python_paths(),
        home="/tmp",  # noqa: S108  # the sandbox's own
    )
    try:
        done = box.run([sys.executable, "-I", "-c", FONTS], timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ()  # without the list, the first picture is slow and nothing else
    name, found, content = done.stdout.partition(b"\n")
    if done.returncode != 0 or not found or not name.startswith(b"fontlist"):
        return ()
    return ((f".cache/matplotlib/{name.decode()}", content),)
