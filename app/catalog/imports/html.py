"""HTML of other systems as the Markdown of lessons: what can act is taken out, the rest kept."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import nh3
from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString

from app.catalog.imports.marking import PLACE, PRIVATE, Marker, in_line
from app.catalog.imports.report import Note, note

MOST_DEPTH = 120
MOST_OPEN = 400
MOST_ELEMENTS = 20_000
MOST_CHARACTERS = 2_000_000
_ACTIVE = re.compile(
    r"<\s*(?:script|applet)\b|\son[a-z]{3,20}\s*=\s*[\"']|[\"']\s*javascript:", re.I
)
_VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
}  # fmt: skip
_CLOSED_BY_NEXT = {"p", "li", "td", "th", "tr", "dt", "dd", "option", "thead", "tbody", "tfoot"}
_FIELDS = ("input", "textarea", "select", "option", "button", "canvas")
_PLAYERS = ("iframe", "video", "audio", "embed", "object")
_FORMULA = {
    "math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "ms", "mtext", "mfrac", "msqrt",
    "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd",
}  # fmt: skip
_KEPT = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details", "div",
    "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "section", "article", "span", "strong", "sub",
    "summary", "sup", "svg", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "param",
    "source", *_FIELDS, *_PLAYERS, *_FORMULA,
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"title"}, "a": {"href"}, "img": {"src", "alt", "data-equation-content"}, "ol": {"start"},
    "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "math": {"display", "alttext"},
    "annotation": {"encoding"}, "object": {"data"}, "param": {"value"},
    **{tag: {"src"} for tag in ("iframe", "video", "audio", "embed", "source")},
}  # fmt: skip
_VIDEO_ID = re.compile(r"[\w-]{6,20}")


class Links(Protocol):
    """How a page's addresses are followed."""

    def follow(self, address: str) -> str | None:
        """``https://…``, or ``lesson:slug`` and the like; None when it leads to nothing."""

    def picture(self, address: str) -> str | Note:
        """The picture's name in ``pictures/``, or why it cannot be one."""


class Text:
    """Markdown and what was lost on the way to it."""

    def __init__(self, markdown: str, pictures: Iterable[str], notes: Iterable[Note]) -> None:
        self.markdown, self.pictures, self.notes = markdown, tuple(pictures), tuple(notes)


class TooDeep(ValueError):
    """The page nests its elements too deeply, or is too large, to be read."""


def to_markdown(html: str, links: Links, title: str = "") -> Text:
    """HTML as Markdown; a first heading that repeats TITLE is left out. Raises TooDeep."""
    page = _Page(_soup(html), links)
    active = len(_ACTIVE.findall(html))
    page.clean(title)
    said = [note("script-gone", count=active)] if active else []
    return Text(page.marker.write(page.soup), page.pictures, [*said, *page.notes()])


def plain(html: str) -> str:
    """The words of HTML in one line. Raises TooDeep."""
    return " ".join(_soup(html).get_text(" ").split())


def _soup(html: str) -> BeautifulSoup:
    """HTML without anything that acts, every element closed. Raises TooDeep."""
    _measure(html, MOST_OPEN, _VOID | _CLOSED_BY_NEXT)
    safe = nh3.clean(
        html,
        tags=_KEPT,
        clean_content_tags={"script", "style", "noscript", "template", "title", "applet"},
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "data"},
        generic_attribute_prefixes=set(),
        link_rel=None,
    )
    _measure(safe, MOST_DEPTH, _VOID)
    soup = BeautifulSoup(safe, "html.parser")
    for text in soup.find_all(string=True):
        if isinstance(text, PreformattedString):
            text.extract()
        elif PRIVATE.search(text):
            text.replace_with(PRIVATE.sub("", text))
    return soup


def _measure(html: str, most: int, shallow: set[str]) -> None:
    """Raise TooDeep before anything that calls itself sees HTML; SHALLOW makes no depth."""
    if len(html) > MOST_CHARACTERS or html.count("<") > 4 * MOST_ELEMENTS:
        raise TooDeep
    counter = _Depth(most, shallow)
    # What is left open at the end is no element: closing would read it again from each sign.
    counter.feed(html)


class _Depth(HTMLParser):
    def __init__(self, most: int, shallow: set[str]) -> None:
        super().__init__(convert_charrefs=False)
        self.most, self.shallow, self.depth, self.count = most, shallow, 0, 0
        self.open: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.count += 1
        if self.count > MOST_ELEMENTS or len(tag) > 100:
            raise TooDeep
        if tag not in self.shallow:
            self.open[tag] = self.open.get(tag, 0) + 1
            self.depth += 1
            if self.depth > self.most:
                raise TooDeep

    def handle_endtag(self, tag: str) -> None:
        # An end without its beginning closes nothing.
        if self.open.get(tag):
            self.open[tag] -= 1
            self.depth -= 1


class _Page:
    def __init__(self, soup: BeautifulSoup, links: Links) -> None:
        self.soup, self.links, self.marker = soup, links, Marker()
        self.pictures: list[str] = []
        self._counts: dict[str, int] = {}
        self._said: list[Note] = []

    def notes(self) -> list[Note]:
        counted = [note(code, count=count) for code, count in self._counts.items()]
        return counted + self._said + self.marker.notes

    def _count(self, code: str) -> None:
        self._counts[code] = self._counts.get(code, 0) + 1

    def clean(self, title: str) -> None:
        self._formulas()
        for tag in self._all(*_PLAYERS):
            self._player(tag)
        for tag in self._all("img", "svg"):
            self._picture(tag)
        for tag in self._all("a"):
            self._link(tag)
        for tag in self._all(*_FIELDS):
            self._count("form-gone")
            tag.unwrap() if tag.name == "button" else tag.decompose()
        for tag in self._all(*(f"h{n}" for n in range(1, 7))):
            self._heading(tag, title)
        for tag in self._all("td", "th"):
            if any(str(tag.get(span) or "1") != "1" for span in ("colspan", "rowspan")):
                self._count("table-spans")
            tag.attrs.clear()
        for tag in self._all("table"):
            if tag.find("table") is not None:
                self._count("table-nested")

    def _all(self, *names: str) -> list[Tag]:
        return [tag for tag in self.soup.find_all(names) if not tag.decomposed]

    def _formulas(self) -> None:
        for tag in self._all("math"):
            annotation = tag.find("annotation", attrs={"encoding": re.compile("tex", re.I)})
            tex = annotation.get_text() if annotation else str(tag.get("alttext") or "")
            block = tag.get("display") == "block"
            # Without its source a formula is only a row of letters: better said than shown wrongly.
            if not tex.strip():
                self._count("formula-flat")
            tag.replace_with(
                self.marker.formula(tex, block=block) if tex.strip() else tag.get_text(" ")
            )
        for tag in self._all("img"):
            tex = str(tag.get("data-equation-content") or "")
            if tex.strip():
                tag.replace_with(self.marker.formula(tex, block=False))

    def _player(self, tag: Tag) -> None:
        sources = [tag, *tag.find_all(("source", "param", "embed"))]
        written = [str(s.get("src") or s.get("data") or s.get("value") or "") for s in sources]
        for address in filter(None, (w.strip() for w in written)):
            target = self.links.follow(_watched(address))
            if target is not None:
                label = str(tag.get("title") or "").strip() or plain_text(tag) or target
                link = self.soup.new_tag("a", href=target)
                link["data-done"] = "1"
                link.string = in_line(label)
                tag.replace_with(link)
                self._count("player-link")
                return
        self._count("player-gone")
        tag.decompose()

    def _picture(self, tag: Tag) -> None:
        if tag.name == "svg":
            self._count("drawing-gone")
            tag.decompose()
            return
        address = str(tag.get("src") or tag.get("href") or "").strip()
        alt = in_line(str(tag.get("alt") or ""))
        if not address:
            tag.decompose()
            return
        found = self.links.picture(address)
        if isinstance(found, str):
            self.pictures.append(found)
            # Some write the file's name into the alternative: that says nothing.
            if not alt or re.fullmatch(r".{1,120}\.(png|jpe?g|gif|svg|webp)", alt, re.I):
                self._count("alt-missing")
                alt = ""
            tag.replace_with(self.marker.picture(found, alt, in_line(str(tag.get("title") or ""))))
            return
        self._said.append(found)
        target = self.links.follow(address)
        if target is None:
            tag.replace_with(alt)
            return
        link = self.soup.new_tag("a", href=target)
        link["data-done"] = "1"
        link.string = alt or target
        tag.replace_with(link)

    def _link(self, tag: Tag) -> None:
        if tag.get("data-done"):
            return
        address = str(tag.get("href") or "").strip()
        if not address:
            tag.unwrap()
            return
        if address.startswith("#"):
            self._count("anchor-gone")
            tag.unwrap()
            return
        if address.lower().startswith("mailto:"):
            tag["href"] = address
            return
        target = self.links.follow(address)
        if target is None:
            self._said.append(note("link-gone", target=address))
            tag.unwrap()
            return
        tag["href"] = target
        if not plain_text(tag) and tag.find("img") is None and PLACE.search(tag.get_text()) is None:
            tag.string = in_line(str(tag.get("title") or "")) or target

    def _heading(self, tag: Tag, title: str) -> None:
        words = " ".join(tag.get_text(" ").split())
        first = self.soup.find(re.compile(r"^h[1-6]$")) is tag
        if first and words.casefold() == title.strip().casefold() and not tag.find("img"):
            tag.decompose()
        elif tag.name == "h1":
            # The title is the page's one heading of the first level.
            tag.name = "h2"
            self._count("heading-lower")


def _watched(address: str) -> str:
    """The page on which people watch what ADDRESS plays inside another page."""
    parts = urlsplit(f"https:{address}" if address.startswith("//") else address)
    host = (parts.hostname or "").removeprefix("www.")
    last = parts.path.rstrip("/").rpartition("/")[2]
    if host in ("youtube.com", "youtube-nocookie.com") and "/embed/" in parts.path:
        if last == "videoseries":
            last = (parse_qs(parts.query).get("list") or [""])[0]
            return f"https://www.youtube.com/playlist?list={last}" if last else address
        if _VIDEO_ID.fullmatch(last):
            return f"https://www.youtube.com/watch?v={last}"
    if host == "player.vimeo.com" and last.isdigit():
        return f"https://vimeo.com/{last}"
    return parts.geturl()


def plain_text(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())
