"""The company writes: drafts that save themselves, until somebody hands one in."""

import uuid

from sqlalchemy import func, select

from app.accounts.models import Organisation, Person
from app.briefs import policies, rules
from app.briefs.models import Brief
from app.briefs.operations.moving import NotNow, locked
from app.briefs.operations.publishing import document_of
from app.briefs.rules import EDITABLE, Kind, Raw, Template
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import current_locale
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.needs import queries as needs
from app.needs.models import PainPoint

MOST_DRAFTS = 60


class EditedMeanwhile(Refused):
    message = _l(
        "Somebody changed this draft since you opened it, perhaps you in another window. "
        "What you typed is still here: save again to keep yours."
    )


class TooManyDrafts(Refused):
    message = _l("There are very many drafts already: hand some in, or put them away.")


@operation
def create_brief(
    person: Person,
    organisation: Organisation,
    kind: Kind,
    *,
    template: Template | None = None,
    pain_point: PainPoint | None = None,
) -> Brief:
    """A draft of ORGANISATION's, begun from TEMPLATE and then from PAIN_POINT, whose words win.

    Raises NotVisible when PERSON does not act for it, TooManyDrafts.
    """
    if not policies.can_write_for(person, organisation):
        raise NotVisible(organisation.slug)
    db.session.get(Organisation, organisation.id, with_for_update=True)  # counts one at a time
    if _drafts_of(organisation.id) >= MOST_DRAFTS:
        raise TooManyDrafts
    today = clock.now().astimezone(clock.TAIPEI).date()
    raw = rules.begun(kind, template, today, current_locale())
    raw["county"] = raw["county"] or organisation.county or ""
    if pain_point is not None:
        raw |= taken_over(pain_point)
    made = Brief(
        organisation_id=organisation.id,
        kind=kind,
        title=rules.text_of(raw, "title"),
        draft=raw,
        pain_point_id=pain_point.id if pain_point else None,
        created_by_id=person.id,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(person.id, "briefs.create", "brief", made.id, of=kind.value)
    return made


def taken_over(pain_point: PainPoint) -> Raw:
    """What a document takes over from a pain point; what it does not tell is left out."""
    told = needs.prefill(pain_point)
    texts = {name: dict(told[name]) for name in ("title", "context", "outcome") if told[name]}
    return texts | {name: told[name] for name in ("industry", "county") if told[name]}


@operation
def save_draft(person: Person, brief: Brief, raw: Raw, *, revision: int) -> Brief:
    """Keep RAW as the draft. REVISION is the one that the writer began from.

    Raises EditedMeanwhile, NotNow, NotVisible.
    """
    found = locked(brief)
    if not policies.can_manage(person, found):
        raise NotVisible(str(brief.id))
    if found.state not in EDITABLE:
        raise NotNow
    if found.draft_revision != revision:
        raise EditedMeanwhile
    if found.draft != raw:
        _keep(found, raw)
    return found


@operation
def copy_brief(person: Person, brief: Brief) -> Brief:
    """A draft that begins as BRIEF, for the next semester; its days have to be chosen anew.

    Raises NotVisible, TooManyDrafts.
    """
    if not policies.can_manage(person, brief):
        raise NotVisible(str(brief.id))
    raw = brief.draft if brief.draft is not None else document_of(brief.terms)
    copied = create_brief(person, brief.organisation, brief.kind)
    _keep(copied, {**raw, "apply_on": "", "starts_on": "", "ends_on": ""})
    copied.pain_point_id = brief.pain_point_id
    return copied


def _keep(brief: Brief, raw: Raw) -> None:
    brief.draft = raw
    brief.draft_revision += 1
    brief.draft_at = clock.now()
    if brief.version_number == 0:
        brief.title = rules.text_of(raw, "title")


def _drafts_of(organisation_id: uuid.UUID) -> int:
    statement = select(func.count()).where(
        Brief.organisation_id == organisation_id, Brief.state.in_(EDITABLE)
    )
    return db.session.scalar(statement) or 0
