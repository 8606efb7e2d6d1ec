"""Words and limits of discussions."""

from enum import StrEnum

from app.kernel.i18n import LazyText
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.web.markdown import LABELS, render

MOST_LETTERS = 20_000
"""The longest post."""
TITLE_LETTERS = 200
REASON_LETTERS = 500
EXCERPT_LETTERS = 400
PAGE = 25
"""Posts, or threads, on one page."""

PLACE_PATTERN = r"[a-z]+:[A-Za-z0-9._:-]+"


class ThreadKind(StrEnum):
    QUESTION = "question"
    DISCUSSION = "discussion"


KIND_NAMES: dict[ThreadKind, LazyText] = {
    ThreadKind.QUESTION: _l("Question: one reply can be marked as the answer"),
    ThreadKind.DISCUSSION: _l("Discussion"),
}


class Show(StrEnum):
    """Which threads of a place somebody wants to see."""

    ALL = "all"
    UNREAD = "unread"
    OPEN = "open"
    FOLLOWED = "followed"
    MINE = "mine"


SHOW_NAMES: dict[Show, LazyText] = {
    Show.ALL: _l("All threads"),
    Show.UNREAD: _l("With something new"),
    Show.OPEN: _l("Questions without an answer"),
    Show.FOLLOWED: _l("That I follow"),
    Show.MINE: _l("That I began"),
}


def as_html(text: str, position: int) -> str:
    """Safe HTML of post number POSITION: no script, no pictures from elsewhere, ids of its own."""
    labels = {name: _(label) for name, label in LABELS.items()}
    return render(text, pictures=None, labels=labels, part=f"p{position}")


def excerpt(text: str) -> str:
    """The beginning of a post for a piece of news."""
    return text if len(text) <= EXCERPT_LETTERS else text[: EXCERPT_LETTERS - 1].rstrip() + "…"


def page_of(place_in_order: int) -> int:
    """The page (from 1) on which the post that comes after PLACE_IN_ORDER others stands."""
    return place_in_order // PAGE + 1
