"""What hostile authors and files send: refused in clear words, or harmless."""

import io
import json
import stat
import zipfile

import pytest

from app.catalog import operations, queries
from app.catalog.folder import read_course
from app.catalog.rules import NodeKind
from app.catalog.rules.notebook_pages import notebook_html
from app.catalog.rules.pictures import picture_problem
from app.catalog.rules.writing import course_files
from app.catalog.rules.zips import BadZip, course_folder, unzipped, zipped
from tests.cast import course as small_course

SLUG = "areas-and-squares"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">%s</svg>'


def archive(**files: bytes) -> bytes:
    return made([(name.replace("__", "/"), data, {}) for name, data in files.items()])


def made(entries: list[tuple[str, bytes, dict[str, int]]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data, attributes in entries:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            for key, value in attributes.items():
                setattr(entry, key, value)
            file.writestr(entry, data)
    return out.getvalue()


class TestDrawings:
    @pytest.mark.parametrize(
        "inside",
        [
            "<script>alert(1)</script>",
            '<g onload="alert(1)"/>',
            '<a xlink:href="javascript:alert(1)"><text>x</text></a>',
            '<a href="https://evil.example"><text>x</text></a>',
            "<foreignObject><body/></foreignObject>",
            '<image href="https://evil.example/p.png"/>',
            '<use href="data:image/svg+xml;base64,AAAA"/>',
            "<style>@import url(https://evil.example)</style>",
            '<rect style="fill: url(https://evil.example/#a)"/>',
            '<set attributeName="onclick" to="alert(1)"/>',
            '<animate attributeName="href" values="javascript&#58;alert(1)"/>',
        ],
    )
    def test_that_act_or_reach_out_are_refused(self, inside):
        assert picture_problem("x.svg", (SVG % inside).encode())

    def test_with_entities_are_refused_before_they_are_read(self):
        bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + SVG % "&b;"
        assert "entities" in picture_problem("x.svg", bomb.replace("<!ENTITY", "<!X").encode())[1]
        assert "active" in picture_problem("x.svg", bomb.encode())[1]

    def test_in_another_encoding_hide_nothing(self):
        assert picture_problem("x.svg", (SVG % "<script/>").encode("utf-16"))

    def test_of_our_own_pass(self):
        good = SVG % (
            "<style>@media (prefers-color-scheme: dark) { path { fill: url(#a) } }</style>"
            '<linearGradient id="a"/><use href="#a"/><path d="M0 0" fill="url(#a)"/>'
        )
        assert picture_problem("x.svg", good.encode()) is None

    @pytest.mark.parametrize("name", ["x.png", "x.jpg", "x.webp"])
    def test_are_what_their_name_says(self, name):
        assert picture_problem(name, b"<html><script>alert(1)</script>")


class TestNotebooks:
    def page(self, *cells: dict) -> str:
        return notebook_html(json.dumps({"cells": list(cells), "nbformat": 4}).encode())

    def test_carry_no_script_from_texts_outputs_or_errors(self):
        html = "<img src=x onerror=alert(1)><script>alert(2)</script><table><td>1</td></table>"
        page = self.page(
            {"cell_type": "markdown", "source": html + "[x](javascript:alert(3))"},
            {
                "cell_type": "code",
                "source": "print('</code><script>alert(4)</script>')",
                "outputs": [
                    {"output_type": "display_data", "data": {"text/html": html}},
                    {"output_type": "stream", "text": html},
                    {"output_type": "error", "ename": "<b>", "evalue": html},
                    {"output_type": "display_data", "data": {"image/svg+xml": SVG % html}},
                    {"output_type": "display_data", "data": {"image/png": '" onerror="x'}},
                    {"output_type": "display_data", "data": {"application/javascript": "alert(5)"}},
                ],
            },
            {"cell_type": "raw", "source": html},
        )
        assert "<script" not in page and "<img" not in page and 'href="javascript' not in page
        assert "<td>1</td>" in page

    @pytest.mark.parametrize(
        "data", [b"", b"[]", b"{}", b'{"cells": [1, null, {"cell_type": 3}]}', b"[" * 100_000]
    )
    def test_that_are_none_are_an_empty_page(self, data):
        assert "<script" not in notebook_html(data)


class TestZips:
    def test_come_back_as_they_were_made(self):
        files = {"course.yaml": b"a", "lessons/x.en.md": b"b"}
        assert unzipped(zipped(files, "made-up")) == {f"made-up/{p}": d for p, d in files.items()}
        assert zipped(files, "made-up") == zipped(dict(reversed(files.items())), "made-up")

    @pytest.mark.parametrize(
        "name",
        [
            "../course.yaml",
            "a/../../x",
            "/etc/passwd",
            "a\\..\\b",
            "C:/x",
            "a//b",
            "./x",
            "a\u202eb",
        ],
    )
    def test_with_files_outside_their_folder_are_refused(self, name):
        with pytest.raises(BadZip, match=r"資料夾之外|outside"):
            unzipped(made([(name, b"x", {})]))

    def test_with_links_are_refused(self):
        link = {"external_attr": (stat.S_IFLNK | 0o777) << 16}
        with pytest.raises(BadZip, match=r"連結|link"):
            unzipped(made([("x/course.yaml", b"/etc/passwd", link)]))

    def test_that_unpack_to_too_much_are_refused_before_they_are_read(self):
        with pytest.raises(BadZip, match=r"太大|too large"):
            unzipped(archive(bomb=b"\0" * 19_000_000))
        many = [(f"f{number}", b"", {}) for number in range(2001)]
        with pytest.raises(BadZip, match="2000"):
            unzipped(made(many))

    def test_that_lie_about_a_size_are_refused(self):
        data = bytearray(archive(x=b"a" * 5000))
        place = data.rfind(b"PK\x01\x02") + 24
        data[place : place + 4] = (10).to_bytes(4, "little")
        with pytest.raises(BadZip):
            unzipped(bytes(data))

    @pytest.mark.parametrize("data", [b"", b"PK\x03\x04 rubbish", b"not a zip" * 100])
    def test_that_are_none_are_refused(self, data):
        with pytest.raises(BadZip):
            unzipped(data)

    def test_hold_one_course(self):
        with pytest.raises(BadZip):
            course_folder({"readme.md": b""})
        with pytest.raises(BadZip):
            course_folder({"a/course.yaml": b"", "b/course.yaml": b""})
        assert course_folder({"c/d/course.yaml": b"", "c/d/x": b"", "e": b""}) == (
            "d", {"course.yaml": b"", "x": b""},
        )  # fmt: skip


class TestImports:
    def send(self, cast, data: bytes, handle: str = "lin"):
        """Look at a folder, and take it over when it is good."""
        with cast.app.app_context():
            cluster = queries.all_clusters()[0].id
            school = next(iter(cast.person(handle).organisations_as("instructor")))
        browser = cast.browser(handle)
        answer = browser.post(
            "/teach/courses/import", data={"zip": (io.BytesIO(data), "course.zip")}
        )
        if answer.status_code != 302:
            return answer
        return browser.post(
            answer.headers["Location"], data={"cluster": str(cluster), "school": str(school)}
        )

    def test_a_folder_becomes_a_draft_and_its_download_the_same_folder(self, cast):
        spec = small_course(slug="brought-along")
        data = zipped(course_files(spec), "brought-along")
        assert self.send(cast, data).status_code == 302
        answer = cast.browser("lin").get("/teach/courses/brought-along/folder.zip")
        files = course_folder(unzipped(answer.data))[1]
        again = cast.browser("lin").post(
            "/teach/courses/brought-along/import",
            data={"zip": (io.BytesIO(answer.data), "x.zip"), "revision": "1"},
        )
        assert again.status_code == 302
        second = cast.browser("lin").get("/teach/courses/brought-along/folder.zip")
        assert second.data == answer.data
        assert set(files) == set(course_files(spec))

    def test_what_is_wrong_is_said_with_file_and_line_and_nothing_is_kept(self, cast):
        files = course_files(small_course(slug="brought-along"))
        files["lessons/areas.en.md"] = b"---\ntitle: x\nminutes: 10\n---\n\n$\\frac{a$\n"
        answer = self.send(cast, zipped(files, "brought-along"))
        assert answer.status_code == 422
        assert "lessons/areas.en.md:6" in answer.text and "formula cannot be read" in answer.text
        with cast.app.app_context():
            assert queries.course("brought-along") is None

    def test_a_course_that_is_there_already_is_not_taken_over(self, cast):
        data = zipped(course_files(small_course()), SLUG)
        answer = self.send(cast, data)
        assert answer.status_code == 422 and "has this address already" in answer.text

    def test_yaml_that_grows_or_nests_is_refused(self, tmp_path):
        folder = tmp_path / "made-up"
        folder.mkdir()
        for text in ("a: " + "[" * 5000, "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n"):
            (folder / "course.yaml").write_text(text)
            assert read_course(folder).errors


class TestUploads:
    @pytest.fixture
    def place(self, cast):
        with cast.app.app_context():
            course = queries.course(SLUG)
            operations.add_editor(course, cast.person("lin"), by=None)
            draft = operations.open_draft(cast.person("lin"), course)
            module = next(n for n in draft.nodes if n.kind is NodeKind.MODULE)
        browser = cast.browser("lin")
        return lambda name, data: browser.post(
            f"/teach/courses/{SLUG}/files",
            data={"module": str(module.id), "file": (io.BytesIO(data), name)},
            headers={"X-Requested-With": "editor"},
        )

    @pytest.mark.parametrize("name", [".htaccess", "a\u202efdp.exe", "x" * 300, "a<b>.pdf"])
    def test_names_that_deceive_are_refused(self, place, name):
        answer = place(name, b"x")
        assert answer.status_code == 422 and "name" in answer.json["message"]

    def test_a_folder_in_the_name_is_left_out(self, cast, place):
        assert place("../../up.pdf", b"%PDF").status_code == 200
        with cast.app.app_context():
            draft = queries.draft_of(queries.course(SLUG).id)
            assert [n.content["name"] for n in draft.nodes if n.kind == "file"] == ["up.pdf"]

    def test_a_page_that_is_placed_as_a_file_is_downloaded_and_never_shown(self, cast, place):
        answer = place("evil.html", b"<script>alert(1)</script>")
        node_id = answer.json["address"].rpartition("/")[2]
        file = cast.browser("lin").get(f"/teach/courses/{SLUG}/parts/{node_id}/file")
        assert file.mimetype == "application/octet-stream"
        assert file.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in file.headers["Content-Security-Policy"]

    def test_a_drawing_with_script_is_refused_in_words(self, cast, place):
        answer = cast.browser("lin").post(
            f"/teach/courses/{SLUG}/pictures",
            data={"picture": (io.BytesIO((SVG % "<script/>").encode()), "x.svg")},
        )
        assert answer.status_code == 422 and "script" in answer.json["message"]

    def test_a_preview_runs_nothing(self, cast, place):
        text = "<script>alert(1)</script> [x](javascript:alert(2)) ![x](data:text/html,x) $\\frac{$"
        page = cast.browser("lin").post(
            f"/teach/courses/{SLUG}/preview", data={"text": text}
        ).text  # fmt: skip
        assert "<script" not in page and 'href="javascript' not in page and 'src="data:' not in page
        assert "cannot be read" in page
