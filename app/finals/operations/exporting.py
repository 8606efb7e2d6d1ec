"""Sheets for the registrar, each with a receipt."""

import csv
import hashlib
import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter

from app.accounts.models import Person
from app.finals import queries
from app.finals.models import FinalExport
from app.finals.rules.sheets import Layout, heads, values
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.transaction import operation
from app.learning.models import Section
from app.web.csv import harmless

__all__ = ["Exported", "export"]


@dataclass(frozen=True)
class Exported:
    """A file and its receipt."""

    content: bytes
    receipt: FinalExport


@operation
def export(
    actor: Person | None, section: Section, *, layout: Layout, as_workbook: bool
) -> Exported:
    """The final grades of SECTION as CSV (UTF-8 with a byte order mark) or as a workbook.

    ACTOR is None on the machine itself; that she may is for the caller to know.
    """
    rows = values(layout, queries.lines_of(section))
    table = [heads(layout), *rows]
    content = _workbook(table) if as_workbook else _csv(table)
    day = clock.now().astimezone(clock.TAIPEI).strftime("%Y%m%d")
    receipt = FinalExport(
        section_id=section.id,
        by_id=actor.id if actor else None,
        layout=layout,
        filename=f"{section.code}-finals-{day}.{'xlsx' if as_workbook else 'csv'}",
        byte_count=len(content),
        row_count=len(rows),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    db.session.add(receipt)
    db.session.flush()
    audit.record(
        actor.id if actor else None, "finals.exported", "section", section.id,
        sha256=receipt.sha256, rows=len(rows), layout=layout.value,
    )  # fmt: skip
    return Exported(content, receipt)


def _csv(table: list[list[Any]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(
        [f"{cell:f}" if isinstance(cell, Decimal) else harmless(cell) for cell in row]
        for row in table
    )
    return ("\ufeff" + buffer.getvalue()).encode()


def _workbook(table: list[list[Any]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(table):
        for n, cell in enumerate(row):
            if isinstance(cell, int | Decimal):
                sheet.write_number(line, n, float(cell))
            elif cell:
                # Always as text: no spreadsheet takes it for a formula, and zeros in front stay.
                sheet.write_string(line, n, str(cell))
    book.close()
    return buffer.getvalue()
