"""Feedback as one HTML file that needs nothing else and runs nothing."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from typing import Final

from markdown_it import MarkdownIt

from app.engine import messages
from app.engine.results import FeedbackBlock, FeedbackOutput

__all__ = ["standalone_html"]

STYLE: Final = """
:root{color-scheme:light dark;--line:#8886;--soft:#8882;--good:#17663a;--bad:#a8261c}
@media (prefers-color-scheme:dark){:root{--good:#6fce97;--bad:#ff9d92}}
body{font:1rem/1.7 system-ui,"Noto Sans TC","PingFang TC","Microsoft JhengHei",sans-serif;
max-width:50rem;margin:2rem auto;padding:0 1rem}
section{border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem;margin:1rem 0}
pre{overflow-x:auto;background:var(--soft);padding:.6rem .8rem;border-radius:.35rem;
font:.9rem/1.5 ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace;white-space:pre-wrap}
img,table{max-width:100%}table{border-collapse:collapse}th,td{border:1px solid var(--line);
padding:.2rem .5rem;text-align:left}.score{font-weight:600}.good{color:var(--good)}
.bad{color:var(--bad)}.note{opacity:.8;font-size:.9rem}
"""
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
OUTCOMES: Final[Mapping[str, str]] = {
    "passed": messages.OUTCOME_PASSED,
    "partial": messages.OUTCOME_PARTIAL,
    "failed": messages.OUTCOME_FAILED,
    "error": messages.OUTCOME_ERROR,
    "timeout": messages.OUTCOME_TIMEOUT,
    "manual": messages.OUTCOME_MANUAL,
    "tampered": messages.OUTCOME_TAMPERED,
    "missing": messages.OUTCOME_MISSING,
}


def standalone_html(
    blocks: Sequence[FeedbackBlock],
    title: str,
    lang: str,
    translate: Callable[[str], str] = str,
) -> str:
    """Return the page; ``translate`` turns a msgid into ``lang`` (a BCP 47 tag)."""
    body = "\n".join(_section(block, translate) for block in blocks)
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _section(block: FeedbackBlock, translate: Callable[[str], str]) -> str:
    parts: list[str] = []
    if block.cell is not None:
        good = "good" if block.cell.outcome == "passed" else "bad"
        if block.cell.outcome == "manual":
            good = ""
        score = "–" if block.cell.score is None else f"{block.cell.score:g}"
        parts.append(
            f'<p class="score {good}">{escape(translate(OUTCOMES[block.cell.outcome]))} · '
            f"{score} / {block.cell.max_score:g}</p>"
        )
    if block.message is not None:
        parts.append(f"<p>{escape(_fill(translate(block.message), block.params))}</p>")
    if block.failing_line:
        parts.append(f"<pre>{escape(block.failing_line)}</pre>")
    if block.cell is not None and block.cell.hint:
        parts.append(f"<p>{escape(block.cell.hint)}</p>")
    if block.kind == "markdown":
        parts.append(_markdown().render(block.text))
    elif block.text.strip():
        parts.append(f"<pre><code>{escape(block.text)}</code></pre>")
    parts += [_output(output) for output in block.outputs]
    parts += [f'<p class="note">{escape(translate(note))}</p>' for note in block.notes]
    return "<section>\n" + "\n".join(parts) + "\n</section>"


def _output(output: FeedbackOutput) -> str:
    if output.kind == "png":
        data = base64.b64encode(output.data).decode()
        return f'<img alt="" src="data:image/png;base64,{data}">'
    if output.kind == "html":  # cleaned by app.engine.report
        return output.text
    return f"<pre>{escape(output.text)}</pre>"


def _fill(text: str, params: Mapping[str, str | int | float]) -> str:
    return text % params if params else text


@cache
def _markdown() -> MarkdownIt:
    """Return a renderer that passes no HTML through and loads no pictures."""
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
