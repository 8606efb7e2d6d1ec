"""Hostile packages: refused in words or harmless, at once, and nothing of them is kept."""

import io
import json
import stat
import time
import zipfile

import pytest

from app.catalog import operations, queries
from app.catalog.imports import BadXml, bring
from app.catalog.imports.xml import parse
from app.catalog.models import CourseImport
from app.catalog.rules.notebook_pages import notebook_html
from app.kernel.database import db
from app.kernel.i18n import speaking
from app.web.markdown import render
from tests.catalog.imports.packages import PNG, folder, item, manifest, page, resource, zipped
from tests.catalog.imports.test_cartridges import CANVAS, fates, read

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE manifest [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><manifest>&i;</manifest>"
)
OUTSIDE = '<!DOCTYPE manifest SYSTEM "https://evil.example/x.dtd"><manifest/>'
SECRETS = '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><manifest>&x;</manifest>'


def archive(*entries: tuple[str, bytes, dict[str, int]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data, attributes in entries:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            for key, value in attributes.items():
                setattr(entry, key, value)
            file.writestr(entry, data)
    return out.getvalue()


def one_page(html: str, **files: bytes):
    whole = {
        "imsmanifest.xml": manifest(
            folder("M", item("p", "Page")), resource("p", "webcontent", "p.html")
        ),
        "p.html": page(html),
        **{name.replace("__", "."): data for name, data in files.items()},
    }
    return read(whole)


class TestArchives:
    GOOD = ("imsmanifest.xml", manifest().encode(), {})

    @pytest.mark.parametrize(
        ("entry", "words"),
        [
            (("../../etc/cron.d/x", b"x", {}), "outside its folder"),
            (("/etc/passwd", b"x", {}), "outside its folder"),
            (("a\\..\\..\\x", b"x", {}), "outside its folder"),
            (("link", b"/etc/passwd", {"external_attr": (stat.S_IFLNK | 0o777) << 16}), "link"),
            (("bomb.html", b"\0" * 15_000_000, {}), "too large"),
            (("huge.bin", b"\0" * 30_000_000, {}), "too large"),
            (("IMSMANIFEST.XML", b"x", {}), "twice"),
        ],
    )
    def test_that_reach_out_or_explode_are_refused_in_words(self, entry, words):
        with speaking("en"), pytest.raises(operations.ImportRefused) as refused:
            operations.look_into(archive(self.GOOD, entry), "en")
        with speaking("en"):
            assert words in str(refused.value.message)

    def test_of_too_many_files_are_refused(self):
        many = [(f"f{n}", b"", {}) for n in range(2001)]
        with speaking("en"), pytest.raises(operations.ImportRefused, match="2000"):
            operations.look_into(archive(self.GOOD, *many), "en")

    def test_within_archives_are_never_opened(self):
        inner = archive(("bomb", b"\0" * 15_000_000, {}))
        package = archive(
            (
                "imsmanifest.xml",
                manifest(
                    folder("M", item("z", "Zip")), resource("z", "webcontent", "inner.zip")
                ).encode(),
                {},
            ),
            ("inner.zip", inner, {}),
        )
        (file,) = operations.look_into(package, "en").brought.modules[0].items
        assert file.data == inner


class TestXml:
    @pytest.mark.parametrize("text", [LAUGHS, OUTSIDE, SECRETS])
    def test_that_declares_anything_is_refused_unread(self, text):
        began = time.monotonic()
        with pytest.raises(BadXml) as refused:
            parse(text.encode())
        assert refused.value.code == "xml-entities" and time.monotonic() - began < 1
        with speaking("en"), pytest.raises(operations.ImportRefused, match="document type"):
            operations.look_into(zipped({"imsmanifest.xml": text}), "en")

    @pytest.mark.parametrize("text", [LAUGHS, OUTSIDE, SECRETS])
    def test_in_one_part_costs_only_that_part(self, text):
        files = {
            "imsmanifest.xml": manifest(
                folder(
                    "M", item("t", "Talk"), item("q", "Quiz"), item("l", "Link"), item("p", "P")
                ),
                resource("t", "imsdt_xmlv1p3", "t.xml")
                + resource("q", "imsqti_xmlv1p2/imscc_xmlv1p1/assessment", "q.xml")
                + resource("l", "imswl_xmlv1p3", "l.xml")
                + resource("p", "webcontent", "p.html"),
            ),
            **dict.fromkeys(("t.xml", "q.xml", "l.xml"), text),
            "p.html": page("<p>fine</p>"),
        }
        found = fates(read(files))
        for path in ("t.xml", "q.xml", "l.xml"):
            assert found[path] == ("left", {"xml-entities"})
        assert found["p.html"] == ("came", set())

    def test_that_nests_or_goes_on_for_ever_is_refused_in_a_moment(self):
        began = time.monotonic()
        for text, code in (
            ("<a>" * 50_000 + "</a>" * 50_000, "xml-deep"),
            ("<a>" + "<b/>" * 200_000 + "</a>", "xml-large"),
        ):
            with pytest.raises(BadXml) as refused:
                parse(text.encode())
            assert refused.value.code == code
        items = "".join(
            f'<item identifier="i{n}"><title>{n}</title></item>' for n in range(100_000)
        )
        with pytest.raises(BadXml):
            read({"imsmanifest.xml": manifest(items)})
        assert time.monotonic() - began < 20

    @pytest.mark.parametrize("data", [b"", b"\0\0", b"\xff\xfe<", b"<?xml encoding='nope'?><a/>"])
    def test_that_is_none_is_refused(self, data):
        with pytest.raises(BadXml):
            parse(data)


class TestManifests:
    @pytest.mark.parametrize(
        "path", ["../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "..%2f..%2fetc%2fpasswd"]
    )
    def test_that_point_out_of_the_package_read_nothing_there(self, path):
        files = {
            "imsmanifest.xml": manifest(
                folder("M", item("x", "X")),
                f'<resource identifier="x" type="webcontent" href="{path}"/>',
            )
        }
        brought = read(files)
        assert brought.modules[0].items == () and brought.report.count("left") == 1

    def test_that_go_round_in_circles_end(self):
        circle = (
            f'<resource identifier="a" type="{CANVAS}"><file href="a.xml"/>'
            '<dependency identifierref="a"/></resource>'
        )
        assert read({"imsmanifest.xml": manifest(item("a", "A") * 50, circle)}).report.elements


class TestPages:
    @pytest.mark.parametrize(
        "html",
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<a href='javascript:alert(1)'>x</a>",
            "<a href='&#106;avascript:alert(1)'>x</a>",
            "<iframe src='javascript:alert(1)'></iframe>",
            "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
            "<object data='data:text/html,<script>alert(1)</script>'></object>",
            "<svg onload=alert(1)><script>alert(1)</script></svg>",
            "<math><mtext><script>alert(1)</script></mtext></math>",
            "<p>[x](javascript:alert(1)) &lt;script&gt;alert(1)&lt;/script&gt;</p>",
            "<img alt='](javascript:alert(1))' src='ok.png'>",
            "<a href='https://x.tw/&quot;onclick=alert(1)'>x</a>",
            "<style>@import 'https://evil.example'</style><base href='https://evil.example'>",
        ],
    )
    def test_carry_nothing_that_runs_into_what_readers_see(self, html):
        brought = one_page(f"<p>text</p>{html}", ok__png=PNG)
        for lesson in brought.modules[0].items:
            shown = render(
                lesson.body_markdown["en"], pictures=str, items=lambda kind, slug: f"/{kind}/{slug}"
            )
            lowered = shown.lower()
            assert "<script" not in lowered and "<iframe" not in lowered and "<svg" not in lowered
            assert 'href="javascript' not in lowered and 'src="javascript' not in lowered
            assert " onerror=" not in lowered.replace("&", "") and " onload=" not in lowered

    def test_show_no_drawing_that_acts(self):
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
        brought = one_page("<img src='evil.svg' alt='x'><p>text</p>", evil__svg=svg)
        (lesson,) = brought.modules[0].items
        assert lesson.pictures == {} and "evil" not in lesson.body_markdown["en"]
        assert "picture-active" in fates(brought)["p.html"][1]

    def test_show_no_page_that_says_it_is_a_picture(self):
        brought = one_page("<img src='x.png' alt='x'><p>t</p>", x__png=b"<html><script>1</script>")
        assert brought.modules[0].items[0].pictures == {}

    def test_named_to_deceive_get_plain_names(self):
        path = "web_resources/<img onerror=x>.pdf"
        files = {
            "imsmanifest.xml": manifest(
                folder("M", item("f", "&lt;script&gt;x&lt;/script&gt;")),
                resource("f", "webcontent", path.replace("<", "&lt;")),
            ),
            path: b"%PDF",
        }
        (file,) = read(files).modules[0].items
        assert file.name == "-img onerror=x-.pdf" and file.slug == "script-x-script"


class TestNotebooks:
    def test_with_hostile_outputs_are_shown_without_them(self):
        html = "<script>alert(1)</script><img src=x onerror=alert(2)>"
        cell = {
            "cell_type": "code", "metadata": {}, "source": "1", "execution_count": 1,
            "outputs": [
                {"output_type": "display_data", "metadata": {}, "data": {"text/html": html}}
            ],
        }  # fmt: skip
        data = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]})
        brought = bring("nbgrader", {"source/a/evil.ipynb": data.encode()}, "en")
        (file,) = brought.modules[0].items
        shown = notebook_html(file.data)
        assert "<script" not in shown and "onerror" not in shown

    @pytest.mark.parametrize(
        "data",
        [b"[" * 100_000, b'{"nbformat": 4, "cells": [' + b"{}," * 6000 + b"{}]}", b"{}", b"\xff",
         b'{"nbformat": 4, "cells": [1, null]}', b'{"nbformat": 3, "worksheets": 7}'],
    )  # fmt: skip
    def test_that_are_none_stay_files_and_stop_nothing(self, data):
        brought = bring("nbgrader", {"source/a/x.ipynb": data}, "en")
        assert [item.data for item in brought.modules[0].items] == [data]


class TestNothingIsHalfWritten:
    def test_when_a_package_is_refused(self, cast):
        for data in (archive(("../x", b"", {})), zipped({"imsmanifest.xml": LAUGHS}), b"PK"):
            answer = cast.browser("lin").post(
                "/teach/courses/import", data={"zip": (io.BytesIO(data), "x.imscc")}
            )
            assert answer.status_code == 422 and 'role="alert"' in answer.text
        with cast.app.app_context():
            assert db.session.query(CourseImport).count() == 0

    def test_when_taking_over_fails_at_the_end(self, cast, monkeypatch):
        package = zipped(
            {
                "imsmanifest.xml": manifest(
                    folder("M", item("p", "P")), resource("p", "webcontent", "p.html")
                ),
                "p.html": page("<p>x</p>"),
            }
        )
        with cast.app.app_context():
            lin, cluster = cast.person("lin"), queries.all_clusters()[0].id
            pending = operations.prepare_import(lin, "x.imscc", package)
            plan = operations.ImportPlan(
                language="en", slug="half-written", title="Half", cluster_id=cluster
            )

            def broken(*_arguments: object, **_named: object) -> None:
                raise OSError("no space left")

            monkeypatch.setattr(operations.importing, "begin_draft", broken)
            with pytest.raises(OSError, match="space"):
                operations.finish_import(lin, pending, plan)
            assert queries.course("half-written") is None
            assert db.session.get(CourseImport, pending.id).imported_at is None
