"""Archives and tables of all work, as a browser sends and gets them."""

import csv
import io
import zipfile

from app.grading import queries
from tests.cast import Cast

SLUG = "squares"


def boxes(cast: Cast):
    return queries.boxes_of(cast.section(), SLUG, secret="s")


def zipped(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return held.getvalue()


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def as_csv(*rows: dict[str, object]) -> bytes:
    held = io.StringIO()
    writer = csv.DictWriter(held, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return held.getvalue().encode()


def download(cast: Cast, query: str = "", handle: str = "lin") -> dict[str, bytes]:
    answer = cast.browser(handle).get(f"/teaching/{cast.code}/labs/{SLUG}/submissions.zip{query}")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    return unzipped(answer.data)


def box_of(cast: Cast, handle: str):
    return next(box for box in boxes(cast) if handle in {h for _n, _name, h in box.people})
