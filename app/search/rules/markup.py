"""Plain text of what people wrote, headings apart."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

_BLOCKS = frozenset(
    """
    address article aside blockquote br dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5
    h6 header hr li main nav ol p pre section summary table tbody td th thead tr ul
    """.split()  # noqa: SIM905 (as in a paragraph)
)
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_SILENT = frozenset(("script", "style", "math", "svg", "template"))
_MARKS = re.compile(r"^\s{0,3}(?:#{1,6}|>|[-*+]|\d{1,3}[.)])\s+|[*_`~]{1,3}|^\s*:{3,}.*$", re.M)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_HEADING_LINE = re.compile(r"^ {0,3}#{1,6} +(.*?)(?: +#+)? *$", re.M)
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)[^\n]*$", re.M)


@dataclass(frozen=True)
class Text:
    """What a document says in one language, without marks; an empty line parts blocks."""

    body: str = ""
    headings: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.body: list[str] = []
        self.headings: list[str] = []
        self.silent = 0
        self.heading = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent += 1
        if tag in _HEADINGS:
            self.heading += 1
        if tag in _BLOCKS:
            self._part()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        if tag in _HEADINGS:
            self.heading = max(0, self.heading - 1)
            self.headings.append("\n\n")
        if tag in _BLOCKS:
            self._part()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            (self.headings if self.heading else self.body).append(data)

    def _part(self) -> None:
        (self.headings if self.heading else self.body).append("\n\n")


def text_of_html(html: str) -> Text:
    """Headings and body of HTML that this house rendered; formulas, pictures and script left out.

    A heading is not repeated in the body.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Text(tidy("".join(reader.body)), tidy("".join(reader.headings)))


def text_of_markdown(source: str) -> Text:
    """Headings and body of Markdown, roughly: for drafts, which are not rendered when saved."""
    headings = "\n\n".join(_HEADING_LINE.findall(source))
    body = _HEADING_LINE.sub("", _FENCE.sub("", source))
    return Text(tidy(_MARKS.sub("", _LINK.sub(r"\1", body))), tidy(headings))


def tidy(text: str) -> str:
    """TEXT without NUL and needless space; blocks are parted by an empty line."""
    blocks = (" ".join(block.split()) for block in re.split(r"\n\s*\n", text.replace("\0", "")))
    return "\n\n".join(block for block in blocks if block)
