"""A company's standing: which step leads where, who may take it, and whose mail proves what."""

import re
import unicodedata
from enum import StrEnum

from app.accounts.rules.people import OrganisationKind, Role
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = [
    "ACTING_ROLES",
    "APPLICANT_KINDS",
    "COMPANY_ROLES",
    "NEEDS_REASON",
    "PROOF_OF_MAIL",
    "STANDING_NAMES",
    "STEP_NAMES",
    "TRANSITIONS",
    "MailProof",
    "Standing",
    "Step",
    "after",
    "ascii_domain",
    "is_free_mail",
    "looks_like",
    "slug_stem",
    "steps_from",
]


class Standing(StrEnum):
    """Where an organisation's approval stands."""

    WAITING = "waiting"
    RETURNED = "returned"
    REFUSED = "refused"
    APPROVED = "approved"
    SUSPENDED = "suspended"


class Step(StrEnum):
    """What changes it."""

    APPLIED = "applied"
    APPROVED = "approved"
    RETURNED = "returned"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"


class MailProof(StrEnum):
    """What the contact's mail address says about who applied."""

    PROVEN = "proven"
    SENT = "sent"
    FREE = "free"
    TAKEN = "taken"
    NONE = "none"


PROOF_OF_MAIL: dict[MailProof, LazyText] = {
    MailProof.PROVEN: _l("The mail’s domain is proven"),
    MailProof.SENT: _l("The link in the mail has not been opened yet"),
    MailProof.FREE: _l("Anybody can have an address of this domain: look at the documents"),
    MailProof.TAKEN: _l("This domain speaks for another organisation"),
    MailProof.NONE: _l("No address was given"),
}

TRANSITIONS: dict[tuple[Standing, Step], Standing] = {
    (Standing.RETURNED, Step.APPLIED): Standing.WAITING,
    (Standing.REFUSED, Step.APPLIED): Standing.WAITING,
    (Standing.WAITING, Step.APPROVED): Standing.APPROVED,
    (Standing.WAITING, Step.RETURNED): Standing.RETURNED,
    (Standing.WAITING, Step.REFUSED): Standing.REFUSED,
    (Standing.RETURNED, Step.REFUSED): Standing.REFUSED,
    (Standing.APPROVED, Step.SUSPENDED): Standing.SUSPENDED,
    (Standing.SUSPENDED, Step.REINSTATED): Standing.APPROVED,
}
"""Everything else is refused. The company itself applies; officers and operators do the rest."""

NEEDS_REASON = frozenset({Step.RETURNED, Step.REFUSED, Step.SUSPENDED})
"""Steps that say why, always. An approval says why where no mail domain is proven."""

STANDING_NAMES: dict[Standing, LazyText] = {
    Standing.WAITING: _l("Waiting for approval"),
    Standing.RETURNED: _l("Returned: something is missing"),
    Standing.REFUSED: _l("Not approved"),
    Standing.APPROVED: _l("Approved"),
    Standing.SUSPENDED: _l("Suspended"),
}
STEP_NAMES: dict[Step, LazyText] = {
    Step.APPLIED: _l("Applied"),
    Step.APPROVED: _l("Approved"),
    Step.RETURNED: _l("Returned"),
    Step.REFUSED: _l("Not approved"),
    Step.SUSPENDED: _l("Suspended"),
    Step.REINSTATED: _l("Reinstated"),
}

ACTING_ROLES = (Role.OWNER, Role.HR, Role.REPRESENTATIVE)
"""Who acts for an organisation: writes its briefs, sees its applicants."""

COMPANY_ROLES = (*ACTING_ROLES, Role.EMPLOYEE, Role.MENTOR)
"""Who belongs to one at all."""

APPLICANT_KINDS = (
    OrganisationKind.COMPANY,
    OrganisationKind.ASSOCIATION,
    OrganisationKind.AGENCY,
)
"""Kinds that sign up by themselves. Schools are made by operators."""

# Mail of such domains belongs to anybody, so it proves nothing.
FREE_MAIL = frozenset(
    """
    163.com 126.com 139.com aol.com anonaddy.com duck.com fastmail.com foxmail.com gmail.com
    googlemail.com gmx.com gmx.de gmx.net hey.com hinet.net hotmail.com hotmail.com.tw hushmail.com
    icloud.com kimo.com kimo.com.tw live.com live.com.tw mac.com mail.com mail.ru mailinator.com
    me.com msa.hinet.net ms1.hinet.net msn.com outlook.com outlook.com.tw pchome.com.tw pm.me
    proton.me protonmail.com qq.com rocketmail.com seed.net.tw sina.com sina.com.tw so-net.net.tw
    tuta.com tutanota.com url.com.tw webmail.hinet.net yahoo.co.jp yahoo.com yahoo.com.hk
    yahoo.com.tw yandex.com yandex.ru ymail.com yeah.net zoho.com giga.net.tw xuite.net
    guerrillamail.com 10minutemail.com temp-mail.org yopmail.com sharklasers.com
    """.split()  # noqa: SIM905 (as in a paragraph)
)


def after(standing: Standing, step: Step) -> Standing | None:
    """Where STEP leads from STANDING; None when it cannot be taken there."""
    return TRANSITIONS.get((standing, step))


def steps_from(standing: Standing) -> list[Step]:
    """The steps that an officer may take from STANDING, in the order of the enumeration."""
    return [s for s in Step if s is not Step.APPLIED and (standing, s) in TRANSITIONS]


def ascii_domain(domain: str) -> str | None:
    """DOMAIN as mail servers write it (RFC 5890, ``xn--…``), in small letters; None: it is none."""
    try:
        written = unicodedata.normalize("NFKC", domain).strip().strip(".").encode("idna").decode()
    except UnicodeError:
        return None
    written = written.lower()
    label = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    if len(written) > 253 or not re.fullmatch(rf"{label}(\.{label})+", written):
        return None
    return written


def is_free_mail(domain: str) -> bool:
    """Whether anybody can have an address of DOMAIN (or of one below such a domain)."""
    parts = domain.lower().split(".")
    return any(".".join(parts[start:]) in FREE_MAIL for start in range(len(parts) - 1))


_LOOKALIKES = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "3": "e", "-": "", "8": "b"})
# Cyrillic and Greek letters that look like Latin ones; the rest of Unicode's list of confusables is
# met by "has other letters than Latin ones", which is shown by itself.
_FOREIGN = str.maketrans("асеорхуіјѕԁһьԛԝӏαονρτυκι", "aceopxyijsdhbqwlaovptuki")


def looks_like(one: str, other: str) -> bool:
    """Whether two different domains could be taken for each other: rn for m, 1 for l, а for a."""
    if one == other:
        return False
    return _skeleton(one) == _skeleton(other)


def _skeleton(domain: str) -> str:
    try:
        shown = domain.encode().decode("idna")
    except UnicodeError:
        shown = domain
    folded = unicodedata.normalize("NFKD", shown.lower()).translate(_FOREIGN)
    folded = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return folded.replace("rn", "m").replace("vv", "w").replace("cl", "d").translate(_LOOKALIKES)


def slug_stem(english: str, tax_id: str | None) -> str:
    """The beginning of an organisation's address: its English name, or its number."""
    folded = unicodedata.normalize("NFKD", english).encode("ascii", "ignore").decode().lower()
    words = [w for w in re.split(r"[^a-z0-9]+", folded) if w]
    while len(words) > 1 and words[-1] in {"co", "ltd", "inc", "corp", "company", "limited"}:
        words.pop()
    stem = "-".join(words)[:40].strip("-")
    return stem or (f"company-{tax_id}" if tax_id else "company")
