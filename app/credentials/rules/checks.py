"""What the steps of verifying are called, and what their outcome means, for people."""

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = ["CHECK_NAMES", "OUTCOMES"]

CHECK_NAMES: dict[str, LazyText] = {
    "form": _l("It is a credential, and every word in it is defined"),
    "signature": _l("Nothing was changed since it was signed"),
    "key": _l("The key is the issuer's and was not revoked"),
    "dates": _l("Today is within its dates"),
    "status": _l("The issuer has not revoked it"),
    "contained": _l("The credentials within it are valid as well"),
}
OUTCOMES: dict[tuple[str, str], LazyText] = {
    ("form", "failed"): _l("This is no credential that can be trusted."),
    ("signature", "failed"): _l("Something in it was changed after it was signed."),
    ("signature", "unknown"): _l("Its signature could not be checked."),
    ("key", "failed"): _l("It was not signed with a valid key of this issuer."),
    ("key", "unknown"): _l("Its issuer is not one of ours. Verify it where it was issued."),
    ("dates", "failed"): _l("It is not valid yet, or not any more."),
    ("status", "failed"): _l("The issuer has revoked it."),
    ("status", "unknown"): _l("Whether it was revoked could not be found out."),
    ("contained", "failed"): _l("A credential within it is not valid any more."),
    ("contained", "unknown"): _l("A credential within it could not be checked."),
}
