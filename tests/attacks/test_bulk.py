"""Hostile uploads of feedback: refused in words, at once, and nothing of them is kept."""

import io
import stat
import struct
import time
import zipfile

import pytest
from sqlalchemy import select

from app.catalog.rules import ItemKind
from app.grading import operations, queries
from app.grading.models import FeedbackFile, ManualScore
from app.grading.rules import Via
from app.grading.rules.archives import MOST_ENTRIES, BadArchive, entries
from app.grading.rules.matching import Fate, Which
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning import operations as learning
from app.learning import queries as sections
from tests.cast import SOURCE, Cast
from tests.grading.archives import as_csv, boxes, zipped
from tests.grading.helpers import grade_with, hand_in, result
from tests.learning.people import student as somebody

SLUG = "squares"


def entry(name: str, data: bytes = b"x", **attributes: int) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        for key, value in attributes.items():
            setattr(info, key, value)
        archive.writestr(info, data)
    return held.getvalue()


def link() -> bytes:
    return entry("mei/passwd", b"/etc/passwd", external_attr=(stat.S_IFLNK | 0o777) << 16)


def many() -> bytes:
    return zipped({f"mei/{n}": b"" for n in range(MOST_ENTRIES + 1)})


def bomb() -> bytes:
    """Two hundred megabytes and more in a few hundred kilobytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(11):
            archive.writestr(f"mei/{n}", b"\0" * 19_999_999)
    return held.getvalue()


def huge() -> bytes:
    return entry("mei/huge", b"\0" * (21 * 1024 * 1024))


def liar() -> bytes:
    """Says that it is one byte long and unpacks to fifty megabytes."""
    content = bytearray(entry("mei/liar", b"\0" * 50_000_000))
    central = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, central + 24, 1)
    struct.pack_into("<I", content, 22, 1)
    return bytes(content)


def overlapping() -> bytes:
    """Many names for the same bytes, as the better bombs have them."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mei/0", b"\0" * 10_000_000)
        first = archive.infolist()[0]
        for n in range(1, 100):
            again = zipfile.ZipInfo(f"mei/{n}")
            for name in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(again, name, getattr(first, name))
            archive.filelist.append(again)
            archive.NameToInfo[again.filename] = again
    return held.getvalue()


def encrypted() -> bytes:
    content = bytearray(entry("mei/secret"))
    struct.pack_into("<H", content, 6, 1)
    struct.pack_into("<H", content, content.rindex(b"PK\x01\x02") + 8, 1)
    return bytes(content)


def damaged() -> bytes:
    content = bytearray(entry("mei/f", b"abc" * 100))
    place = content.index(b"mei/f") + 5
    content[place : place + 4] = b"\xff\xff\xff\xff"
    return bytes(content)


REFUSED = {
    "climbs out": lambda: entry("../../etc/cron.d/x"),
    "climbs out inside": lambda: entry("mei/../../x"),
    "is absolute": lambda: entry("/etc/passwd"),
    "has a drive": lambda: entry("c:/windows/x"),
    "turns its slashes": lambda: entry("mei\\..\\..\\x"),
    "holds a line break": lambda: entry("mei/a\nb"),
    "is a link": link,
    "is a pipe": lambda: entry("mei/p", external_attr=(stat.S_IFIFO | 0o666) << 16),
    "holds too many": many,
    "is a bomb": bomb,
    "holds a huge file": huge,
    "lies about sizes": liar,
    "overlaps": overlapping,
    "is encrypted": encrypted,
    "is damaged": damaged,
    "is cut off": lambda: zipped({"mei/f": b"x" * 1000})[:60],
    "has a file twice": lambda: zipped({"mei/f": b"1", "mei/F": b"2"}),
    "only begins as one": lambda: b"PK\x03\x04" + b"\0" * 100,
}


@pytest.mark.parametrize("kind", REFUSED)
def test_an_archive_that_is_hostile_is_refused_soon(kind):
    content = REFUSED[kind]()
    began = time.monotonic()
    with pytest.raises(BadArchive) as told:
        for _path, data in entries(content):
            assert len(data) < 21_000_000
    assert str(told.value.words)
    assert time.monotonic() - began < 5


def test_the_page_says_why_and_keeps_nothing(enrolled: Cast):
    with enrolled.app.app_context():
        hand_in(enrolled, "mei")
    browser = enrolled.browser("lin")
    for content in (link(), entry("../x"), b"PK\x03\x04", b"\xff\xfe\0a", b"a" * 100):
        answer = browser.post(
            f"/teaching/{enrolled.code}/labs/{SLUG}/bulk",
            data={"file": (io.BytesIO(content), "x.zip")},
        )
        assert answer.status_code == 422 and b"Nothing was changed" in answer.data
    with enrolled.app.app_context():
        assert db.session.scalars(select(FeedbackFile)).all() == []


def test_an_archive_inside_an_archive_stays_closed(enrolled: Cast):
    with enrolled.app.app_context():
        hand_in(enrolled, "mei")
        (row,) = operations.plan_feedback(boxes(enrolled), zipped({"mei/in.zip": bomb()})).files
        assert (row.fate, row.name) == (Fate.NEW, "in.zip")


class TestOtherSections:
    @pytest.fixture
    def elsewhere(self, enrolled: Cast):
        """Somebody has handed in at the other school; the id of her work."""
        with enrolled.app.app_context():
            other = enrolled.section("jiayang")
            student = somebody("anna", "jiayang")
            learning.enrol(student, other)
            view = sections.section_for(student, other.code)
            made = operations.submit(
                student,
                view.section,
                view.item(ItemKind.LAB, SLUG),
                {"squares.ipynb": SOURCE},
                via=Via.SITE,
            )
            grade_with(made, result())
            return made.id

    def test_their_ids_fit_nothing(self, enrolled: Cast, elsewhere):
        with enrolled.app.app_context():
            hand_in(enrolled, "mei")
            points = as_csv({"submission_id": elsewhere, "cell": "why", "points": 1})
            content = zipped(
                {
                    f"r/{elsewhere}/f.txt": b"x",
                    "r/anna/f.txt": b"x",
                    "r/points.csv": points,
                }
            )
            plan = operations.plan_feedback(boxes(enrolled), content)
            assert {row.fate for row in (*plan.files, *plan.points)} == {Fate.UNMATCHED}

    def test_a_plan_that_names_them_is_refused_whole(self, enrolled: Cast, elsewhere):
        with enrolled.app.app_context():
            other = queries.boxes_of(enrolled.section("jiayang"), SLUG, secret="s")
            content = zipped({"anna/f.txt": b"x"})
            plan = operations.plan_feedback(other, content)
            assert len(plan.given) == 1
            with pytest.raises(NotVisible):
                operations.apply_feedback(
                    enrolled.person("lin"), enrolled.section(), SLUG, plan, content
                )
            assert db.session.scalars(select(FeedbackFile)).all() == []
            assert db.session.scalars(select(ManualScore)).all() == []

    def test_anothers_upload_cannot_be_applied(self, enrolled: Cast):
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "mei"), result())
        path = f"/teaching/{enrolled.code}/labs/{SLUG}/bulk"
        answer = enrolled.browser("lin").post(
            path, data={"file": (io.BytesIO(zipped({"mei/f.txt": b"x"})), "f.zip")}
        )
        text = answer.data.decode()
        form = {
            name: text.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]
            for name in ("upload", "plan")
        }
        for handle in ("ping", "wang", "mei"):
            enrolled.browser(handle).post(f"{path}/apply", data=form)
        with enrolled.app.app_context():
            assert db.session.scalars(select(FeedbackFile)).all() == []


def test_formulas_come_out_as_text(enrolled: Cast):
    with enrolled.app.app_context():
        mei = enrolled.person("mei")
        mei.name = '=HYPERLINK("http://evil.example")'
        db.session.flush()
        hand_in(enrolled, "mei")
        folder = boxes(enrolled)[0].line.folder
        assert not folder.startswith("=") and '"' not in folder
        parts = queries.archive_of("r", boxes(enrolled), Which.NEWEST, blind=False)
        with zipfile.ZipFile(io.BytesIO(b"".join(parts))) as archive:
            assert "'=HYPERLINK" in archive.read("r/manifest.csv").decode()
