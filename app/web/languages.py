"""Which language a reader sees: her choice, her account's, her browser's, Chinese."""

from flask import Flask, request
from flask_login import current_user

from app.kernel import i18n

COOKIE = "locale"


def init_app(app: Flask) -> None:
    app.before_request(_choose)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.gettext, i18n.ngettext, newstyle=False
    )
    # Old-style calls leave %(name)s to us, so that a literal % in a message needs no doubling.
    app.jinja_env.globals.update(_=i18n.gettext, gettext=i18n.gettext, ngettext=i18n.ngettext)
    app.context_processor(
        lambda: {
            "locale": i18n.current_locale(),
            "other_locale": next(c for c in i18n.LOCALES if c != i18n.current_locale()),
            "locale_names": i18n.LOCALE_NAMES,
        }
    )


def _choose() -> None:
    chosen = _known(request.cookies.get(COOKIE))
    # First what needs no database: if that is down, its page is still in the right language.
    i18n.set_locale(chosen or _from_browser())
    if chosen is None and request.endpoint != "static":
        i18n.set_locale(_known(getattr(current_user, "locale", None)) or _from_browser())


def _known(code: str | None) -> str | None:
    return code if code in i18n.LOCALES else None


def _from_browser() -> str:
    for wanted, _quality in request.accept_languages:
        if wanted.lower().startswith("zh"):
            return i18n.DEFAULT_LOCALE
        if wanted.lower().startswith("en"):
            return "en"
    return i18n.DEFAULT_LOCALE
