"""Writing: an author's sources are checked, and become the next version of their lab."""

from app.workspaces.operations.authoring import (
    BadSources,
    NewerLabVersion,
    NotPublishedYet,
    StillChecking,
    ask_for_check,
    give_up,
    publish_sources,
    refuse_bad,
    refuse_unreadable,
    run_check,
    topic,
)
from app.workspaces.operations.drafts import (
    DraftChanged,
    ask_for_trial,
    check_published,
    keep_in_draft,
)

__all__ = [
    "BadSources",
    "DraftChanged",
    "NewerLabVersion",
    "NotPublishedYet",
    "StillChecking",
    "ask_for_check",
    "ask_for_trial",
    "check_published",
    "give_up",
    "keep_in_draft",
    "publish_sources",
    "refuse_bad",
    "refuse_unreadable",
    "run_check",
    "topic",
]
