"""How items work: the section's, and one."""

from flask import render_template

from app.insights import queries
from app.insights.rules.distribution import FEW, Bin
from app.insights.rules.words import number
from app.insights.views.blueprint import bp, desk_of, frame, teachers, up_to_date
from app.quizzes.rules.statistics import ENOUGH
from app.quizzes.rules.words import difficulty_name, discrimination_name


def labels(bins: list[Bin]) -> list[tuple[str, int]]:
    """Bins with words for the histogram."""
    return [(f"{number(row.low)}–{number(row.high)}", row.count) for row in bins]


@bp.get("/teaching/<code>/insights")
@teachers
def section(code: str) -> str:
    desk = desk_of(code)
    report = queries.section_report(up_to_date(code))
    return render_template(
        "insights/section.html",
        report=report,
        attention=queries.attention_counts(desk.section),
        few=FEW,
        labels=labels,
        difficulty=difficulty_name,
        **frame(desk),
    )


@bp.get("/teaching/<code>/insights/<item>")
@teachers
def item(code: str, item: str) -> str:
    desk = desk_of(code)
    book = up_to_date(code)
    report = queries.item_report(book, item)
    column = report.column
    return render_template(
        "insights/item.html",
        report=report,
        lab=queries.lab_report(book, column) if column.kind == "lab" else None,
        passing=book.scheme.scale.passing,
        few=FEW,
        enough=ENOUGH,
        labels=labels,
        difficulty=difficulty_name,
        discrimination=discrimination_name,
        **frame(desk),
    )
