"""Writes cleaned HTML as Markdown that the site's own renderer reads back as it was meant."""

import re
from typing import Any

from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

from app.catalog.imports.report import Note, note
from app.web.markdown import MathProblem, inspect

# Places for what is not to be escaped: these characters are nobody's, and are removed from texts.
_OPEN, _CLOSE, _DOLLAR = "\ue000", "\ue001", "\ue002"
PRIVATE = re.compile("[\ue000-\ue0ff]")
PLACE = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_TEX = re.compile(r"\\\((?P<line>.{1,2000}?)\\\)|\\\[(?P<block>.{1,4000}?)\\\]|\$\$(?P<double>.{1,4000}?)\$\$", re.S)  # fmt: skip  # noqa: E501
_ESCAPED = re.compile(r"([\\`*\[\]<])")
_AT_START = re.compile(r"^(\s*)([#>+=:-]|\d{1,9}(?=[.)]))", re.M)
_ENTITY = re.compile(r"&(?=#?\w{1,30};)")
_SUPERSCRIPT = str.maketrans("0123456789+-=()n i", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ ⁱ")
_SUBSCRIPT = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


def in_line(text: str) -> str:
    """TEXT in one line."""
    return " ".join(text.split())


class Marker:
    """Keeps formulas and pictures apart while a page is written."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self.notes: list[Note] = []

    def _keep(self, markdown: str) -> str:
        self._kept.append(markdown)
        return f"{_OPEN}{len(self._kept) - 1}{_CLOSE}"

    def formula(self, tex: str, *, block: bool) -> str:
        """A place for a formula; one that cannot be typeset is shown as it was written."""
        tex = in_line(PRIVATE.sub("", tex)).strip("$ ")
        written = f"$${tex}$$" if block else f"${tex}$"
        found = inspect(written)
        if not tex or "`" in tex or any(isinstance(part, MathProblem) for part in found):
            self.notes.append(note("formula-broken", formula=tex))
            return self._keep(f"`` {tex.replace('`', chr(39))} ``" if tex else "")
        if not re.fullmatch(r"\$.*\$", written) or "$" in tex:
            return self._keep(f"`` {tex} ``")
        return self._keep(f"\n\n{written}\n\n" if block else written)

    def picture(self, name: str, alt: str, title: str) -> str:
        """A place for a picture of the lesson."""
        shown = _ESCAPED.sub(r"\\\1", PRIVATE.sub("", alt))
        said = PRIVATE.sub("", title).replace("\\", "").replace('"', "'")
        return self._keep(f"![{shown}](pictures/{name}" + (f' "{said}")' if said else ")"))

    def write(self, soup: BeautifulSoup) -> str:
        """The Markdown of SOUP, whose places this marker made."""
        for text in list(soup.find_all(string=True)):
            if text.find_parent(("pre", "code")) is None and ("\\" in text or "$$" in text):
                text.replace_with(_TEX.sub(self._typed, str(text)))
        written = _Converter(self, heading_style="ATX", bullets="-").convert_soup(soup)
        written = PLACE.sub(self._put_back, written)
        written = written.replace(_DOLLAR, r"\$")
        lines = [line.rstrip() if not line.endswith("  ") else line for line in written.split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def _typed(self, found: re.Match[str]) -> str:
        tex = found["line"] or found["block"] or found["double"] or ""
        return self.formula(tex, block=not found["line"])

    def _put_back(self, found: re.Match[str]) -> str:
        number = int(found[1])
        return self._kept[number] if number < len(self._kept) else ""

    def is_place(self, text: str) -> bool:
        found = PLACE.fullmatch(text.strip())
        return found is not None and int(found[1]) < len(self._kept)


class _Converter(MarkdownConverter):
    def __init__(self, marker: Marker, **options: Any) -> None:
        super().__init__(**options, table_infer_header=True, newline_style="backslash")
        self.marker = marker

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Escape only what would be read as Markdown, so that people can go on writing."""
        if not text:
            return ""
        text = _ESCAPED.sub(r"\\\1", text)
        text = re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", text)
        text = _AT_START.sub(_start, text)
        text = _ENTITY.sub(r"\\&", re.sub(r"~(?=~)|(?<=~)~", r"\\~", text))
        if "td" in parent_tags or "th" in parent_tags:
            text = text.replace("|", r"\|")
        return text.replace("$", _DOLLAR)

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        words = in_line(text)
        address = PRIVATE.sub("", str(el.get("href") or ""))
        if not words or not address:
            return text
        address = re.sub(r"[\s<>]", lambda c: f"%{ord(c[0]):02X}", address)
        before = " " if text[:1].isspace() else ""
        after = " " if text[-1:].isspace() else ""
        return f"{before}[{words}](<{address}>){after}" if re.search(r"[()\\]", address) else (
            f"{before}[{words}]({address}){after}"
        )  # fmt: skip

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        code = _unplaced(el.get_text()).strip("\n")
        if not code.strip():
            return ""
        longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
        fence = "`" * max(3, longest + 1)
        return f"\n\n{fence}\n{code}\n{fence}\n\n"

    def convert_sup(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _script(text, "^", _SUPERSCRIPT)

    def convert_sub(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _script(text, "_", _SUBSCRIPT)

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f" {in_line(text.replace(chr(92) + chr(10), ' '))} |"

    convert_th = convert_td


def _start(found: re.Match[str]) -> str:
    if found[2][0].isdigit():
        return f"{found[1]}{found[2]}\\"
    return f"{found[1]}\\{found[2]}"


def _unplaced(text: str) -> str:
    return PRIVATE.sub("", text)


def _script(text: str, sign: str, table: dict[int, int]) -> str:
    words = text.strip()
    if not words:
        return text
    if all(ord(c) in table for c in words):
        return words.translate(table)
    if len(words) > 12 or _OPEN in words:
        return words
    return f"{sign}{words}" if len(words) == 1 else f"{sign}({words})"
