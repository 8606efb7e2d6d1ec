"""A program of its own: a page on standard input, a PDF on standard output, nothing else reached.

Started by ``app.engine.pdf``. It knows nothing of the house, fetches nothing (only what stands in
the page as ``data:``), and ends itself beyond its limits.
"""

import resource
import sys

UNAVAILABLE = 3
"""Exit status: the libraries that set type are missing."""


def main(seconds: int, memory_mb: int) -> int:
    """Print the page within SECONDS of processor time and MEMORY_MB of address space."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * 1024**2, memory_mb * 1024**2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    page = sys.stdin.buffer.read()
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError as error:  # what cffi raises when Pango cannot be loaded
        sys.stderr.write(f"{error}\n")
        return UNAVAILABLE
    fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    document = HTML(string=page.decode(), base_url=None, url_fetcher=fetcher)
    made = document.write_pdf(presentational_hints=False)
    sys.stdout.buffer.write(made or b"")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
