"""JupyterLab speaks the language that its reader chose on the site."""

from __future__ import annotations

import json
import os
from pathlib import Path

from jupyterlab.commands import get_user_settings_dir

__all__ = ["follow"]

LANGUAGES = {"en": "en", "zh-Hant-TW": "zh_TW"}
PLUGIN = Path("@jupyterlab") / "translation-extension" / "plugin.jupyterlab-settings"


def follow(locale: str) -> None:
    """Let JupyterLab's pages speak ``locale`` from the next one on; unknown ones change nothing.

    Only a change on the site does something: who then picks another language inside JupyterLab
    keeps it. A folder that cannot be written is no reason not to open a lab.
    """
    if locale not in LANGUAGES:
        return
    settings = Path(get_user_settings_dir())
    followed = settings / ".banyan-locale"
    try:
        before = followed.read_text().strip()
    except OSError:
        before = os.environ.get("BANYAN_LOCALE", "zh-Hant-TW")
    if before == locale:
        return
    try:
        _write(settings / PLUGIN, json.dumps({"locale": LANGUAGES[locale]}))
        _write(followed, locale)
    except OSError:
        return


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_text(text)
    part.replace(path)
