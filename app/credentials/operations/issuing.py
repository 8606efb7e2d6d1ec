"""Signing: each credential once, though the worker dies in between.

The job holds the award's row while it signs. A credential, that it was issued and the news for its
holder are one commit; a job that comes again finds what is there.
"""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload, undefer

from app import vc
from app.credentials import queries
from app.credentials.events import CredentialIssued
from app.credentials.models import Award, Credential, Issuer, IssuerKey, StatusList
from app.credentials.operations.awarding import TOGETHER, sign_soon
from app.credentials.operations.keys import House, fix_address, signing_key
from app.credentials.operations.news import tell_issued
from app.credentials.operations.revoking import revoke_live
from app.credentials.rules import AchievementKind, CredentialKind, Reason
from app.credentials.rules.documents import Facts, addresses, badge, record, status_list
from app.kernel import clock
from app.kernel.database import db
from app.kernel.events import publish
from app.kernel.i18n import LOCALES, speaking
from app.kernel.i18n import gettext as _
from app.kernel.ids import new_id
from app.kernel.jobs import defer
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation

__all__ = ["issue", "issue_forgotten", "issuer_name", "sign_again", "status_list_now"]

LIST_SIZE = vc.LIST_SIZE
TRIES = 8
"""Places of a list that are tried before the next list is begun: at about two thirds full."""
LIST_LASTS = timedelta(days=2)
"""How long a signed status list may be kept by others."""
LIST_IS_FRESH = timedelta(hours=12)
CHUNK = 200


def issuer_name(issuer: Issuer) -> LocalizedText:
    """What ISSUER is called, in both languages."""
    if issuer.organisation is not None:
        return issuer.organisation.name
    names = {}
    for code in LOCALES:
        with speaking(code):
            names[code] = _("Intelligent Rainforest industrial revitalisation programme")
    return LocalizedText(names)


@operation
def issue(house: House, award_id: uuid.UUID) -> list[uuid.UUID]:
    """Sign what is missing of an award; answers the credentials that were made, none when nothing
    is missing. Raises AddressMoved, KeyMissing."""
    found = db.session.scalar(
        select(Award)
        .where(Award.id == award_id)
        .with_for_update(of=Award)
        .execution_options(populate_existing=True)
        .options(
            joinedload(Award.achievement),
            joinedload(Award.issuer).joinedload(Issuer.organisation),
            joinedload(Award.person),
        )
    )
    if (
        found is None
        or found.person is None
        or found.withdrawn_at is not None
        or found.issued_number >= found.wanted_number
    ):
        return []
    address = fix_address(house)
    row, key = signing_key(house, found.issuer)
    number = found.wanted_number
    made = [_badge(found, number, address, row, key)]
    if found.kind is AchievementKind.CLUSTER:
        made.append(_record(house, found, number, address, row, key, made[0]))
    revoke_live(found, Reason.REPLACED, before=number)
    is_first = found.issued_number == 0
    found.issued_number = number
    db.session.flush()
    for credential in made:
        publish(CredentialIssued(credential.id))
    if is_first:
        tell_issued(found.id)
    elif found.kind is AchievementKind.COURSE:
        _renew_records(found)
    return [credential.id for credential in made]


def _badge(
    found: Award, number: int, address: str, row: IssuerKey, key: vc.SigningKey
) -> Credential:
    facts, made = _begun(found, CredentialKind.BADGE, number, address, row)
    return _signed(made, badge(facts), facts, row, key)


def _record(
    house: House,
    found: Award,
    number: int,
    address: str,
    row: IssuerKey,
    key: vc.SigningKey,
    own: Credential,
) -> Credential:
    """The learner record: the cluster's own badge and those of its courses that she has."""
    assert found.person_id is not None
    courses = queries.live_awards(
        found.person_id, AchievementKind.COURSE, found.basis.get("courses", ())
    )
    for course in courses:
        issue(house, course.id)
    held = db.session.scalars(
        select(Credential)
        .where(
            Credential.award_id.in_([course.id for course in courses]),
            Credential.kind == CredentialKind.BADGE,
            Credential.revoked_at.is_(None),
        )
        .order_by(Credential.issued_at, Credential.id)
        .options(undefer(Credential.document), joinedload(Credential.award))
    ).all()
    facts, made = _begun(found, CredentialKind.CLR, number, address, row)
    where = addresses(address)
    parts = list(dict.fromkeys(where.achievement(one.award.achievement_id) for one in held))
    signed = [vc.loads(one.document) for one in (own, *held)]
    return _signed(made, record(facts, signed, parts), facts, row, key)


def _begun(
    found: Award, kind: CredentialKind, number: int, address: str, row: IssuerKey
) -> tuple[Facts, Credential]:
    """A credential with its place in a status list, and what it will say."""
    person, achievement = found.person, found.achievement
    assert person is not None
    listed, index = _place(found.issuer_id)
    with_name = queries.holder_choice(person.id)
    made = Credential(
        id=new_id(),
        award_id=found.id,
        kind=kind,
        number=number,
        issuer_key_id=row.id,
        status_list_id=listed.id,
        status_index=index,
        # Whole seconds, as the document writes them: it is valid from the instant it says.
        issued_at=clock.now().replace(microsecond=0),
        valid_until=_end(found.basis.get("valid_until")),
        with_name=with_name,
    )
    facts = Facts(
        address=address,
        credential_id=made.id,
        issuer_slug=found.issuer.slug,
        issuer_name=issuer_name(found.issuer),
        kind=found.kind,
        achievement_id=achievement.id,
        version=achievement.number,
        title=achievement.title,
        description=achievement.description,
        criteria=achievement.criteria,
        credits=achievement.credits,
        alignments=achievement.alignments,
        basis=found.basis,
        email=person.email,
        salt=secrets.token_hex(16),
        name=person.name if with_name else None,
        list_number=listed.number,
        list_index=index,
        issued_at=made.issued_at,
        awarded_at=found.awarded_at,
        valid_until=made.valid_until,
    )
    return facts, made


def _end(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _signed(
    made: Credential, document: dict[str, Any], facts: Facts, row: IssuerKey, key: vc.SigningKey
) -> Credential:
    method = f"{vc.did_for(facts.address, facts.issuer_slug)}#{row.fragment}"
    signed, made.jwt = vc.sign_both(document, key, method, made.issued_at)
    made.document = vc.dumps(signed)
    db.session.add(made)
    db.session.flush()
    return made


def _place(issuer_id: uuid.UUID) -> tuple[StatusList, int]:
    """A free place, drawn: the order of issuing is not to be read from it. Two that draw the same
    at once are told apart by the database; the job that loses comes again."""
    listed = db.session.scalar(
        select(StatusList)
        .where(StatusList.issuer_id == issuer_id)
        .order_by(StatusList.number.desc())
        .limit(1)
    )
    if listed is not None:
        drawn = [secrets.randbelow(LIST_SIZE) for _n in range(TRIES)]
        taken = set(
            db.session.scalars(
                select(Credential.status_index).where(
                    Credential.status_list_id == listed.id, Credential.status_index.in_(drawn)
                )
            )
        )
        free = [index for index in drawn if index not in taken]
        if free:
            return listed, free[0]
    number = (listed.number if listed else 0) + 1
    db.session.execute(
        insert(StatusList)
        .values(id=new_id(), issuer_id=issuer_id, number=number, made_at=clock.now(), document="")
        .on_conflict_do_nothing()
    )
    made = db.session.scalar(
        select(StatusList).where(StatusList.issuer_id == issuer_id, StatusList.number == number)
    )
    assert made is not None
    return made, secrets.randbelow(LIST_SIZE)


def _renew_records(course: Award) -> None:
    """Records that hold what COURSE had before hold what is revoked: sign them anew."""
    for award in db.session.scalars(
        select(Award)
        .where(
            Award.person_id == course.person_id,
            Award.kind == AchievementKind.CLUSTER,
            Award.withdrawn_at.is_(None),
            Award.issued_number == Award.wanted_number,
        )
        .with_for_update()
    ):
        if course.subject in award.basis.get("courses", ()):
            award.wanted_number += 1
            sign_soon(award.id)


@operation
def status_list_now(house: House, listed: StatusList) -> str:
    """The signed text of LISTED, made anew when something was revoked since or it grew old."""
    now = clock.now()
    if listed.signed_at is not None and now - listed.signed_at < LIST_IS_FRESH:
        return listed.document
    locked = db.session.get_one(StatusList, listed.id, with_for_update=True, populate_existing=True)
    if locked.signed_at is not None and now - locked.signed_at < LIST_IS_FRESH:
        return locked.document
    address = fix_address(house)
    row, key = signing_key(house, locked.issuer)
    at = now.replace(microsecond=0)
    document = status_list(
        address, locked.issuer.slug, locked.number, queries.revoked_places(locked.id),
        at=at, until=at + LIST_LASTS,
    )  # fmt: skip
    method = f"{vc.did_for(address, locked.issuer.slug)}#{row.fragment}"
    locked.document = vc.dumps(vc.sign(document, key, method, at))
    locked.signed_at = now
    return locked.document


@operation
def sign_again(issuer_key_id: uuid.UUID, after: uuid.UUID | None = None) -> None:
    """Let everything valid that a key signed be signed by the issuer's newest, some at a time."""
    statement = (
        select(Award)
        .join(Credential, Credential.award_id == Award.id)
        .where(
            Credential.issuer_key_id == issuer_key_id,
            Credential.revoked_at.is_(None),
            Award.withdrawn_at.is_(None),
        )
        .distinct()
        .order_by(Award.id)
        .limit(CHUNK)
    )
    if after is not None:
        statement = statement.where(Award.id > after)
    ids = db.session.scalars(statement.with_only_columns(Award.id)).all()
    for award in db.session.scalars(select(Award).where(Award.id.in_(ids)).with_for_update()):
        if award.issued_number == award.wanted_number:
            award.wanted_number += 1
    for start in range(0, len(ids), TOGETHER):
        sign_soon(*ids[start : start + TOGETHER])
    if len(ids) == CHUNK:
        defer("credentials.tasks.sign_again", issuer_key_id=str(issuer_key_id), after=str(ids[-1]))


@operation
def issue_forgotten(older_than: timedelta = timedelta(minutes=10)) -> int:
    """Tickets for awards that wait although their ticket should have come long ago."""
    ids = db.session.scalars(
        select(Award.id)
        .where(
            Award.issued_number < Award.wanted_number,
            Award.withdrawn_at.is_(None),
            Award.person_id.is_not(None),
            Award.awarded_at < clock.now() - older_than,
        )
        .order_by(Award.awarded_at)
        .limit(1000)
    ).all()
    for start in range(0, len(ids), TOGETHER):
        sign_soon(*ids[start : start + TOGETHER])
    return len(ids)
