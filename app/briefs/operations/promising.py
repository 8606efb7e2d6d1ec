"""Promising to keep a brief's confidential part to oneself: a line that stays."""

from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.briefs import policies, queries
from app.briefs.models import Brief, NdaAcceptance
from app.kernel import audit
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation


class OtherWords(Refused):
    message = _l("The words changed since you opened them: please read them again.")


class NameNeeded(Refused):
    message = _l("Please type your name as it is in your account, to sign.")


@operation
def accept_promise(person: Person, brief: Brief, *, digest: str, name: str) -> None:
    """PERSON promises what the words with DIGEST say, and signs with her NAME.

    Doing it twice changes nothing. Raises OtherWords, NameNeeded, NotVisible.
    """
    promise = queries.promise_of(brief)
    if promise is None or not policies.can_promise(person, brief):
        raise NotVisible(str(brief.id))
    if promise.digest != digest:
        raise OtherWords
    if " ".join(name.split()).casefold() != " ".join(person.name.split()).casefold():
        raise NameNeeded
    made = db.session.scalar(
        insert(NdaAcceptance)
        .values(
            brief_id=brief.id,
            version_number=promise.version_number,
            person_id=person.id,
            digest=digest,
            words=promise.words,
            signed_name=person.name,
        )
        .on_conflict_do_nothing(index_elements=["person_id", "brief_id", "digest"])
        .returning(NdaAcceptance.id)
    )
    if made is not None:
        audit.record(person.id, "briefs.promise", "brief", brief.id, digest=digest)
