"""The page of what is kept of a lab: in the reader's language, readable without script."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_config.exchange.versions import CellChange
from jupyter_config.lab_extension.history import Kept
from jupyter_config.lab_extension.work_words import ABOUT_STARTING_OVER, CANNOT_MERGE, CHINESE

__all__ = ["Offer", "page", "say", "when"]

STYLE = """
:root { color-scheme: light dark; font-family: system-ui, "PingFang TC", "Noto Sans TC",
 "Microsoft JhengHei", sans-serif; line-height: 1.7; --line: #8884; --green: #1d6b45;
 background: #fff; color: #1d1d1b }
@media (prefers-color-scheme: dark) {
 :root { --green: #7cc9a0; background: #161614; color: #eeede8 } }
body { margin: 0 } main { max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
h1, h2, h3 { line-height: 1.35 }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
section { border-top: 1px solid var(--line); padding-bottom: 1rem }
section.note { border-top: 0 } section.note h2 { margin-top: .4rem } a { color: var(--green) }
ul { padding-left: 1.2rem } li { margin: .3rem 0 }
form { display: inline } button { font: inherit; padding: .3rem .8rem; margin: .2rem .4rem .2rem 0;
 min-height: 2rem; border: 1px solid var(--green); border-radius: .3rem; background: transparent;
 color: var(--green); cursor: pointer }
button.main { background: #1d6b45; color: #fff } button:focus-visible, a:focus-visible,
summary:focus-visible { outline: 3px solid #c77d0a; outline-offset: 2px }
.note { border-left: 4px solid var(--green); padding: .2rem .8rem; margin: 1rem 0 }
.muted { opacity: .8 } code { overflow-wrap: anywhere }
"""


class Offer:
    """A newer version, and what stands against merging it (None: nothing does)."""

    def __init__(
        self, old: int | None, new: int, changes: Sequence[CellChange], obstacle: str | None
    ) -> None:
        self.old, self.new, self.changes, self.obstacle = old, new, changes, obstacle


def say(locale: str, message: str, **values: object) -> str:
    text = message if locale == "en" else CHINESE[message]
    return text % values if values else text


def when(locale: str, moment: dt.datetime, clock: str = "%H:%M") -> str:
    """A time as people here write it."""
    day = "%Y-%m-%d" if locale == "en" else "%Y/%m/%d"
    return moment.astimezone().strftime(f"{day} {clock}")


def page(
    locale: str,
    *,
    lab: str,
    names: Mapping[str, str],
    xsrf: str,
    back: str,
    offer: Offer | None,
    submissions: Sequence[Mapping[str, Any]] | None,
    history: Mapping[str, Sequence[Kept]],
    missing: set[str],
    done: str = "",
) -> str:
    """The whole page. NAMES are the hidden fields of each form; without LAB it is of all files."""

    def t(message: str, **values: object) -> str:
        return html.escape(say(locale, message, **values))

    def button(act: str, label: str, kind: str = "", **more: str) -> str:
        fields = {**names, "act": act, **more}
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(k)}" value="{html.escape(v, quote=True)}">'
            for k, v in fields.items()
        )
        return f'<form method="post">{xsrf}{hidden}<button class="{kind}">{label}</button></form>'

    parts = []
    if done:
        parts.append(f'<p class="note" role="status">{t("Done: %(name)s", name=done)}</p>')
    if offer is not None:
        parts.append(_offered(offer, t, button))
    if lab:
        handed = _handed(locale, submissions, t, button)
        parts.append(f"<section><h2>{t('What you handed in')}</h2>{handed}</section>")
    parts.append(
        f"<section><h2>{t('Earlier states of your files')}</h2>"
        f"{_states(locale, history, missing, t, button)}</section>"
    )
    if lab:
        about = t(ABOUT_STARTING_OVER)
        act = button("start-over", t("Start over and keep what I have"))
        parts.append(f"<section><h2>{t('Start over')}</h2><p>{about}</p>{act}</section>")
    title = t("Your work in %(lab)s", lab=lab) if lab else t("Your saved files")
    intro = t(
        "Nothing here is ever overwritten: what changes keeps a copy with the date in its name."
    )
    link = t("Back to the notebook") if lab else t("Back to JupyterLab")
    return (
        f'<!doctype html><html lang="{locale}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><main><h1>{title}</h1>"
        f'<p><a href="{html.escape(back, quote=True)}">← {link}</a></p>'
        f'<p class="muted">{intro}</p>{"".join(parts)}</main></body></html>'
    )


def _offered(offer: Offer, t: Any, button: Any) -> str:
    heading = t(
        "Version %(new)s of this lab is out; yours began from version %(old)s",
        new=offer.new,
        old=offer.old or "?",
    )
    rows = "".join(f"<li>{_change(one, t)}</li>" for one in offer.changes)
    about = (
        f"<ul>{rows}</ul>"
        if rows
        else f"<p>{t('It changes nothing that you see in the notebook.')}</p>"
    )
    if offer.obstacle is None:
        ways = f"<p>{t('Your answers stay in their cells; texts and tests are the new ones.')}</p>"
        ways += button("merge", t("Take the new version over and keep my answers"), "main")
    else:
        why = t(CANNOT_MERGE, what=offer.obstacle)
        ways = f"<p>{why}</p>"
    ways += button("start-over", t("Take the new version and keep mine beside it"))
    ways += button("beside", t("Put the new version beside mine"))
    ways += button("decline", t("Go on with mine"), version=str(offer.new))
    about = f"<h3>{t('What it changes')}</h3>{about}"
    return f'<section class="note" id="offer"><h2>{heading}</h2>{about}{ways}</section>'


def _change(one: CellChange, t: Any) -> str:
    what = one.file
    if one.cell is not None:
        what = f"{'test ' if one.is_test else ''}%(cell)s in %(file)s"
        what = html.unescape(t(what, cell=one.cell, file=one.file))
    word = {"added": "New: %(what)s", "changed": "Changed: %(what)s"}.get(
        one.kind, "Taken out: %(what)s"
    )
    return str(t(word, what=what))


def _handed(
    locale: str, submissions: Sequence[Mapping[str, Any]] | None, t: Any, button: Any
) -> str:
    if submissions is None:
        return (
            f"<p>{t('The course site does not answer, so submissions cannot be listed now.')}</p>"
        )
    if not submissions:
        return f"<p>{t('You have not handed anything in yet.')}</p>"
    rows = []
    for one in sorted(submissions, key=lambda each: int(each["number"]), reverse=True):
        moment = dt.datetime.fromisoformat(str(one["submitted_at"]).replace("Z", "+00:00"))
        number = one["number"]
        words = t("Submission %(number)s, %(when)s", number=number, when=when(locale, moment))
        if one.get("score") is not None and one.get("max_score"):
            points = {"score": f"{one['score']:g}", "most": f"{one['max_score']:g}"}
            words += f" · {t('%(score)s of %(most)s points', **points)}"
        act = button("submission", t("Open as a copy"), number=str(number))
        rows.append(f"<li>{words} {act}</li>")
    return f"<ul>{''.join(rows)}</ul>"


def _states(
    locale: str, history: Mapping[str, Sequence[Kept]], missing: set[str], t: Any, button: Any
) -> str:
    if not history:
        return f"<p>{t('Nothing has been saved yet.')}</p>"
    parts = []
    for path in sorted(history, key=lambda each: (each not in missing, each)):
        kept = history[path]
        gone = f" <strong>({t('deleted')})</strong>" if path in missing else ""
        count = t(
            "%(count)s states, the last one %(when)s",
            count=len(kept),
            when=when(locale, kept[0].at),
        )
        rows = "".join(
            f"<li>{when(locale, one.at, '%H:%M:%S')}"
            f" {button('restore', t('Bring back'), path=path, state=one.name)}</li>"
            for one in kept
        )
        opened = " open" if path in missing else ""
        parts.append(
            f"<details{opened}><summary><code>{html.escape(path)}</code>{gone}"
            f' <span class="muted">{count}</span></summary><ul>{rows}</ul></details>'
        )
    return "".join(parts)
