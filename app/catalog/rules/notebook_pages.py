"""A notebook as a page: its texts, its code and its outputs, made safe; nothing is run."""

import base64
import binascii
import json
from collections.abc import Mapping
from html import escape
from typing import Any

import nh3
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from app.web.markdown import render

MOST_CELLS = 500
MOST_OUTPUT = 20_000
MOST_PICTURE = 1_500_000
_TABLE_TAGS = {"table", "thead", "tbody", "tr", "th", "td", "p", "div", "br", "b", "i", "em"}


def notebook_html(data: bytes) -> str:
    """Safe HTML of a notebook (format 4); an empty text when DATA is no notebook."""
    try:
        notebook = json.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return ""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        return ""
    shown = (_cell(cell) for cell in cells[:MOST_CELLS] if isinstance(cell, dict))
    return f'<div class="notebook-page">{"".join(shown)}</div>'


def _cell(cell: Mapping[str, Any]) -> str:
    source = _text(cell.get("source"))
    if cell.get("cell_type") == "markdown":
        # Pictures of a notebook are attachments or addresses elsewhere: neither is shown here.
        return render(source, pictures=lambda target: "")
    if cell.get("cell_type") != "code":
        return f'<pre tabindex="0">{escape(source)}</pre>'
    code = highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))
    page = f'<pre class="highlight" tabindex="0"><code>{code}</code></pre>'
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        if isinstance(output, dict):
            page += _output(output)
    return page


def _output(output: Mapping[str, Any]) -> str:
    kind = output.get("output_type")
    if kind == "stream":
        return _plain(_text(output.get("text")))
    if kind == "error":
        return _plain(f"{_text(output.get('ename'))}: {_text(output.get('evalue'))}")
    data = output.get("data")
    if not isinstance(data, dict):
        return ""
    picture = _picture(_text(data.get("image/png")))
    if picture:
        return picture
    if "text/html" in data:
        table = nh3.clean(
            _text(data["text/html"])[: MOST_OUTPUT * 10],
            tags=_TABLE_TAGS,
            attributes={"th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}},
            clean_content_tags={"script", "style"},
            generic_attribute_prefixes=set(),
        )
        return f'<div class="table-scroll" tabindex="0">{table}</div>'
    return _plain(_text(data.get("text/plain")))


def _picture(encoded: str) -> str:
    if not encoded or len(encoded) > MOST_PICTURE:
        return ""
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return ""
    # The page's policy shows pictures from data: addresses; a PNG carries no script.
    return f'<p><img src="data:image/png;base64,{base64.b64encode(data).decode()}" alt=""></p>'


def _plain(text: str) -> str:
    return f'<pre class="output" tabindex="0">{escape(text[:MOST_OUTPUT])}</pre>' if text else ""


def _text(value: object) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""
