"""Everybody's grades for a spreadsheet: streamed, a few hundred rows in memory at a time."""

import csv
import io
import os
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import xlsxwriter
from flask import Response, stream_with_context

from app.gradebook import queries
from app.gradebook.queries import Column, GridRow
from app.gradebook.rules.entries import plain
from app.gradebook.views.blueprint import asked_of, bp, opened, teachers
from app.kernel.i18n import gettext as _
from app.web.csv import harmless

EXCUSED = "EX"
CHUNK = 64 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def heading(column: Column) -> str:
    """A column's title with its key, by which an import knows it again."""
    return f"{column.title} ({plain(column.points)}) [{column.key}]"


def headings(columns: tuple[Column, ...]) -> list[str]:
    return [
        _("Student number"), _("Name"), _("Mail"), _("Section"),
        *(heading(column) for column in columns),
        _("Percent"), _("Grade"), _("Mark"),
    ]  # fmt: skip


def texts(row: GridRow, code: str) -> list[str]:
    """Who it is: what people wrote."""
    return [row.number, row.name, row.email, code]


def points(row: GridRow, keys: list[str]) -> list[str]:
    """Her cells, as numbers are written or ``EX``; empty where there is nothing.

    They are kept as such texts: to read hundreds of thousands only to write them again costs more
    than all else of an export.
    """
    found = row.cells.get
    return [
        "" if cell is None else EXCUSED if cell["s"] == "excused" else cell.get("p", "")
        for cell in map(found, keys)
    ]


def results(row: GridRow) -> list[Any]:
    """What she comes to: numbers as Decimals, all else as text."""
    return [
        "" if row.percent is None else row.percent,
        _("incomplete") if row.is_incomplete else "" if row.rounded is None else row.rounded,
        row.mark or "",
    ]


@bp.get("/teaching/<code>/gradebook.csv")
@teachers
def export(code: str) -> Response:
    asked = asked_of()
    scope = opened(code, asked)
    columns = scope.columns
    keys = [column.key for column in columns]
    codes = scope.codes

    def lines() -> Iterator[str]:
        yield "\ufeff"  # spreadsheets need it for Chinese
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow([harmless(cell) for cell in headings(columns)])
        for row in queries.all_rows(scope, asked):
            writer.writerow(
                [
                    *map(harmless, texts(row, codes[row.section_id])),
                    *points(row, keys),
                    *(plain(v) if isinstance(v, Decimal) else harmless(v) for v in results(row)),
                ]
            )
            if buffer.tell() > CHUNK:
                yield buffer.getvalue()
                buffer.seek(0)
                buffer.truncate()
        yield buffer.getvalue()

    return Response(
        stream_with_context(lines()),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{code}-gradebook.csv"'},
    )


@bp.get("/teaching/<code>/gradebook.xlsx")
@teachers
def export_xlsx(code: str) -> Response:
    """As a workbook: written row by row to a file that is gone when it has been sent."""
    asked = asked_of()
    scope = opened(code, asked)
    columns = scope.columns
    keys = [column.key for column in columns]
    codes = scope.codes
    handle, path = tempfile.mkstemp(suffix=".xlsx")
    os.close(handle)
    try:
        book = xlsxwriter.Workbook(
            path,
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 2)
        for n, text in enumerate(headings(columns)):
            sheet.write_string(0, n, text)
        number, text = sheet.write_number, sheet.write_string
        for line, row in enumerate(queries.all_rows(scope, asked), 1):
            # What people wrote always as text: no spreadsheet takes it for a formula.
            for n, value in enumerate(texts(row, codes[row.section_id])):
                if value:
                    text(line, n, value)
            for n, value in enumerate(points(row, keys), 4):
                if value == EXCUSED:
                    text(line, n, value)
                elif value:
                    number(line, n, float(value))
            for n, value in enumerate(results(row), 4 + len(keys)):
                if isinstance(value, Decimal):
                    number(line, n, float(value))
                elif value:
                    text(line, n, value)
        book.close()
        file = open(path, "rb")  # noqa: SIM115 (closed when it has been sent)
    finally:
        os.unlink(path)

    def parts() -> Iterator[bytes]:
        with file:
            while part := file.read(CHUNK):
                yield part

    answer = Response(parts(), mimetype=XLSX)
    answer.call_on_close(file.close)
    answer.headers["Content-Disposition"] = f'attachment; filename="{code}-gradebook.xlsx"'
    return answer
