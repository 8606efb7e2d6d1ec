"""Certificates and transcripts as PDF: set by the engine's printer, which fetches nothing."""

import base64
from typing import Any

import segno
from flask import render_template

from app import engine, vc
from app.accounts.models import Person
from app.credentials import operations, queries
from app.credentials.models import Award, Credential
from app.credentials.policies import is_holder
from app.credentials.rules import KIND_NAMES
from app.credentials.rules.art import svg
from app.credentials.rules.bringing import with_credential
from app.credentials.views.blueprint import address, shapes_of
from app.kernel import clock
from app.kernel.i18n import LOCALES, LazyText, speaking

__all__ = ["certificate", "transcript"]


def certificate(credential: Credential, reader: Person | None) -> bytes:
    """A certificate in both languages with the credential attached. Her name stands on it when it
    stands in the credential, or when she prints it herself.

    Raises PdfUnavailable, PdfFailed.
    """
    award = credential.award
    is_hers = reader is not None and is_holder(reader, award)
    name = award.person.name if award.person and (credential.with_name or is_hers) else None
    page = _page(
        "credentials/print/certificate.html",
        credential=credential,
        award=award,
        name=name,
        issuer=operations.issuer_name(award.issuer),
        picture=_data(svg(shapes_of(award.achievement, award), vc.both(award.achievement.title))),
        link=f"{address()}/credentials/{credential.id}",
        qr=_qr(f"{address()}/credentials/{credential.id}"),
    )
    title = vc.both(award.achievement.title)
    return with_credential(engine.pdf_of(page), credential.document, title)


def transcript(person: Person) -> bytes:
    """All that PERSON has and that is valid, on one sheet or more, each with its address.

    Raises PdfUnavailable, PdfFailed.
    """
    rows: list[tuple[Award, Credential]] = []
    for award in queries.awards_of(person):
        live = [row for row in award.credentials if row.revoked_at is None]
        if live and award.withdrawn_at is None and not award.hidden_at:
            rows.append((award, live[0]))
    page = _page(
        "credentials/print/transcript.html",
        person=person,
        rows=[
            (award, credential, _qr(f"{address()}/credentials/{credential.id}"))
            for award, credential in rows
        ],
        issuer_name=operations.issuer_name,
        address=address(),
        verify=f"{address()}/verify",
        printed_at=clock.now(),
    )
    return engine.pdf_of(page)


def _page(template: str, **values: Any) -> str:
    return render_template(template, in_both=_in_both, kind_names=KIND_NAMES, **values)


def _in_both(text: LazyText) -> str:
    """A message of the house in both languages, Chinese first."""
    found = {}
    for code in LOCALES:
        with speaking(code):
            found[code] = str(text)
    return vc.both(found)


def _data(content: bytes) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(content).decode()


def _qr(text: str) -> str:
    return str(segno.make(text, error="m").svg_data_uri(scale=4, border=1, dark="#17593f"))
