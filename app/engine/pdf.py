"""A page as PDF, made by a program of its own under limits, that fetches nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from ctypes.util import find_library
from pathlib import Path
from typing import Final

from app.engine import printing

__all__ = ["PACKAGES", "PdfFailed", "PdfUnavailable", "pdf_missing", "pdf_of"]

PACKAGES: Final = "libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk"
"""What a Debian machine needs beside Python."""
SECONDS: Final = 40
MEMORY_MB: Final = 1536
MOST_PDF_BYTES: Final = 40 * 1024**2
_PROGRAM: Final = str(Path(printing.__file__))


class PdfUnavailable(Exception):
    """This machine cannot set type; ``command`` is what to type."""

    command: Final = f"apt-get install {PACKAGES}"

    def __init__(self) -> None:
        super().__init__(f"PDFs cannot be made on this machine. Type: {self.command}")


class PdfFailed(Exception):
    """The page was too much for the limits, or could not be set."""


def pdf_missing() -> str | None:
    """What to type so that PDFs can be made on this machine; None when they can."""
    found = all(find_library(name) for name in ("pango-1.0", "pangoft2-1.0"))
    return None if found else PdfUnavailable.command


def pdf_of(page: str, *, seconds: int = SECONDS, memory_mb: int = MEMORY_MB) -> bytes:
    """PAGE as PDF, within SECONDS and MEMORY_MB.

    Raises PdfUnavailable, PdfFailed.
    """
    with tempfile.TemporaryDirectory(prefix="banyan-pdf-") as home:
        try:
            done = subprocess.run(
                [sys.executable, "-I", _PROGRAM, str(seconds), str(memory_mb)],
                input=page.encode(),
                capture_output=True,
                timeout=2 * seconds + 5,  # of CPU time it has SECONDS
                cwd=home,
                # No secrets of the site's: the child needs its fonts and nothing else.
                env={"PATH": os.defpath, "HOME": home, "LANG": "C.UTF-8"},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PdfFailed("it took too long") from None
    if done.returncode == printing.UNAVAILABLE:
        raise PdfUnavailable
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        raise PdfFailed(done.stderr.decode(errors="replace")[-500:])
    if len(done.stdout) > MOST_PDF_BYTES:
        raise PdfFailed("it is too large")
    return done.stdout
