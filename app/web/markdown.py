"""Markdown that people write to safe HTML: CommonMark with tables, math, code, notes and footnotes.

Math becomes MathML and code becomes classed spans here, so that a page needs no script to be read.
Raw HTML is never passed on, and the result goes through an allow-list (nh3) as the last step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from html import escape, unescape
from typing import Any, cast
from unicodedata import category
from xml.etree import ElementTree

import nh3
from latex2mathml import converter
from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

__all__ = ["Heading", "Link", "MathProblem", "Picture", "inspect", "outline", "render"]

Env = MutableMapping[str, Any]
NOTES = ("note", "tip", "warning", "answer")
LABELS = {"note": "Note", "tip": "Tip", "warning": "Warning", "answer": "Answer"}
"""Titles of `::: note` and the like that carry none of their own; pages pass translated ones."""

_ITEM = re.compile(r"(lesson|lab|file|link):([^#]*)(#.*)?")
_MATH_TAGS = {
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub",
    "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "mtable",
    "mtr", "mtd", "mstyle", "mpadded", "mphantom", "menclose", "mfenced",
}  # fmt: skip
_MATH_ATTRIBUTES = {
    "accent", "accentunder", "align", "alttext", "columnalign", "columnlines", "columnspacing",
    "depth", "dir", "display", "displaystyle", "fence", "form", "height", "largeop",
    "linethickness", "lspace", "mathsize", "mathvariant", "maxsize", "minsize", "movablelimits",
    "notation", "rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "symmetric",
    "voffset", "width",
}  # fmt: skip
_TAGS = _MATH_TAGS | {
    "a", "aside", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em",
    "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre",
    "s", "section", "span", "strong", "summary", "sub", "sup", "table", "tbody", "td", "th",
    "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES: dict[str, set[str]] = {
    **{tag: _MATH_ATTRIBUTES for tag in _MATH_TAGS},
    **{f"h{n}": {"id"} for n in range(1, 7)},
    "a": {"href", "title", "id", "class"},
    "aside": {"class"},
    "code": {"class"},
    "details": {"class"},
    "div": {"class", "tabindex"},
    "hr": {"class"},
    "img": {"src", "alt", "title", "loading", "decoding"},
    "li": {"id", "class"},
    "ol": {"start", "class"},
    "p": {"class"},
    "pre": {"class", "tabindex"},
    "section": {"class"},
    "span": {"class", "tabindex"},
    "sup": {"class"},
    "td": {"class"},
    "th": {"class"},
}
_LONG_FORMULA = 20
"""Signs of a formula in a line that a narrow screen may not hold: no browser breaks it."""
_HEADLESS = {tag: names for tag, names in _ATTRIBUTES.items() if not re.fullmatch("h[1-6]", tag)}


@dataclass(frozen=True)
class Picture:
    """A picture in a text; `line` counts from 1."""

    line: int
    target: str
    alt: str


@dataclass(frozen=True)
class Link:
    """A link in a text; `kind` is lesson, lab, file, link or None for an ordinary address."""

    line: int
    target: str
    kind: str | None
    slug: str | None


@dataclass(frozen=True)
class MathProblem:
    """A formula that cannot be shown."""

    line: int
    formula: str
    reason: str


@dataclass(frozen=True)
class Heading:
    """A heading for a table of contents; `anchor` is the id that `render` gives it."""

    level: int
    anchor: str
    title: str


class BrokenMath(ValueError):
    """A formula that latex2mathml does not understand."""


def render(
    text: str,
    *,
    pictures: Callable[[str], str] | None,
    items: Callable[[str, str], str] | None = None,
    labels: Mapping[str, str] = LABELS,
    part: str | None = None,
) -> str:
    """Safe HTML of a Markdown text.

    `pictures` turns a written target such as `pictures/chart.svg` into an address; `items` turns
    ("lesson" | "lab" | "file" | "link", slug) into one (without it such links become plain text).
    Without `pictures` a picture becomes a link to it. `part` names a text that stands beside others
    on its page: its headings get no ids, and its footnotes are numbered apart from the others'.
    A formula that cannot be typeset is shown as it was written.
    """
    env: dict[str, Any] = {"pictures": pictures, "items": items, "labels": labels}
    if part is not None:
        env["docId"] = part  # as mdit_py_plugins.footnote says
    return _clean(_parser().render(text, env), _HEADLESS if part is not None else _ATTRIBUTES)


def outline(text: str) -> tuple[Heading, ...]:
    """The headings of levels 2 and 3, in order."""
    tokens = _parser().parse(text)
    return tuple(
        Heading(int(token.tag[1]), str(token.attrGet("id")), _plain(tokens[index + 1]))
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag in ("h2", "h3")
    )


def inspect(text: str) -> tuple[Picture | Link | MathProblem, ...]:
    """Everything in a text that a reader of folders has to check, in the order written."""
    found: list[Picture | Link | MathProblem] = []
    for line, token in _walk(_parser().parse(text), 1):
        if token.type == "image":
            found.append(Picture(line, unescapeAll(str(token.attrGet("src"))), _plain(token)))
        elif token.type == "link_open":
            target = str(token.attrGet("href"))
            item = _ITEM.fullmatch(target)
            kind, slug = (item[1], item[2]) if item else (None, None)
            found.append(Link(line, target, kind, slug))
        elif token.type.startswith("math_"):
            try:
                _mathml(token.content, display=token.type != "math_inline")
            except BrokenMath as error:
                found.append(MathProblem(line, token.content.strip(), str(error)))
        elif token.type == "text" and "$$" in token.content:
            found.append(MathProblem(line, token.content.strip(), "'$$' without its partner"))
    return tuple(found)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False, "highlight": _highlight})
    md.enable(["table", "strikethrough"])
    md.use(footnote_plugin).use(deflist_plugin)
    md.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    md.use(anchors_plugin, min_level=1, max_level=6, slug_func=_anchor, permalink=False)
    rules: dict[str, Callable[..., str]] = {
        "image": _image,
        "link_open": _link_open,
        "link_close": _link_close,
        "math_inline": _math,
        "math_inline_double": _math,
        "math_block": _math,
        "math_block_label": _math,
        "table_open": lambda *_: '<div class="table-scroll" tabindex="0"><table>\n',
        "table_close": lambda *_: "</table></div>\n",
        "td_open": partial(_cell, "td"),
        "th_open": partial(_cell, "th"),
    }
    for name in NOTES:
        md.use(container_plugin, name)
        rules[f"container_{name}_open"] = rules[f"container_{name}_close"] = partial(_note, name)
    cast(Any, md.renderer).rules.update(rules)
    md.core.ruler.push("figures", _figures)
    return md


def _anchor(title: str) -> str:
    # The prefix keeps a heading "document" from shadowing a name that scripts look up.
    words = re.sub(r"[^\w\s-]", "", title.lower()).split()
    return "s-" + ("-".join(words) or "section")


def _walk(tokens: Sequence[Token], line: int) -> Iterator[tuple[int, Token]]:
    for token in tokens:
        if token.map:
            line = token.map[0] + 1
        yield line, token
        if token.type == "inline":
            inner = line
            for child in token.children or []:
                yield inner, child
                inner += child.type in ("softbreak", "hardbreak")
                inner += child.content.count("\n") if child.type.startswith("math_") else 0


def _plain(token: Token) -> str:
    return "".join(
        child.content if child.type in ("text", "code_inline", "math_inline") else ""
        for child in token.children or []
    )


def _highlight(code: str, language: str, _attributes: str) -> str:
    name = language or "text"
    try:
        lexer = get_lexer_by_name(name)
    except ClassNotFound:
        return f'<pre class="highlight" tabindex="0"><code>{escape(code)}</code></pre>\n'
    body = highlight(code, lexer, HtmlFormatter(nowrap=True))
    start = f'<pre class="highlight" tabindex="0"><code class="language-{escape(name)}">'
    return f"{start}{body}</code></pre>\n"


@lru_cache(maxsize=2048)
def _mathml(formula: str, *, display: bool) -> str:
    written = formula.strip()
    if not written:
        raise BrokenMath("the formula is empty")
    if written.count("{") - written.count(r"\{") != written.count("}") - written.count(r"\}"):
        raise BrokenMath("curly brackets do not match")
    try:
        math = converter.convert_to_element(written, display="block" if display else "inline")
    except Exception as error:  # latex2mathml raises a family of its own, and IndexError
        raise BrokenMath(str(error) or type(error).__name__) from error
    for part in math.iter():
        # latex2mathml writes symbols as character references into its element tree.
        part.text = unescape(part.text) if part.text else part.text
        if part.tag == "mi" and part.text and category(part.text[0]) == "Sm":
            part.tag = "mo" if part.text not in "∂∇∞" else "mi"
    strange = re.search(r"\\[A-Za-z]+", "".join(math.itertext()))
    if strange:
        raise BrokenMath(f"unknown command {strange[0]}")
    math.set("alttext", written)
    return ElementTree.tostring(math, encoding="unicode")


def _math(tokens: Sequence[Token], index: int, _options: object, _env: object) -> str:
    token = tokens[index]
    display = token.type != "math_inline"
    try:
        body = _mathml(token.content, display=display)
        signs = len(Markup(body).striptags())
    except BrokenMath:
        body, signs = f"<code>{escape(token.content.strip())}</code>", 0
    if not display:
        is_long = signs >= _LONG_FORMULA
        return f'<span class="math-long" tabindex="0">{body}</span>' if is_long else body
    if token.type == "math_inline_double":
        return f'<span class="math-block" tabindex="0">{body}</span>'
    return f'<div class="math-block" tabindex="0">{body}</div>\n'


def _figures(state: StateCore) -> None:
    """A picture alone in its paragraph becomes a figure; its title is the caption."""
    tokens = state.tokens
    for index in range(1, len(tokens) - 1):
        children = tokens[index].children or []
        lone = [child.type for child in children] == ["image"]
        if lone and tokens[index - 1].type == "paragraph_open" and not tokens[index - 1].hidden:
            tokens[index - 1].tag = tokens[index + 1].tag = "figure"
            children[0].meta["figure"] = True


def _image(tokens: Sequence[Token], index: int, _options: object, env: Env) -> str:
    token = tokens[index]
    if env["pictures"] is None:
        source = str(token.attrGet("src"))
        return f'<a href="{escape(source)}">{escape(_plain(token)) or escape(source)}</a>'
    address = env["pictures"](unescapeAll(str(token.attrGet("src"))))
    title = str(token.attrGet("title") or "")
    alt = escape(_plain(token))
    html = f'<img src="{escape(address)}" alt="{alt}" loading="lazy" decoding="async">'
    if title and token.meta.get("figure"):
        return f"{html}<figcaption>{escape(title)}</figcaption>"
    return html


def _link_open(tokens: Sequence[Token], index: int, _options: object, env: Env) -> str:
    target = str(tokens[index].attrGet("href"))
    title = str(tokens[index].attrGet("title") or "")
    item = _ITEM.fullmatch(target)
    if item and env["items"] is None:
        return "<span>"
    if item:
        target = env["items"](item[1], item[2]) + (item[3] or "")
    return f'<a href="{escape(target)}"' + (f' title="{escape(title)}">' if title else ">")


def _link_close(tokens: Sequence[Token], index: int, _options: object, env: Env) -> str:
    # Links do not nest: the last one opened is the one to close.
    opening = next(token for token in reversed(tokens[:index]) if token.type == "link_open")
    plain = env["items"] is None and _ITEM.fullmatch(str(opening.attrGet("href")))
    return "</span>" if plain else "</a>"


def _cell(tag: str, tokens: Sequence[Token], index: int, *_: object) -> str:
    # markdown-it writes alignment as an inline style, which the site's policy refuses.
    aligned = re.search(r"text-align:\s*(left|center|right)", str(tokens[index].attrGet("style")))
    return f'<{tag} class="align-{aligned[1]}">' if aligned else f"<{tag}>"


def _note(name: str, tokens: Sequence[Token], index: int, _options: object, env: Env) -> str:
    outer, inner = ("details", "summary") if name == "answer" else ("aside", "p")
    token = tokens[index]
    if token.nesting == -1:
        return f"</{outer}>\n"
    title = token.info.strip().removeprefix(name).strip() or env["labels"].get(name, LABELS[name])
    heading = ' class="note-title"' if inner == "p" else ""
    return f'<{outer} class="note note-{name}">\n<{inner}{heading}>{escape(title)}</{inner}>\n'


def _clean(html: str, attributes: dict[str, set[str]]) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=attributes,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener",
        generic_attribute_prefixes=set(),
    )
