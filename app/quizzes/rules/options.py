"""Which options of a drawn question were chosen, named alike over all draws of it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.kernel.localized import LocalizedText

TRUE = LocalizedText({"zh-Hant-TW": "是", "en": "True"})
FALSE = LocalizedText({"zh-Hant-TW": "否", "en": "False"})


@dataclass(frozen=True)
class Choice:
    """One option in one attempt. ``key`` is its place in the author's order, and sorts so."""

    key: str
    text: LocalizedText
    is_chosen: bool
    is_right: bool


def choices(drawn: Mapping[str, Any], response: Any) -> Iterator[Choice]:
    """The options of a drawn question that has any, for the statistics of the staff."""
    ask, key = drawn["ask"], drawn["key"]
    if drawn["type"] == "true-false":
        for value, text in ((True, TRUE), (False, FALSE)):
            yield Choice(str(int(not value)), text, response is value, key["correct"] is value)
    elif drawn["type"] in ("single", "multiple"):
        chosen = response if isinstance(response, list) else [response]
        for option in ask["options"]:
            name = option["id"]
            yield Choice(
                f"{key['origin'][name]:03d}",
                LocalizedText(option["text"]),
                name in chosen,
                name in key["correct"],
            )
