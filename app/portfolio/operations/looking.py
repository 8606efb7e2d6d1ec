"""Writing down who looked, for her to read."""

from app.accounts.models import Person
from app.kernel.transaction import operation
from app.portfolio.models import PortfolioFile, PortfolioShare
from app.privacy import operations as privacy
from app.privacy.rules.looks import PORTFOLIO

__all__ = ["note_file", "note_look"]


@operation
def note_look(viewer: Person | None, share: PortfolioShare) -> None:
    """VIEWER (None: nobody who is signed in) opened the page of SHARE."""
    _note(viewer, share, _title(share))


@operation
def note_file(viewer: Person | None, share: PortfolioShare, file: PortfolioFile) -> None:
    """VIEWER took a file from the page of SHARE. Pictures are part of the page."""
    if not file.is_picture:
        _note(viewer, share, f"{_title(share)} · {file.name}")


def _title(share: PortfolioShare) -> str:
    return share.page.title.in_language(share.page.person.locale)


def _note(viewer: Person | None, share: PortfolioShare, subject: str) -> None:
    privacy.looked(
        share.page.person_id,
        viewer,
        PORTFOLIO.name,
        subject=subject,
        organisation_id=share.organisation_id,
    )
