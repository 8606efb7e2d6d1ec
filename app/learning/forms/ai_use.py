"""The fields of a rule about AI tools, and of a declaration."""

from typing import Any

from wtforms import BooleanField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.learning.models.ai_use import AiRuleColumns
from app.learning.operations.ai_use import BadDeclaration, tidy
from app.learning.rules.ai_use import (
    AI_USE_NAMES,
    MOST_DECLARED,
    MOST_WORDS,
    AiRule,
    AiUse,
    Declared,
)
from app.web.forms import Form, stripped

__all__ = ["AiRuleForm", "DeclarationForm", "plain_lines"]


def plain_lines(text: str | None) -> str | None:
    """Browsers send line ends as two characters and count them as one."""
    return text.replace("\r\n", "\n") if text else text


class AiRuleForm(Form):
    """What AI tools may do; forms with more to say about handing in begin with it."""

    ai_use = SelectField(_l("AI tools"), [Optional()])
    ai_words_zh = TextAreaField(
        _l("Your rule in Chinese"),
        [Optional(), Length(max=MOST_WORDS)],
        description=_l("Only for a rule in own words; then in both languages."),
    )
    ai_words_en = TextAreaField(_l("Your rule in English"), [Optional(), Length(max=MOST_WORDS)])
    asks_declaration = BooleanField(
        _l("Ask for a declaration with each submission"),
        description=_l("Always asked for where AI tools are allowed and declared."),
    )

    def __init__(self, rule: AiRuleColumns | None = None, **kwargs: Any) -> None:
        words = rule.ai_words if rule is not None and rule.ai_words is not None else {}
        super().__init__(
            ai_use=rule.ai_use.value if rule and rule.ai_use else "",
            ai_words_zh=words.get("zh-Hant-TW", ""),
            ai_words_en=words.get("en", ""),
            asks_declaration=rule.asks_declaration if rule else False,
            **kwargs,
        )
        self.ai_use.choices = [
            ("", _("Nothing is said")),
            *((use.value, str(name)) for use, name in AI_USE_NAMES.items()),
        ]

    def ai_rule(self) -> AiRule:
        """What is to hold from now on."""
        texts = {"zh-Hant-TW": self.ai_words_zh.data or "", "en": self.ai_words_en.data or ""}
        texts = {code: (plain_lines(text) or "").strip() for code, text in texts.items()}
        return AiRule(
            AiUse(self.ai_use.data) if self.ai_use.data else None,
            LocalizedText(texts) if any(texts.values()) else None,
            bool(self.asks_declaration.data),
        )


class DeclarationForm(Form):
    """What somebody says about AI tools when she hands in, or afterwards."""

    used = RadioField(
        _l("Did you use AI tools for this work?"),
        choices=[SelectChoice("no", _l("No")), SelectChoice("yes", _l("Yes"))],
        validators=[InputRequired(_l("Choose one of the two."))],
    )
    tools = StringField(
        _l("Which ones?"), [Optional(), Length(max=MOST_DECLARED)], filters=[stripped]
    )
    purpose = TextAreaField(
        _l("For what?"), [Optional(), Length(max=MOST_DECLARED)], filters=[stripped, plain_lines]
    )

    def said(self) -> Declared | None:
        """What was declared, or None when it is not complete: the form says why."""
        if not self.validate():
            return None
        declared = Declared(self.used.data == "yes", self.tools.data or "", self.purpose.data or "")
        try:
            return tidy(declared)
        except BadDeclaration as error:
            self.tools.errors = [str(error.message)]
            return None
