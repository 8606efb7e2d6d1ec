"""Rubrics as files: YAML and JSON of our own, and the table that Canvas imports and exports.

Canvas's table has one row per criterion: Rubric Name, Criteria Name, Criteria Description, Criteria
Enable Range, then three columns per rating (name, description, points), best first.
"""

import csv
import io
import json
from typing import Any

import yaml

from app.kernel.i18n import lazy_gettext as _l
from app.rubrics.rules.shape import (
    MOST_CRITERIA,
    MOST_LEVELS,
    NotARubric,
    Raw,
    Scale,
    Scoring,
    plain,
    tidy,
)

__all__ = ["FORMATS", "LARGEST_FILE", "canvas_rows", "read_file", "to_json", "to_yaml"]

LARGEST_FILE = 200_000
FORMATS = {"yaml": "application/yaml", "json": "application/json", "csv": "text/csv"}
CANVAS = ("Rubric Name", "Criteria Name", "Criteria Description", "Criteria Enable Range")
RATING = ("Rating Name", "Rating Description", "Rating Points")


class _PlainLoader(yaml.SafeLoader):
    """No aliases: a few of them, nested, can describe more than fits into memory."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


def to_yaml(raw: Raw) -> str:
    text: str = yaml.safe_dump(_outline(raw), allow_unicode=True, sort_keys=False, width=100)
    return text


def to_json(raw: Raw) -> str:
    return json.dumps(_outline(raw), ensure_ascii=False, indent=2) + "\n"


def _outline(raw: Raw) -> Raw:
    """RAW without its empty fields."""
    return {
        "format": "banyan-rubric-1",
        "scoring": raw["scoring"],
        **_filled(raw, "title", "description"),
        "criteria": [
            {
                **_filled(row, "id", "title", "description", "points", "critical", "least"),
                **(
                    {
                        "levels": [
                            _filled(level, "id", "title", "description", "points")
                            for level in row["levels"]
                        ]
                    }
                    if row["levels"]
                    else {}
                ),
            }
            for row in raw["criteria"]
        ],
    }


def _filled(part: Raw, *names: str) -> Raw:
    return {name: part[name] for name in names if part.get(name)}


def read_file(name: str, data: bytes) -> Raw:
    """The raw rubric of a file (``.yaml``, ``.yml``, ``.json`` or Canvas's ``.csv``).

    Raises NotARubric with words for the person.
    """
    if len(data) > LARGEST_FILE:
        raise NotARubric(_l("A file of a rubric has at most 200 KB."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotARubric(_l("This is not a text file in UTF-8.")) from error
    ending = name.rpartition(".")[2].lower()
    try:
        if ending == "json":
            return tidy(json.loads(text))
        if ending in ("yaml", "yml"):
            return tidy(yaml.load(text, _PlainLoader))  # noqa: S506 (a SafeLoader)
        if ending == "csv":
            return tidy(_from_canvas(text))
    except (ValueError, yaml.YAMLError, csv.Error, RecursionError) as error:
        raise NotARubric(_l("This file cannot be read: %(fault)s", fault=_short(error))) from error
    raise NotARubric(_l("Choose a file that ends in .yaml, .json or .csv."))


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def canvas_rows(scale: Scale, language: str) -> list[list[str]]:
    """SCALE as the rows of Canvas's table, in LANGUAGE, the heading first.

    A criterion of free points becomes one of two ratings with a range, which Canvas scores alike.
    """
    most = max((len(row.levels) for row in scale.criteria), default=0)
    rows = [[*CANVAS, *(RATING * max(most, 2))]]
    for row in scale.criteria:
        is_range = scale.scoring is Scoring.RANGES or not scale.has_choice(row)
        cells = [
            scale.title.in_language(language),
            row.title.in_language(language),
            row.description.in_language(language),
            "true" if is_range else "false",
        ]
        if scale.has_choice(row):
            for level in row.levels:
                cells += [
                    level.title.in_language(language),
                    level.description.in_language(language),
                    plain(level.points),
                ]
        else:
            cells += [str(_l("Full points")), "", plain(row.points)]
            cells += [str(_l("No points")), "", "0"]
        rows.append(cells)
    return rows


def _from_canvas(text: str) -> Raw:
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if any(row)]
    if not rows or [cell.strip() for cell in rows[0][:4]] != list(CANVAS):
        raise NotARubric(
            _l(
                "The first row of a table from Canvas begins with: %(names)s",
                names=", ".join(CANVAS),
            )
        )
    body = rows[1:]
    names = {row[0].strip() for row in body}
    if len(names) > 1:
        raise NotARubric(_l("This table holds several rubrics: import them one by one."))
    criteria = [_canvas_criterion(row) for row in body[: MOST_CRITERIA + 1]]
    is_range = any(len(row) > 3 and row[3].strip().lower() == "true" for row in body)
    return {
        "title": names.pop() if names else "",
        "scoring": (Scoring.RANGES if is_range else Scoring.LEVELS).value,
        "criteria": criteria,
    }


def _canvas_criterion(row: list[str]) -> Raw:
    cells = [*row, "", "", ""]
    ratings = [cells[at : at + 3] for at in range(4, len(row), 3)][: MOST_LEVELS + 1]
    return {
        "title": cells[1],
        "description": cells[2],
        "levels": [
            {"title": title, "description": description, "points": points}
            for title, description, points in ratings
            if title.strip() or points.strip()
        ],
    }
