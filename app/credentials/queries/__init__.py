"""Reads of credentials."""

from app.credentials.queries.awards import (
    award_of,
    award_visible_to,
    awards_of,
    decided_otherwise,
    holder_choice,
    live_award,
    live_awards,
    live_by_person,
    live_skill_awards,
    managed_award,
    newest_credentials,
)
from app.credentials.queries.facts import (
    condition_for,
    course_basis,
    course_candidates,
    finals_reached,
    rules_in_force,
)
from app.credentials.queries.issuers import (
    all_issuers,
    fixed_address,
    issued_by,
    issuer_by_slug,
    issuer_managed_by,
    issuer_of,
    issuers_for,
    key_of,
    revoked_places,
    school_by_slug,
    status_list_of,
)
from app.credentials.queries.public import (
    NoLongerAvailable,
    achievement,
    credential,
    newest_of,
    public_credential,
)
from app.credentials.queries.runs import Progress, run_progress, runs

__all__ = [
    "NoLongerAvailable", "Progress", "achievement", "all_issuers", "award_of", "award_visible_to",
    "awards_of", "condition_for", "course_basis", "course_candidates", "credential",
    "decided_otherwise", "finals_reached", "fixed_address", "holder_choice", "issued_by",
    "issuer_by_slug", "issuer_managed_by", "issuer_of", "issuers_for", "key_of", "live_award",
    "live_awards", "live_by_person", "live_skill_awards", "managed_award", "newest_credentials",
    "newest_of", "public_credential", "revoked_places", "rules_in_force", "run_progress", "runs",
    "school_by_slug", "status_list_of",
]  # fmt: skip
