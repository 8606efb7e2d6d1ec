"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Fate, Table, declare, impersonal

STATUS = _l(
    "The place in the list of revoked credentials, without the credential and without you: copies "
    "that you keep can be verified on. The page of the credential says that it is no longer there."
)

declare(
    "credentials",
    Table(name="credential_issuer_keys", by=("made_by_id",)),
    Table(name="award_rules", by=("made_by_id", "ended_by_id")),
    Table(name="issuing_runs", by=("begun_by_id",)),
    Table(
        name="awards",
        title=_l("What you were awarded"),
        fate=Fate.CUT,
        whose=("person_id",),
        by=("awarded_by_id", "withdrawn_by_id"),
        cut={"person_id": None, "basis": {}},
        words=("kind", "subject", "withdrawn_for"),
        reason=STATUS,
    ),
    Table(
        name="credentials",
        title=_l("Your credentials"),
        fate=Fate.KEEP,
        via=(("award_id", "awards"),),
        by=("revoked_by_id",),
        cut={"document": "", "jwt": "", "revocation_note": ""},
        words=("kind", "revoked_for"),
        reason=STATUS,
    ),
    Table(
        name="credential_choices",
        title=_l("Whether your name stands in credentials"),
        whose=("person_id",),
    ),
)
impersonal(
    "credentials",
    "achievements",
    "credential_issuers",
    "credential_sites",
    "credential_status_lists",
)
