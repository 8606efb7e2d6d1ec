"""Writes of credentials: one verb per use case."""

from app.credentials.operations.awarding import (
    Given,
    NotHers,
    award,
    award_many,
    base_on,
    issue_again,
    take_back,
)
from app.credentials.operations.checking import Checked, check, did_document_of
from app.credentials.operations.issuing import (
    issue,
    issue_forgotten,
    issuer_name,
    sign_again,
    status_list_now,
)
from app.credentials.operations.keys import (
    AddressMoved,
    House,
    KeyMissing,
    ReasonNeeded,
    compromise,
    fix_address,
    issuer_for,
    open_issuer,
    open_key,
    rotate,
    signing_key,
)
from app.credentials.operations.news import tell_issued, tell_revoked
from app.credentials.operations.reaching import (
    look_at_clusters,
    look_at_clusters_of_section,
    look_at_course,
    look_at_courses_clusters,
)
from app.credentials.operations.revoking import (
    AlreadyRevoked,
    WordsNeeded,
    accept,
    choose_name,
    decline,
    hide,
    revoke,
    show,
)
from app.credentials.operations.ruling import end_rule, set_rule
from app.credentials.operations.running import AlreadyRunning, NobodyThere, begin_run, go_on
from app.credentials.operations.showing import look_at_evidence

__all__ = [
    "AddressMoved", "AlreadyRevoked", "AlreadyRunning", "Checked", "Given", "House", "KeyMissing",
    "NobodyThere", "NotHers", "ReasonNeeded", "WordsNeeded", "accept", "award", "award_many",
    "base_on", "begin_run", "check", "choose_name", "compromise",
    "decline", "did_document_of", "end_rule", "fix_address", "go_on", "hide",
    "issue", "issue_again", "issue_forgotten", "issuer_for", "issuer_name", "look_at_clusters",
    "look_at_clusters_of_section", "look_at_course", "look_at_courses_clusters", "look_at_evidence",
    "open_issuer", "open_key", "revoke",
    "rotate", "set_rule", "show", "sign_again", "signing_key", "status_list_now",
    "take_back", "tell_issued", "tell_revoked",
]  # fmt: skip
