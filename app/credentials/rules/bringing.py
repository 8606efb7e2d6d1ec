"""Finding the credential in what somebody brings: JSON, a JWT, a baked picture, a PDF."""

import io
import re
from collections.abc import Mapping
from typing import Any

from pypdf import PdfReader, PdfWriter

from app import vc

__all__ = ["MOST_BYTES", "credential_in", "with_credential"]

MOST_BYTES = 2_000_000
ATTACHMENT = "credential.json"
_BEGINNING = re.compile(rb"stream\r?\n(?=\{\"@context\")")
_END = re.compile(rb"\r?\nendstream")


def credential_in(content: bytes) -> Mapping[str, Any] | str:
    """The credential that CONTENT is or carries; nothing is verified. Raises vc.VcError.

    A PDF is not parsed but looked through for the attachment as ``with_credential`` writes it: a
    reader of PDF is a large thing to give to strangers' files.
    """
    if len(content) > MOST_BYTES:
        raise vc.VcError("The file is too large.")
    start = content.lstrip()[:200]
    if start.startswith(b"%PDF-"):
        # Counted before it is read on: a file full of beginnings would keep its reader busy.
        beginnings = list(_BEGINNING.finditer(content))
        end = _END.search(content, beginnings[0].end()) if len(beginnings) == 1 else None
        if end is None:
            raise vc.VcError("The PDF carries no credential, or several.")
        return vc.loads(content[beginnings[0].end() : end.start()])
    if start.startswith((b"\x89PNG", b"<")):
        return vc.unbake(content)
    if start.startswith(b"{") or start.startswith(b"\xef\xbb\xbf{"):
        return vc.loads(content)
    text = content.decode("ascii", errors="replace").strip()
    if re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", text, re.ASCII):
        return text
    raise vc.VcError("This is no credential.")


def with_credential(pdf: bytes, document: str, title: str) -> bytes:
    """PDF with the signed DOCUMENT attached, as it is."""
    with PdfReader(io.BytesIO(pdf)) as reader:
        writer = PdfWriter(clone_from=reader)
    writer.add_attachment(ATTACHMENT, document.encode())
    writer.add_metadata({"/Title": title, "/Creator": "Banyan"})
    out = io.BytesIO()
    writer.write(out)
    writer.close()
    return out.getvalue()
