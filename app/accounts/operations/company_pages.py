"""What an organisation shows of itself, and what it lays before the officer."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from app.accounts import queries
from app.accounts.models import CompanyDocument, Organisation, Person
from app.accounts.operations.companies import is_web_address
from app.accounts.operations.company_contacts import lock
from app.accounts.operations.organisations import OrganisationInvalid
from app.kernel import audit, blobs, clock
from app.kernel.counties import COUNTIES
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.industries import INDUSTRIES
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation

__all__ = [
    "DocumentRefused",
    "PictureRefused",
    "add_document",
    "change_logo",
    "change_page",
    "remove_document",
]

MOST_DOCUMENTS = 10
MOST_BYTES = 10 * 1024 * 1024
LOGO_SIDE = 512
MOST_PIXELS = 40_000_000
LONGEST_ABOUT = 4000
MAGIC = {b"%PDF-": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class DocumentRefused(Refused):
    """The words of the message say why."""


class PictureRefused(Refused):
    message = _l("This is not a picture that can be shown. Use PNG, JPEG or WebP, at most 10 MB.")


@operation
def change_page(
    person: Person,
    organisation: Organisation,
    *,
    about: LocalizedText,
    english: str,
    website: str | None,
    county: str | None,
    industry: str | None,
) -> None:
    """What the public page says. The Chinese name and the number are what was approved: they stay.

    Raises OrganisationInvalid.
    """
    if website is not None and not is_web_address(website):
        raise OrganisationInvalid(
            _l("A website's address begins with https:// or http:// and names a host.")
        )
    if (county is not None and county not in COUNTIES) or (
        industry is not None and industry not in INDUSTRIES
    ):
        raise OrganisationInvalid(_l("Choose something of the list."))
    organisation.about = LocalizedText({k: v[:LONGEST_ABOUT] for k, v in about.items()})
    name = {**organisation.name, "en": english.strip()}
    if not any(name.values()):
        raise OrganisationInvalid(_l("An organisation needs a name."))
    organisation.name = LocalizedText(name)
    organisation.website = website
    organisation.county = county
    organisation.industry = industry
    audit.record(person.id, "changed page", "organisation", organisation.id)


@operation
def change_logo(person: Person, organisation: Organisation, content: bytes | None) -> None:
    """Draw a picture anew, small, without metadata; None takes it away. Raises PictureRefused."""
    organisation.logo_blob = None if content is None else blobs.put(_drawn(content))
    audit.record(person.id, "changed logo", "organisation", organisation.id)


def _drawn(content: bytes) -> bytes:
    try:
        if len(content) > MOST_BYTES:
            raise PictureRefused
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as found:
                if found.width * found.height > MOST_PIXELS:
                    raise PictureRefused
                drawn = ImageOps.exif_transpose(found).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, Warning):
        raise PictureRefused from None
    drawn.thumbnail((LOGO_SIDE, LOGO_SIDE))
    bare = Image.new("RGBA", drawn.size)
    bare.paste(drawn)
    out = io.BytesIO()
    bare.save(out, "PNG", optimize=True)
    return out.getvalue()


@operation
def add_document(
    person: Person, organisation: Organisation, name: str, content: bytes
) -> CompanyDocument:
    """Lay a file before the officer: PDF, PNG or JPEG, by what is in it. Raises DocumentRefused."""
    kind = next((kind for magic, kind in MAGIC.items() if content.startswith(magic)), None)
    if kind is None:
        raise DocumentRefused(_l("Only PDF, PNG and JPEG files can be read here."))
    if len(content) > MOST_BYTES:
        raise DocumentRefused(_l("This file is larger than 10 MB."))
    lock(organisation)
    if len(queries.documents_of(organisation)) >= MOST_DOCUMENTS:
        raise DocumentRefused(
            _l("There can be at most %(most)s files. Remove one first.", most=MOST_DOCUMENTS)
        )
    made = CompanyDocument(
        organisation_id=organisation.id,
        name=_plain_name(name),
        media_type=kind,
        blob=blobs.put(content),
        size=len(content),
        uploaded_by_id=person.id,
        uploaded_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record(person.id, "added document", "organisation", organisation.id)
    return made


@operation
def remove_document(person: Person, document: CompanyDocument) -> None:
    """It is shown no more; what was decided on stays on record."""
    if document.removed_at is None:
        document.removed_at = clock.now()
        audit.record(person.id, "removed document", "organisation", document.organisation_id)


def _plain_name(name: str) -> str:
    """The last part of NAME without what a header or a file system could misread."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in bare if c.isprintable() and c not in '"<>|:*?').strip()
    return kept[-120:] or "file"
