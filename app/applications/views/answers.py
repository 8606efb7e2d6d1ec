"""Files as answers: handed out, never run, kept nowhere on their way."""

from flask import Response

from app.applications.models import ApplicationFile
from app.kernel import blobs
from app.kernel.errors import NotVisible

__all__ = ["file_answer"]


def file_answer(file: ApplicationFile, name: str) -> Response:
    """FILE under NAME for a browser. Raises NotVisible when it is gone."""
    try:
        content = blobs.get(file.blob)
    except blobs.BlobMissing:
        raise NotVisible(str(file.id)) from None
    answer = Response(content, mimetype=file.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "no-store"
    return answer
