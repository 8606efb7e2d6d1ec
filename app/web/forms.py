"""The base of every form: our languages, values without surrounding space."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms.i18n import get_translations

from app.kernel.i18n import current_locale


def stripped(value: Any) -> Any:
    """Filter for text fields."""
    return value.strip() if isinstance(value, str) else value


class Form(FlaskForm):
    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            return get_translations(["zh_TW" if current_locale() != "en" else "en"])
