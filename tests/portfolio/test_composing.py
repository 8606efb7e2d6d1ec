"""Writing pages: order, saving, files, refusals, exports."""

import io
import json
import re
from pathlib import Path

import jsonschema
import pytest
from PIL import Image
from pypdf import PdfReader

from app.engine import pdf_missing
from app.kernel import blobs
from app.portfolio import operations, queries, rules
from app.portfolio.rules import Audience, BlockKind, is_address, moved, slug_from
from tests.portfolio.conftest import picture

SCHEMA = Path(__file__).parent / "data" / "jsonresume-1.3.1.schema.json"
SCRIPT = {"X-Requested-With": "portfolio"}


def stem(portfolio) -> str:
    return f"/me/portfolio/{portfolio.page_id}"


def parts(html: str) -> list[str]:
    return re.findall(r'data-part="([0-9a-f-]+)"', html)


class TestRules:
    def test_an_order_changes_by_one_move(self):
        assert moved("abcd", "d", 0) == list("dabc")
        assert moved("abcd", "a", 2) == list("bcad")
        assert moved("abcd", "b", 99) == list("acdb")
        assert moved("abcd", "b", -9) == list("bacd")

    def test_an_address_is_made_of_the_title_and_is_not_taken(self):
        assert slug_from("Für die Firma!", set()) == "fur-die-firma"
        assert slug_from("應徵", set()) == "page"
        assert slug_from("應徵", {"page", "page-2"}) == "page-3"

    @pytest.mark.parametrize(
        "bad",
        [
            "javascript:alert(1)",
            "data:text/html,x",
            "https://",
            "/me",
            "https://a b",
            'https://x"onclick',
            "http://[",
            "ftp://x.example",
        ],
    )
    def test_only_web_addresses_are_links(self, bad):
        assert not is_address(bad)
        assert is_address("https://example.com/a?b=c#d")


class TestOrder:
    def test_parts_move_by_buttons_and_by_place(self, portfolio):
        mei = portfolio.cast.browser("mei")
        first = parts(mei.get(stem(portfolio)).text)
        move = f"{stem(portfolio)}/blocks/{first[0]}/move"
        assert mei.post(move, data={"step": "down"}).status_code == 303
        assert parts(mei.get(stem(portfolio)).text) == [first[1], first[0], first[2]]
        answer = mei.post(move, data={"to": "2"}, headers=SCRIPT).get_json()
        assert answer["order"] == [first[1], first[2], first[0]]
        assert parts(mei.get(f"{stem(portfolio)}").text) == answer["order"]

    def test_nobody_moves_somebody_elses(self, portfolio):
        mei, hao = portfolio.cast.browser("mei"), portfolio.cast.browser("hao")
        block = parts(mei.get(stem(portfolio)).text)[0]
        for way in ("", "/move", "/deletion"):
            path = f"{stem(portfolio)}/blocks/{block}{way}"
            assert hao.post(path, data={"to": "1"}).status_code == 404
        assert hao.post(stem(portfolio), data={"title_en": "Mine"}).status_code == 404
        assert hao.post(f"{stem(portfolio)}/deletion").status_code == 404
        assert hao.get(f"/me/portfolio/files/{portfolio.files['everybody']}").status_code == 404


class TestSaving:
    def test_a_script_hears_the_new_revision(self, portfolio):
        mei = portfolio.cast.browser("mei")
        block = parts(mei.get(stem(portfolio)).text)[0]
        sent = {"revision": "1", "body_en": "Fresh", "seen_by": "everybody"}
        path = f"{stem(portfolio)}/blocks/{block}"
        answer = mei.post(path, data=sent, headers=SCRIPT)
        assert answer.status_code == 200 and answer.get_json()["revision"] == 2
        assert answer.get_json()["message"].startswith("Saved at ")
        assert "Fresh" in mei.get(f"{stem(portfolio)}/preview").text

    def test_another_window_is_not_overwritten(self, portfolio):
        mei = portfolio.cast.browser("mei")
        block = parts(mei.get(stem(portfolio)).text)[0]
        path = f"{stem(portfolio)}/blocks/{block}"
        sent = {"revision": "1", "body_en": "First", "seen_by": "everybody"}
        mei.post(path, data=sent, headers=SCRIPT)
        late = {"revision": "1", "body_en": "Second", "seen_by": "everybody"}
        assert mei.post(path, data=late, headers=SCRIPT).status_code == 409
        again = mei.post(path, data=late)
        assert again.status_code == 422 and "Second" in again.text
        assert "another window" in again.text
        preview = mei.get(f"{stem(portfolio)}/preview").text
        assert "First" in preview and "Second" not in preview

    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, portfolio):
        mei = portfolio.cast.browser("mei")
        block = parts(mei.get(stem(portfolio)).text)[0]
        sent = {
            "body_en": "Kept words",
            "seen_by": "everybody",
            "link_label": "Bad",
            "link_url": "javascript:alert(1)",
        }
        answer = mei.post(f"{stem(portfolio)}/blocks/{block}", data=sent)
        assert answer.status_code == 422
        assert "is not a web address" in answer.text and "Kept words" in answer.text
        assert mei.post("/me/portfolio", data={}).status_code == 422
        nameless = {"name_zh": "", "name_en": ""}
        assert mei.post("/me/portfolio/profile", data=nameless).status_code == 422

    def test_a_name_and_a_link_are_written_once_for_all_pages(self, portfolio):
        mei = portfolio.cast.browser("mei")
        sent = {
            "revision": "1",
            "name_en": "May Lin",
            "link_label": "Site",
            "link_url": "example.org/may",
        }
        assert mei.post("/me/portfolio/profile", data=sent).status_code == 303
        shown = mei.get(f"{stem(portfolio)}/preview").text
        assert "May Lin" in shown and 'href="https://example.org/may"' in shown
        assert 'rel="noopener nofollow ugc"' in shown

    def test_markup_and_scripts_stay_words(self, portfolio):
        mei = portfolio.cast.browser("mei")
        block = parts(mei.get(stem(portfolio)).text)[0]
        hostile = "<script>alert(1)</script> ![x](https://spy.example/p.png) [l](javascript:x)"
        sent = {"heading_en": "<b>h</b>", "body_en": hostile, "seen_by": "everybody"}
        mei.post(f"{stem(portfolio)}/blocks/{block}", data=sent)
        shown = portfolio.cast.app.test_client().get(portfolio.share(Audience.LINK)).text
        assert "<script>alert" not in shown and "<b>h" not in shown
        assert 'href="javascript:' not in shown
        assert 'src="https://spy' not in shown

    def test_a_page_and_its_links_are_gone_together(self, portfolio):
        link = portfolio.share(Audience.LINK)
        mei = portfolio.cast.browser("mei")
        assert mei.post(f"{stem(portfolio)}/deletion").status_code == 303
        assert mei.get(stem(portfolio)).status_code == 404
        assert portfolio.cast.app.test_client().get(link).status_code == 404

    def test_there_is_room_for_so_many_pages_and_parts(self, portfolio, monkeypatch):
        monkeypatch.setattr(rules, "MOST_PAGES", 1)
        monkeypatch.setattr(rules, "MOST_BLOCKS", 3)
        monkeypatch.setattr(rules, "MOST_SHARES", 1)
        mei = portfolio.cast.browser("mei")
        refused = mei.post("/me/portfolio", data={"title_en": "Second"})
        assert refused.status_code == 422 and "at most 1 pages" in refused.text
        mei.post(f"{stem(portfolio)}/blocks", data={"kind": "text"})
        assert len(parts(mei.get(stem(portfolio)).text)) == 3
        portfolio.share(Audience.LINK)
        refused = mei.post(f"{stem(portfolio)}/shares", data={"audience": "link"})
        assert refused.status_code == 422 and "Take one back first" in refused.text


class TestFiles:
    def test_a_picture_is_drawn_anew_without_where_it_was_taken(self, portfolio, in_app):
        exif = Image.Exif()
        exif[0x010E] = "SECRET-PLACE"
        exif[0x0112] = 6
        photo = picture(exif=exif)
        assert b"SECRET-PLACE" in photo
        with in_app():
            kept = operations.keep_file(portfolio.cast.person("mei"), "me.jpg", photo)
            content = blobs.get(kept.blob)
            assert (kept.width, kept.height) == (30, 40)
        assert b"SECRET-PLACE" not in content
        with Image.open(io.BytesIO(content)) as drawn:
            assert drawn.size == (30, 40) and not drawn.getexif()

    def test_what_only_says_that_it_is_a_picture_is_a_file(self, portfolio):
        mei = portfolio.cast.browser("mei")
        hostile = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
        mei.post("/me/portfolio/files", data={"new_files": (io.BytesIO(hostile), "x.png")})
        page = mei.get("/me/portfolio/files").text
        address = re.search(r'href="(/me/portfolio/files/[^"]+)">x.png', page)[1]
        answer = mei.get(address)
        assert answer.mimetype == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]

    def test_a_file_sent_with_a_part_stands_in_it(self, portfolio):
        mei = portfolio.cast.browser("mei")
        block = parts(mei.get(stem(portfolio)).text)[0]
        sent = {
            "seen_by": "everybody",
            "new_files": [(io.BytesIO(picture()), "one.jpg"), (io.BytesIO(b"x"), "../../two.csv")],
        }
        assert mei.post(f"{stem(portfolio)}/blocks/{block}", data=sent).status_code == 303
        shown = mei.get(f"{stem(portfolio)}/preview").text
        assert 'alt="one.jpg"' in shown and ">two.csv<" in shown and ".." not in shown

    def test_nobody_shows_somebody_elses_file(self, portfolio, in_app):
        hao = portfolio.cast.browser("hao")
        made = hao.post("/me/portfolio", data={"title_en": "Hao"}).headers["Location"]
        hao.post(f"{made}/blocks", data={"kind": "files"})
        block = parts(hao.get(made).text)[0]
        sent = {"seen_by": "everybody", "file": portfolio.files["everybody"]}
        assert hao.post(f"{made}/blocks/{block}", data=sent).status_code == 404
        picture_of_mei = {"name_en": "Hao", "picture": portfolio.files["face"]}
        hao.post("/me/portfolio/profile", data=picture_of_mei)
        with in_app():
            profile = queries.profile_of(portfolio.cast.person("hao").id)
            assert profile is not None and profile.picture_id is None

    def test_a_deleted_file_is_gone_from_every_page(self, portfolio):
        link = portfolio.share(Audience.LINK)
        mei, stranger = portfolio.cast.browser("mei"), portfolio.cast.app.test_client()
        file_id = portfolio.files["everybody"]
        assert stranger.get(f"{link}/files/{file_id}").status_code == 200
        mei.post(f"/me/portfolio/files/{file_id}/deletion")
        assert stranger.get(f"{link}/files/{file_id}").status_code == 404
        assert "MARK-everybody.txt" not in stranger.get(link).text

    def test_empty_and_too_large_ones_are_refused(self, portfolio, monkeypatch):
        mei = portfolio.cast.browser("mei")
        monkeypatch.setattr(rules, "MOST_FILE_BYTES", 10)
        for content, words in ((b"", "is empty"), (b"x" * 11, "larger than 20 MB")):
            answer = mei.post(
                "/me/portfolio/files",
                data={"new_files": (io.BytesIO(content), "a.bin")},
                follow_redirects=True,
            )
            assert words in answer.text


class TestTakingAlong:
    def test_json_resume_is_valid(self, portfolio, in_app):
        with in_app():
            page = portfolio.page()
            section = str(portfolio.cast.section().id)
            operations.add_block(
                page,
                BlockKind.COURSES,
                operations.BlockWords(content=rules.Content((rules.Chosen(section),))),
            )
            operations.add_block(
                page,
                BlockKind.PROJECT,
                operations.BlockWords(
                    page.title,
                    page.lede,
                    rules.Content(role="Data", begun="2026-02", ended="2026-06"),
                ),
            )
        portfolio.share(Audience.PUBLIC)
        answer = portfolio.cast.browser("mei").get(f"{stem(portfolio)}/resume.json?to=company")
        document = json.loads(answer.data)
        checker = jsonschema.Draft7Validator(
            json.loads(SCHEMA.read_text()), format_checker=jsonschema.FormatChecker()
        )
        assert [error.message for error in checker.iter_errors(document)] == []
        assert document["basics"]["name"] == "Mei Lin"
        assert document["basics"]["url"].endswith("/portfolio/mei/hello-there")
        assert document["education"][0]["courses"] == ["Areas and squares"]
        assert document["projects"][0]["endDate"] == "2026-06"

    @pytest.mark.skipif(pdf_missing() is not None, reason="no libraries that set type")
    def test_the_pdf_holds_what_the_audience_sees(self, portfolio):
        mei = portfolio.cast.browser("mei")
        answer = mei.get(f"{stem(portfolio)}/page.pdf?to=link")
        assert answer.mimetype == "application/pdf"
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
        assert "Mei Lin" in text and "MARK-everybody body" in text
        assert "MARK-companies" not in text and "MARK-mail" not in text
        assert "/p/" not in text
