"""Lists as CSV that a spreadsheet cannot be tricked with."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

RISKY = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: Any) -> str:
    """VALUE as text that no spreadsheet takes for a formula (OWASP, CSV injection).

    Numbers stay as they are, negative ones too.
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return "'" + text if text.startswith(RISKY) else text


def csv_response(filename: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Response:
    """A download in UTF-8 with a byte order mark, which spreadsheets need for Chinese."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([harmless(cell) for cell in header])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return Response(
        "\ufeff" + buffer.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
