"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel import mail
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Fate, Step, Table, Who, declare, step

declare(
    "privacy",
    Table(
        name="consent_entries",
        title=_l("What you were told and agreed to"),
        fate=Fate.KEEP,
        whose=("person_id",),
        words=("purpose", "act", "notice_digest"),
        reason=_l(
            "Proof that your data was used lawfully, kept for 5 years: as long as claims can be "
            "made (Personal Data Protection Act, article 30)."
        ),
        correct="privacy.consents",
    ),
    Table(
        name="lookings",
        title=_l("Who looked at you"),
        whose=("person_id",),
        by=("viewer_id",),
    ),
    Table(
        name="data_requests",
        title=_l("Your requests about your data"),
        fate=Fate.KEEP,
        whose=("person_id",),
        by=("recorded_by_id", "answered_by_id"),
        secret=("token_digest", "leaving"),
        cut={"words": "", "contact": "", "answer": ""},
        words=("kind", "receipt", "receipt_digest", "token_digest", "leaving"),
        reason=_l(
            "Proof that your request was answered in time, kept for 5 years (Personal Data "
            "Protection Act, articles 13 and 30)."
        ),
        correct="privacy.my_data",
    ),
)


def _mails(who: Who) -> int:
    return mail.forget(who.email)


step(Step("privacy.mails", _l("Mails to you in the folder of mails"), _mails, outside=True))
