"""For those who manage an issuer: its keys, what it issued, revoking, issuing again."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app import vc
from app.accounts.models import Organisation
from app.accounts.session import me
from app.credentials import operations, queries
from app.credentials.forms import KeyForm, RevocationForm
from app.credentials.models import Award
from app.credentials.policies import can_manage_rules
from app.credentials.rules import KIND_NAMES, STATE_NAMES, AchievementKind, Reason, State
from app.credentials.views.blueprint import address, bp, house, issues
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.web.csv import csv_response


@bp.get("/issuers")
@issues
def issuers() -> str:
    made, without = queries.issuers_for(me())
    return render_template(
        "credentials/issuers.html",
        issuers=made,
        without=without,
        issuer_name=operations.issuer_name,
        fixed=queries.fixed_address(),
        site_url=house().site_url,
        may_rule=can_manage_rules(me()),
    )


def _asked(name: str, kind: Any) -> Any:
    value = request.args.get(name, "")
    return kind(value) if value in set(kind) else None


@bp.get("/issuers/<slug>")
@issues
def issuer(slug: str) -> Any:
    found = queries.issuer_managed_by(me(), slug)
    as_csv = request.args.get("format") == "csv"
    listed = queries.issued_by(
        found,
        None if as_csv else max(1, request.args.get("page", 1, int)),
        search=request.args.get("q", "").strip().replace("\0", "")[:100],
        kind=_asked("kind", AchievementKind),
        state=_asked("state", State),
    )
    if as_csv:
        return csv_response(
            f"credentials-{slug}.csv",
            [
                _("Holder"),
                _("Kind of achievement"),
                _("Title"),
                _("Awarded"),
                _("State"),
                _("Credential"),
            ],
            (_line(row) for row in listed.rows),
        )
    return render_template(
        "credentials/issuer.html",
        issuer=found,
        name=operations.issuer_name(found),
        did=vc.did_for(address(), slug),
        listed=listed,
        kinds=[(k.value, str(KIND_NAMES[k])) for k in AchievementKind],
        states=[(s.value, str(STATE_NAMES[s])) for s in State],
        key_form=KeyForm(formdata=None),
    )


def state_of(award: Award) -> State:
    if award.withdrawn_for is Reason.DECLINED:
        return State.DECLINED
    if award.withdrawn_at is not None:
        return State.REVOKED
    return State.WAITING if award.issued_number < award.wanted_number else State.ISSUED


def _line(award: Award) -> list[Any]:
    newest = award.credentials[-1] if award.credentials else None
    return [
        award.person.name if award.person else "",
        str(KIND_NAMES[award.kind]),
        str(award.achievement.title),
        award.awarded_at.date().isoformat(),
        str(STATE_NAMES[state_of(award)]),
        f"{address()}/credentials/{newest.id}" if newest else "",
    ]


@bp.post("/issuers/<slug>/keys")
@issues
def rotate(slug: str) -> Any:
    found = queries.issuer_managed_by(me(), slug)
    made = operations.rotate(me(), house(), found, reason=request.form.get("reason", ""))
    flash(_("From now on it signs with key %(number)s.", number=made.number), "success")
    return redirect(url_for("credentials.issuer", slug=slug), code=303)


@bp.post("/issuers/<slug>/keys/<int:number>/compromise")
@issues
def compromise(slug: str, number: int) -> Any:
    found = queries.issuer_managed_by(me(), slug)
    key = queries.key_of(found, number)
    try:
        operations.compromise(me(), house(), key, reason=request.form.get("reason", ""))
        flash(
            _("Nothing signed with it verifies any more. What is valid is signed again."), "success"
        )
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("credentials.issuer", slug=slug), code=303)


@bp.post("/issuers/of/<uuid:organisation_id>")
@issues
def make_issuer(organisation_id: uuid.UUID) -> Any:
    """Make a school an issuer before it has anything to issue."""
    _made, without = queries.issuers_for(me())
    school = next((row for row in without if row.id == organisation_id), None)
    if school is None:
        raise NotVisible(str(organisation_id))
    found = operations.open_issuer(house(), db.session.get_one(Organisation, school.id))
    return redirect(url_for("credentials.issuer", slug=found.slug), code=303)


@bp.get("/issuers/awards/<uuid:award_id>")
@issues
def award(award_id: uuid.UUID) -> str:
    return _award(queries.managed_award(me(), award_id), RevocationForm(formdata=None))


def _award(found: Award, form: RevocationForm) -> str:
    return render_template(
        "credentials/award.html",
        award=found,
        name=operations.issuer_name(found.issuer),
        form=form,
        state=state_of(found),
    )


@bp.post("/issuers/awards/<uuid:award_id>/revocation")
@issues
def revoke(award_id: uuid.UUID) -> Any:
    found = queries.managed_award(me(), award_id)
    form = RevocationForm()
    if not form.validate_on_submit():
        return _award(found, form), 422
    try:
        operations.revoke(me(), found, Reason(form.reason.data), note=form.note.data or "")
        flash(_("Revoked. Its holder is told."), "success")
    except Refused as error:
        form.form_errors.append(str(error.message))
        return _award(found, form), 422
    return redirect(url_for("credentials.award", award_id=award_id), code=303)


@bp.post("/issuers/awards/<uuid:award_id>/again")
@issues
def issue_again(award_id: uuid.UUID) -> Any:
    found = queries.managed_award(me(), award_id)
    try:
        operations.issue_again(me(), found)
        flash(_("It is being signed again; the one before is replaced."), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("credentials.award", award_id=award_id), code=303)
