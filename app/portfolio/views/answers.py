"""Files as answers: pictures are shown, everything else is only handed out."""

from flask import Response

from app.kernel import blobs
from app.kernel.errors import NotVisible
from app.portfolio.models import PortfolioFile

__all__ = ["file_answer"]


def file_answer(file: PortfolioFile) -> Response:
    """FILE for a browser, kept nowhere on its way. Raises NotVisible when it is gone."""
    try:
        content = blobs.get(file.blob)
    except blobs.BlobMissing:
        raise NotVisible(file.id) from None
    answer = Response(content, mimetype=file.media_type)
    answer.headers.set(
        "Content-Disposition", "inline" if file.is_picture else "attachment", filename=file.name
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
