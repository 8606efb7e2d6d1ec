"""Messages to many: written, looked at, sent, kept."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts.session import me
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.kernel.ids import new_id
from app.steering import operations, queries
from app.steering.forms import MessageForm
from app.steering.queries import AUDIENCES, Audience
from app.steering.views.blueprint import asked_page, asked_text, bp, officers
from app.steering.views.desk import parsed_uuid

SHOWN = 10
"""Names in the preview; the count says how many there are."""


@bp.get("/steering/messages")
@officers
def messages() -> str:
    return render_template(
        "steering/messages.html",
        listed=queries.messages(search=asked_text("q"), page=asked_page()),
    )


@bp.route("/steering/messages/new", methods=["GET", "POST"])
@officers
def new_message() -> Any:
    """First the preview with names and count; it is sent from there."""
    form = MessageForm()
    form.audience.choices = _choices()
    if request.method == "GET":
        form.key.data = str(new_id())
        wanted = asked_text("to")
        if any(wanted == value for value, _name in form.audience.choices):
            form.audience.data = wanted
    if not form.validate_on_submit() or "again" in request.form:
        return _form(form), 422 if form.errors else 200
    audience, about = _chosen(form.audience.data)
    people = queries.people_of(audience, about)
    if not form.words.is_whole or not people:
        error = operations.NotWhole() if not form.words.is_whole else operations.NobodyThere()
        form.form_errors.append(str(error.message))
        return _form(form), 422
    if "send" not in request.form:
        return _preview(form, audience, about, people)
    try:
        made = operations.send(
            me(),
            audience,
            about,
            form.words,
            key=parsed_uuid(form.key.data or "") or new_id(),
            expected=int(form.expected.data) if (form.expected.data or "").isdecimal() else -1,
        )
    except operations.SetHasChanged as error:
        form.form_errors.append(str(error.message))
        return _preview(form, audience, about, people), 422
    except Refused as error:
        form.form_errors.append(str(error.message))
        return _form(form), 422
    flash(_("Sent. The list shows whom it has reached."), "success")
    return redirect(url_for("steering.message", message_id=made.id), code=303)


def _form(form: MessageForm) -> str:
    return render_template("steering/message_form.html", form=form)


def _preview(form: MessageForm, audience: Audience, about: str, people: Any) -> str:
    form.expected.raw_data = None
    form.expected.data = str(len(people))
    choice = queries.choice_of(audience, about)
    return render_template(
        "steering/message_preview.html",
        form=form,
        audience=audience,
        choice=choice,
        count=len(people),
        names=[person.name for person in people[:SHOWN]],
        letters=[(code, *form.words.in_language(code)) for code in ("zh-Hant-TW", "en")],
    )


@bp.get("/steering/messages/<uuid:message_id>")
@officers
def message(message_id: uuid.UUID) -> str:
    found = queries.message(message_id)
    return render_template(
        "steering/message.html",
        message=found,
        told=queries.told_count(found),
        listed=queries.recipients_of(found, page=asked_page()),
    )


def _choices() -> list[tuple[str, str]]:
    """Every audience with each thing that it can be about, as ``name`` or ``name/key``."""
    found = []
    for audience in AUDIENCES.values():
        if audience.choices is None:
            found.append((audience.name, str(audience.title)))
        else:
            found += [
                (f"{audience.name}/{row.key}", f"{audience.title}: {row.name}")
                for row in audience.choices()
            ]
    return found


def _chosen(value: str) -> tuple[Audience, str]:
    name, _slash, key = value.partition("/")
    return AUDIENCES[name], key
